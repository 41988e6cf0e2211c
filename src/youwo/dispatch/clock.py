"""The clock of a whistle: working time in its intervals, what is left, and the sums in words.

Moments count by the minute, so that intervals which meet add up to the time between their ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from youwo.almanac.queries import Deadline, day, deadline, hours_on, working_minutes
from youwo.dispatch.models import Span

_FRIDAY = 4


def minute(moment: datetime) -> datetime:
    """Return a moment's whole minute."""
    return moment.replace(second=0, microsecond=0)


def until(at: datetime, *, minutes: int, area_code: str) -> Deadline:
    """Return when so many minutes of working time are up, none or fewer at once."""
    return deadline(minute(at), hours=max(minutes, 0) / 60, area_code=area_code)


def ended(spans: Iterable[Span]) -> list[Span]:
    """Return the intervals of one whistle in their order, each with its end.

    Whoever reads them reads them through this: one that has another after it lasts until that one
    begins, and no longer; an end is written down only where the clock stopped. The last one is open
    until then. An end is never before its start, whatever the moments at which the acts came.
    """
    found = sorted(spans, key=lambda span: span.pk)
    for span, following in pairwise(found):
        begins = following.starts_at
        ends_at = begins if span.ends_at is None else min(span.ends_at, begins)
        span.ends_at = max(span.starts_at, ends_at)
    return found


def counted(spans: Iterable[Span], at: datetime, *, stage: str, area_code: str) -> int:
    """Return the working minutes of a stage in its running intervals, up to a moment."""
    return sum(
        working_minutes(
            minute(span.starts_at), minute(min(span.ends_at or at, at)), area_code=area_code
        )
        for span in ended(spans)
        if span.kind == Span.Kind.RUNNING and span.stage == stage
    )


@dataclass(frozen=True)
class LeftOut:
    """Time between two moments that does not count: breaks at noon, nights, free days, pauses."""

    noon: bool = False
    nights: bool = False
    free: tuple[str, ...] = ()
    pauses: int = 0

    @property
    def explained(self) -> str:
        """Say in a few words what was not counted; empty where everything was."""
        clauses = []
        if self.noon:
            clauses.append(_("the break at noon"))
        if self.nights:
            clauses.append(_("time after office hours"))
        clauses.extend(self.free)
        if self.pauses:
            clauses.append(
                ngettext("%(count)s pause", "%(count)s pauses", self.pauses)
                % {"count": self.pauses}
            )
        if not clauses:
            return ""
        return _("%(what)s not counted") % {"what": pgettext("in a list", ", ").join(clauses)}


def _left_out(spans: list[Span], at: datetime, area_code: str) -> LeftOut:
    """Look at what lies between the first moment and now, without what any interval counted."""
    if not spans:
        return LeftOut()
    noon = nights = False
    free: dict[str, None] = {}
    for span in spans:
        if span.kind != Span.Kind.RUNNING:
            continue
        begins = timezone.make_naive(minute(span.starts_at))
        ends = timezone.make_naive(minute(min(span.ends_at or at, at)))
        on = begins.date()
        while on <= ends.date():
            today = day(on)
            if not today.working:
                free.setdefault(today.reason)
            else:
                (opens, noon_begins), (noon_ends, closes) = hours_on(on, area_code=area_code)
                since = begins if on == begins.date() else datetime.combine(on, datetime.min.time())
                till = (
                    ends
                    if on == ends.date()
                    else datetime.combine(on + timedelta(days=1), datetime.min.time())
                )
                noon = noon or max(since, datetime.combine(on, noon_begins)) < min(
                    till, datetime.combine(on, noon_ends)
                )
                nights = (
                    nights
                    or since < datetime.combine(on, opens)
                    or till > datetime.combine(on, closes)
                )
            on += timedelta(days=1)
    pauses = sum(span.kind == Span.Kind.PAUSED for span in spans)
    return LeftOut(noon, nights, tuple(free), pauses)


@dataclass(frozen=True)
class Reading:
    """What a whistle's clock shows: minutes counted in its stage, and minutes left.

    Minutes left are negative where the time is over. `rings_at` is when it climbs by itself;
    None where it does not.
    """

    stage: str
    counted: int
    left: int | None
    left_out: LeftOut
    paused: bool = False
    rings_at: datetime | None = None
    day_minutes: int = 450

    def in_words(self, minutes: int) -> str:
        """Say working minutes as days, hours and minutes of the office."""
        return lasting(minutes, self.day_minutes)

    @property
    def spent(self) -> str:
        return self.in_words(self.counted)

    @property
    def remains(self) -> str:
        return self.in_words(self.left or 0) if self.left is not None else ""

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < 0


def lasting(minutes: int, day_minutes: int = 450) -> str:
    """Say working minutes in words: “1 working day 2 h 10 min”."""
    minutes = abs(minutes)
    days, rest = divmod(minutes, day_minutes)
    hours, rest = divmod(rest, 60)
    words = []
    if days:
        words.append(
            ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}
        )
    if hours:
        words.append(_("%(count)s h") % {"count": hours})
    if rest or not words:
        words.append(_("%(count)s min") % {"count": rest})
    return pgettext("between parts of a duration", " ").join(words)


def read(
    spans: Iterable[Span],
    at: datetime,
    *,
    stage: str,
    due_at: datetime | None,
    area_code: str,
    rings_at: datetime | None = None,
    allowed: int | None = None,
) -> Reading:
    """Read the clock of one whistle at a moment.

    `allowed` are the minutes of the whole stage, where it has a limit of its own (solving); what is
    left then follows from the sums. Otherwise it is the working time until `due_at`.
    """
    own = [span for span in ended(spans) if span.stage == stage]
    done = counted(own, at, stage=stage, area_code=area_code)
    if allowed is not None:
        left: int | None = allowed - done
    elif due_at is None:
        left = None
    elif due_at >= at:
        left = working_minutes(minute(at), due_at, area_code=area_code)
    else:
        left = -working_minutes(due_at, minute(at), area_code=area_code)
    if rings_at is not None and rings_at < at:
        rings_at = None
    paused = any(span.ends_at is None and span.kind == Span.Kind.PAUSED for span in own)
    on = timezone.localtime(at).date()
    opened = sum(
        (closes.hour * 60 + closes.minute) - (opens.hour * 60 + opens.minute)
        for opens, closes in hours_on(on, area_code=area_code)
    )
    return Reading(stage, done, left, _left_out(own, at, area_code), paused, rings_at, opened)
