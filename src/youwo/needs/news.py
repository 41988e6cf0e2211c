"""What chat groups hear of wishes and problems: that one has come, where, and until when to look.

What was said is not yet reviewed and may name anybody, so none of it leaves.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from youwo.needs.models import Problem, Wish
from youwo.notices import actions as notices
from youwo.notices.models import GroupKind


def tell_new(case: Wish | Problem, *, at: datetime) -> None:
    """Tell the groups of its place that a wish or a problem waits to be looked through."""
    is_wish = isinstance(case, Wish)
    words = (
        _("A wish from {place} waits to be looked through, until {due}.")
        if is_wish
        else _("A problem from {place} waits to be looked through, until {due}.")
    )
    due = f"{localtime(case.due_at):%m-%d %H:%M}" if case.due_at else ""
    notices.tell_group(
        case.community_id,
        kind=GroupKind.NEW,
        subject=format_lazy(words, place=case.community.name, due=due),
        link=f"/work/{'wishes' if is_wish else 'problems'}/{case.reference}/",
        cause=f"{case._meta.label_lower}.{case.pk}.new",
        at=at,
    )
