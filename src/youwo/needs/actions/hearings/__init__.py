"""What happens at a hearing: it is opened, people speak, and what was said becomes cases."""

from youwo.needs.actions.hearings.begun import (
    About,
    begin,
    change,
    drop_attendee,
    note_attendees,
)
from youwo.needs.actions.hearings.closed import close, reopen
from youwo.needs.actions.hearings.typed import ABOVE, NOBODY, Saved, Typed, write

__all__ = [
    "ABOVE",
    "NOBODY",
    "About",
    "Saved",
    "Typed",
    "begin",
    "change",
    "close",
    "drop_attendee",
    "note_attendees",
    "reopen",
    "write",
]
