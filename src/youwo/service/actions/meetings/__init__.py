"""What happens to a joint meeting, from the rhythm that calls it to its minutes."""

from youwo.service.actions.meetings.agenda import add_matter, pick, remove, reorder
from youwo.service.actions.meetings.called import (
    call,
    call_ahead,
    cancel,
    change,
    end_series,
    set_series,
)
from youwo.service.actions.meetings.held import (
    close,
    decide,
    explain,
    hold,
    note_attendance,
    talk_again,
)
from youwo.service.actions.meetings.invited import answer, invite, invite_guest, uninvite

__all__ = [
    "add_matter",
    "answer",
    "call",
    "call_ahead",
    "cancel",
    "change",
    "close",
    "decide",
    "end_series",
    "explain",
    "hold",
    "invite",
    "invite_guest",
    "note_attendance",
    "pick",
    "remove",
    "reorder",
    "set_series",
    "talk_again",
    "uninvite",
]
