"""Reading what somebody asks for: days and a moment that make sense together."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from youwo.core.clock import local_day, start_of
from youwo.core.refused import Refused
from youwo.insight.queries import Cut, cut

# Nothing was recorded before; earlier days are slips of the finger.
FIRST_DAY = date(2000, 1, 1)


def asked(
    *, as_of: date | None, since: date | None, known_at: datetime | None, now: datetime
) -> Cut:
    """Return the cut for what was asked, with today as the cut-off day where none was given.

    Refuses days and moments to come, days too long ago, and periods that end before they begin.
    """
    today = local_day(now)
    as_of = as_of or today
    if as_of > today:
        raise Refused(
            _("The cut-off day has not come yet. Choose today or an earlier day."), "as_of"
        )
    if as_of < FIRST_DAY:
        raise Refused(_("There are no records from before the year 2000."), "as_of")
    if since and since < FIRST_DAY:
        raise Refused(_("There are no records from before the year 2000."), "since")
    if since and since > as_of:
        raise Refused(
            _("The first day lies after the cut-off day. Choose an earlier first day."), "since"
        )
    if known_at and known_at < start_of(FIRST_DAY):
        raise Refused(_("There are no records from before the year 2000."), "known_at")
    if known_at and known_at > now:
        raise Refused(
            _("What will be known later cannot be shown. Choose a moment that has passed."),
            "known_at",
        )
    return cut(as_of, since=since, known_at=known_at)
