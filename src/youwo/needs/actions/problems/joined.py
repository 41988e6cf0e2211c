"""Many voices about one matter: problems become one, come apart again, and voices are set apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.actions.problems.moving import (
    TERMS,
    due,
    fresh,
    fresh_both,
    move,
    moved_on,
    must_deal,
    tell_voice,
    tell_voices,
    write_terms,
)
from youwo.needs.actions.problems.reviewed import refuse_voices
from youwo.needs.models import (
    GATHERING,
    PROBLEM_MOVERS,
    PROBLEM_MOVES,
    Merge,
    Problem,
    ProblemStatus,
    Report,
)
from youwo.needs.problems_waiting import turns_of
from youwo.people.models import Person
from youwo.turns import actions as turns


@acting()
def merge(problem: Problem, *, into: Problem, by: Person, at: datetime) -> Merge:
    """Join a problem with another about the same matter: its voices now stand behind that one.

    Refuses problems of two communities, one that somebody has taken on already, and one that
    everybody sees into one that still waits for review. `undo_merge` brings it back.
    """
    if problem.pk == into.pk:
        raise Refused(_("A problem cannot be joined with itself."))
    problem, into = fresh_both(problem, into)
    must_deal(problem, by, at)
    if problem.community_id != into.community_id:
        raise Refused(_("These problems are in two communities. Please keep them apart."))
    if problem.status not in PROBLEM_MOVES["merge"] or problem.due_at is None:
        raise moved_on(problem)
    if into.status not in GATHERING:
        raise moved_on(into)
    if problem.is_public and not into.is_public:
        raise Refused(_("Please review the other problem first: this one is public already."))
    row = Merge.objects.create(
        problem=problem,
        into=into,
        status=problem.status,
        mover=problem.mover,
        since=problem.since,
        due_at=problem.due_at,
        into_since=into.since,
        by=by,
        at=at,
    )
    voices = list(
        Report.objects.filter(problem__in=[problem, into])
        .select_related("voice__person")
        .order_by("pk")
    )
    moving = [report for report in voices if report.problem_id == problem.pk]
    through = Merge.reports.through
    through.objects.bulk_create(through(merge=row, report=report) for report in moving)
    for report in moving:
        tell_voice(
            report,
            problem,
            gettext_lazy(
                "What you reported is now dealt with together with others' words about it."
            ),
            cause="merge",
            at=at,
        )
    problem.reports.update(problem=into)
    problem.merged_into = into
    move(problem, "merge", at=at, also=["merged_into"])
    _renew(into, [report.said for report in voices])
    journal.write(
        "merge", problem, by=by, at=at, area_code=problem.community_id, into=into.pk, merge=row.pk
    )
    journal.write("gather", into, by=by, at=at, area_code=into.community_id, problem=problem.pk)
    return row


@acting()
def gather(others: Sequence[Problem], *, into: Problem, by: Person, at: datetime) -> list[Merge]:
    """Join several problems with one, all of them or none."""
    return [merge(problem, into=into, by=by, at=at) for problem in others]


@acting()
def undo_merge(merge: Merge, *, by: Person, at: datetime) -> Problem:
    """Set two problems apart again, each with its voices and its time as before.

    Voices that came later stay with the other. Refuses it once the other has moved on, or the
    voices have: they can be split off instead.
    """
    problem, into = fresh_both(merge.problem, merge.into)
    merge = Merge.objects.get(pk=merge.pk)
    must_deal(problem, by, at)
    if merge.undone_at is not None:
        raise Refused(_("A colleague has just set these two apart again."))
    gone = merge.reports.filter(~Q(problem=into) | Q(answered_at__gt=merge.at))
    if into.status not in GATHERING or into.since != merge.into_since or gone.exists():
        raise Refused(
            _("Something has happened since they were joined. Please split the voices off instead.")
        )
    early = merge.status == ProblemStatus.RECEIVED
    problem.status = PROBLEM_MOVES["undo_early_merge" if early else "undo_merge"][problem.status]
    problem.mover, problem.since, problem.due_at = merge.mover, merge.since, merge.due_at
    problem.merged_into = None
    merge.reports.update(problem=problem)
    write_terms(problem)
    problem.save(update_fields=["status", "mover", "since", "due_at", "merged_into", *TERMS])
    turns.put(problem, turns_of(problem))
    _renew(into)
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    journal.write(
        "undo_merge",
        problem,
        by=by,
        at=at,
        area_code=problem.community_id,
        into=into.pk,
        merge=merge.pk,
    )
    return problem


@acting()
def split(
    problem: Problem, *, reports: Sequence[Report], title: str, by: Person, at: datetime
) -> Problem:
    """Set some voices apart as a problem of their own, with the same kind and place.

    It stands where the other stood before anybody took it on. Refuses to leave a problem without
    a voice. `merge` puts them together again.
    """
    must_deal(problem, by, at)
    problem = fresh(problem)
    if problem.status not in GATHERING:
        raise moved_on(problem)
    chosen = problem.reports.filter(pk__in=[report.pk for report in reports])
    count = chosen.count()
    if not count or count < len({report.pk for report in reports}):
        raise Refused(_("Please choose the voices that speak of something else."), "reports")
    if count == problem.reports.count():
        raise Refused(_("Please leave at least one voice with this problem."), "reports")
    refuse_voices(problem, public_title=title)
    waits = problem.status == ProblemStatus.RECEIVED
    status = ProblemStatus.RECEIVED if waits else ProblemStatus.OPEN
    apart = Problem(
        reference=new_reference("P"),
        kind=problem.kind,
        status=status,
        mover=PROBLEM_MOVERS[status],
        community=problem.community,
        compound=problem.compound,
        building=problem.building,
        longitude=problem.longitude,
        latitude=problem.latitude,
        title=title,
        public_title="" if waits else title,
        received_at=problem.received_at,
        since=at,
        due_at=due(status, problem.kind, problem.community_id, at),
        accepted_at=None if waits else at,
        hearing=problem.hearing,
        split_from=problem,
    )
    apart.save(force_insert=True)
    chosen.update(problem=apart)
    _renew(apart)
    _renew(problem)
    turns.put(apart, turns_of(apart), new=True)
    journal.write("split", problem, by=by, at=at, area_code=problem.community_id, problem=apart.pk)
    tell_voices(
        apart,
        gettext_lazy("What you reported is now dealt with as a matter of its own."),
        cause="split",
        at=at,
    )
    return apart


def _renew(problem: Problem, said: Iterable[str] | None = None) -> None:
    write_terms(problem, said)
    problem.save(update_fields=TERMS)
