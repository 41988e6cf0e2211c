"""What time does: promises expire, reminders go out, the community takes over what rests."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.almanac.queries import deadline
from youwo.capacity import actions as capacity
from youwo.journal import actions as journal
from youwo.needs.actions import problems, take_over
from youwo.needs.models import Mover, Problem, ProblemMover, Status, Wish
from youwo.needs.terms import HOURS, REMIND_BEFORE
from youwo.needs.waiting import turns_of
from youwo.notices import actions as notices
from youwo.notices.models import Kind as NoticeKind
from youwo.turns import actions as turns

_BATCH = 200


def _due(mover: list[str], at: datetime) -> list[Wish]:
    """Lock some overdue wishes; another sweeper's are passed over."""
    return _locked(Wish.objects.filter(mover__in=mover, due_at__lte=at))


def _locked(wishes: QuerySet[Wish]) -> list[Wish]:
    """Lock the first of some wishes, then read them with their promises as they are now."""
    skip = connection.features.has_select_for_update_skip_locked
    rows = wishes.select_for_update(skip_locked=skip).order_by("due_at", "id")
    keys = [wish.pk for wish in rows.only("pk")[:_BATCH]]
    read = Wish.objects.filter(pk__in=keys).select_related("claim", "claimed_by", "community")
    return list(read.order_by("due_at", "id"))


def sweep(at: datetime) -> int:
    """Do everything that is due at a moment, in batches, and return how many cases were moved."""
    moved = 0
    for step in (_take_over, _expire, _remind, _take_over_problems):
        while done := step(at):
            moved += done
    return moved


@transaction.atomic
def _take_over(at: datetime) -> int:
    wishes = _due([Mover.RESIDENT, Mover.ANYONE], at)
    take_over(wishes, at=at)
    return len(wishes)


@transaction.atomic
def _expire(at: datetime) -> int:
    """End promises whose time is over, so that somebody else can help."""
    wishes = _due([Mover.CLAIMANT], at)
    if not wishes:
        return 0
    reason = _("The time of the promise is over.")
    for wish in wishes:
        if wish.claim is not None:
            capacity.release(wish.claim, by=None, at=at, reason=reason)
    told = [(wish, wish.claimed_by) for wish in wishes if wish.claimed_by is not None]
    for wish in wishes:
        wish.claim = wish.claimed_by = wish.claimed_for = None
        wish.appointment = ""
        wish.status, wish.mover, wish.since = Status.PUBLISHED, Mover.ANYONE, at
        wish.due_at = deadline(at, hours=HOURS[Status.PUBLISHED], area_code=wish.community_id).at
    Wish.objects.bulk_update(
        wishes,
        ["claim", "claimed_by", "claimed_for", "appointment", "status", "mover", "since", "due_at"],
    )
    turns.put_many([(wish, turns_of(wish)) for wish in wishes])
    journal.write_all(
        journal.line("expire", wish, by=None, at=at, area_code=wish.community_id, reason=reason)
        for wish in wishes
    )
    for wish, person in told:
        notices.tell(
            [person],
            kind=NoticeKind.CASE,
            subject=gettext_lazy(
                "The time of your promise is over; the wish is open to others again."
            ),
            body=wish.public_title,
            link=f"/wishes/{wish.reference}/",
            cause=f"wish.{wish.pk}.expire.{int(at.timestamp())}",
            at=at,
        )
    return len(wishes)


@transaction.atomic
def _remind(at: datetime) -> int:
    """Remind who promised, once, before the time is over."""
    wishes = _locked(
        Wish.objects.filter(
            mover=Mover.CLAIMANT,
            due_at__gt=at,
            due_at__lte=at + REMIND_BEFORE,
            reminded_at__isnull=True,
        )
    )
    for wish in wishes:
        if wish.claimed_by is not None and wish.due_at is not None:
            notices.tell(
                [wish.claimed_by],
                kind=NoticeKind.REMINDER,
                subject=gettext_lazy(
                    "Your promise is nearly due. If it does not work out, just give it back."
                ),
                body=wish.public_title,
                link=f"/wishes/{wish.reference}/",
                cause=f"wish.{wish.pk}.remind.{int(wish.due_at.timestamp())}",
                at=at,
            )
    Wish.objects.filter(pk__in=[wish.pk for wish in wishes]).update(reminded_at=at)
    return len(wishes)


@transaction.atomic
def _take_over_problems(at: datetime) -> int:
    """Hand to the community what rests with the residents or with who took it on."""
    skip = connection.features.has_select_for_update_skip_locked
    overdue = Problem.objects.filter(
        mover__in=[ProblemMover.CARRIER, ProblemMover.RESIDENT], due_at__lte=at
    )
    rows = overdue.select_for_update(skip_locked=skip).order_by("due_at", "id").only("pk")
    keys = [problem.pk for problem in rows[:_BATCH]]
    found = Problem.objects.filter(pk__in=keys).select_related("community")
    problems.take_over(list(found.order_by("due_at", "id")), at=at)
    return len(keys)
