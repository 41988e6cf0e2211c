"""Both sides of a closed whistle look back: the community on the unit, the unit on the call.

Three concrete questions each, asked once. Neither side reads the other's words before both have
answered or the time is over, and nothing is added up over whistles.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from youwo.almanac.queries import deadline
from youwo.core.acts import acting, hold
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch.models import Call
from youwo.dispatch.models import Status as WhistleStatus
from youwo.evaluation.models import LookBack, Side
from youwo.evaluation.terms import LOOK_BACK
from youwo.journal import actions as journal
from youwo.organizations.queries import in_any
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import powers
from youwo.turns import actions as turns
from youwo.turns.actions import Wanted

LOOKING_BACK = "evaluation.look_back"
# Whistles that were closed longer ago are not asked about any more.
_RECENT = timedelta(days=14)
_LAPSES = timedelta(days=30)
_BATCH = 200

# The questions of each side, with the words of their steps, the least first.
QUESTIONS = {
    Side.COMMUNITY: (
        (
            gettext_lazy("Did they come when they said they would?"),
            (gettext_lazy("did not come"), gettext_lazy("came late"), gettext_lazy("came on time")),
        ),
        (
            gettext_lazy("Does it hold?"),
            (
                pgettext_lazy("does it hold", "no"),
                gettext_lazy("for the time being"),
                gettext_lazy("it holds"),
            ),
        ),
        (
            gettext_lazy("Did the residents hear how it stands?"),
            (
                pgettext_lazy("did they hear", "no"),
                pgettext_lazy("did they hear", "in part"),
                gettext_lazy("yes, each time"),
            ),
        ),
    ),
    Side.UNIT: (
        (
            gettext_lazy("Was it clear where it was and what was wrong?"),
            (gettext_lazy("had to ask"), gettext_lazy("mostly"), gettext_lazy("clear")),
        ),
        (
            gettext_lazy("Was it yours to do?"),
            (
                pgettext_lazy("was it yours", "no"),
                pgettext_lazy("was it yours", "in part"),
                pgettext_lazy("was it yours", "yes"),
            ),
        ),
        (
            gettext_lazy("Was somebody there when you came?"),
            (
                pgettext_lazy("was somebody there", "nobody"),
                gettext_lazy("after a call"),
                pgettext_lazy("was somebody there", "yes"),
            ),
        ),
    ),
}


def ask_both_sides(at: datetime) -> int:
    """Ask about whistles that have been closed since the last time; returns how many."""
    asked = 0
    while done := _ask_some(at):
        asked += done
    return asked


@acting()
def _ask_some(at: datetime) -> int:
    known = LookBack.objects.filter(call=OuterRef("pk"))
    calls = list(
        Call.objects.filter(
            ~Exists(known),
            responsible=True,
            status=Call.Status.ANSWERED,
            whistle__status=WhistleStatus.CLOSED,
            whistle__closed_at__gte=at - _RECENT,
        )
        .select_related("whistle", "organization")
        .order_by("pk")[:_BATCH]
    )
    rows = [
        LookBack(whistle=call.whistle, call=call, side=side, asked_at=at)
        for call in calls
        for side in Side.values
    ]
    # Two sweepers in the same moment ask once.
    LookBack.objects.bulk_create(rows, ignore_conflicts=True)
    made = LookBack.objects.filter(call__in=calls, asked_at=at).select_related(
        "whistle", "call__organization"
    )
    turns.put_many([(row, [_turn(row)]) for row in made])
    return len(calls)


def _turn(row: LookBack) -> Wanted:
    whistle, unit = row.whistle, row.call.organization
    of_unit = row.side == Side.UNIT
    return Wanted(
        kind=LOOKING_BACK,
        reference=whistle.reference,
        title=whistle.title,
        detail=str(unit),
        area=whistle.community_id,
        role="" if of_unit else Role.WORKER,
        organization=unit.pk if of_unit else None,
        since=row.asked_at,
        due_at=deadline(row.asked_at, hours=LOOK_BACK, area_code=whistle.community_id).at,
        not_organizations=() if of_unit else (unit.pk,),
    )


@acting()
def lapse(at: datetime) -> int:
    """Ask nobody any more about what was not answered in a month; returns how many."""
    rows = list(
        LookBack.objects.select_for_update()
        .filter(at__isnull=True, lapsed_at__isnull=True, asked_at__lte=at - _LAPSES)
        .order_by("asked_at", "pk")[:_BATCH]
    )
    LookBack.objects.filter(pk__in=[row.pk for row in rows]).update(lapsed_at=at)
    turns.put_many([(row, []) for row in rows])
    return len(rows)


def seen_by(person: Person, on: date) -> QuerySet[LookBack]:
    """Return the looks back of the whistles of somebody's areas, and of units they act for."""
    codes = powers(person, on).codes(Role.WORKER, Role.COORDINATOR, Role.AUDITOR)
    found = in_any(codes, "whistle__community_id")
    if units := mandates(person, on):
        found |= Q(call__organization__in=units)
    return LookBack.objects.filter(found)


def may_answer(by: Person, row: LookBack, on: date) -> bool:
    """Say whether somebody speaks for a side: who acts for the unit; the community's workers.

    Nobody speaks for both.
    """
    acts = row.call.organization_id in mandates(by, on)
    if row.side == Side.UNIT:
        return acts
    return not acts and powers(by, on).cover(row.whistle.community_id, Role.WORKER)


@acting()
def look_back(
    row: LookBack, *, steps: Sequence[int], words: str, by: Person, at: datetime
) -> LookBack:
    """Answer the three questions of one side, once. Refuses the other side, and late answers."""
    row = hold(row, "whistle", "call")
    if not may_answer(by, row, local_day(at)):
        raise Refused(_("The other side answers this."))
    if row.at is not None or row.lapsed_at is not None:
        raise Refused(_("This has been answered, or its time is over."))
    asked = QUESTIONS[Side(row.side)]
    fitting = len(steps) == len(asked) and all(
        0 <= step < len(words_) for step, (_text, words_) in zip(steps, asked, strict=True)
    )
    if not fitting:
        raise Refused(_("Please answer all three questions."))
    row.steps, row.words, row.by, row.at = list(steps), words, by, at
    row.save(update_fields=["steps", "words", "by", "at"])
    turns.clear(row)
    journal.write(
        "look_back", row.whistle, by=by, at=at, area_code=row.whistle.community_id, side=row.side
    )
    return row
