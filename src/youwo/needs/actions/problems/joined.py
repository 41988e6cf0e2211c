"""Many voices about one matter: problems become one, come apart again, and voices are set apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.core.acts import acting, hold
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.actions.problems.moving import (
    TERMS,
    due,
    fresh,
    fresh_all,
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
from youwo.needs.problems_waiting import turns_of, voices_of
from youwo.people.models import Person
from youwo.turns import actions as turns


def merge(problem: Problem, *, into: Problem, by: Person, at: datetime) -> Merge:
    """Join a problem with another about the same matter: its voices now stand behind that one.

    Refuses problems of two communities, one that somebody has taken on already, and one that
    everybody sees into one that still waits for review. `undo_merge` brings it back.
    """
    return gather([problem], into=into, by=by, at=at)[0]


@acting()
def gather(others: Sequence[Problem], *, into: Problem, by: Person, at: datetime) -> list[Merge]:
    """Do what `merge` does for several problems, all of them or none, in as many statements."""
    if any(problem.pk == into.pk for problem in others):
        raise Refused(_("A problem cannot be joined with itself."))
    *others, into = fresh_all([*others, into])
    merges = []
    for problem in others:
        must_deal(problem, by, at)
        _refuse_to_join(problem, into)
        merges.append(_merge(problem, into, by, at))
        _end(problem, into, at)
    Merge.objects.bulk_create(merges)
    _bring_voices(merges, into, at)
    # All in one statement; what the other one is already is written once more.
    changed = ["status", "mover", "since", "due_at", "merged_into", *TERMS]
    Problem.objects.bulk_update([*others, into], changed)
    turns.put_many([(problem, []) for problem in others])
    for row in merges:
        code, problem = into.community_id, row.problem
        journal.write("merge", problem, by=by, at=at, area_code=code, into=into.pk, merge=row.pk)
        journal.write("gather", into, by=by, at=at, area_code=code, problem=problem.pk)
    return merges


def _refuse_to_join(problem: Problem, into: Problem) -> None:
    if problem.community_id != into.community_id:
        raise Refused(_("These problems are in two communities. Please keep them apart."))
    if into.status not in GATHERING:
        raise _not_now(into, _("“%(title)s” is “%(status)s”: nothing can be joined with it now."))
    if problem.status not in PROBLEM_MOVES["merge"]:
        words = _("“%(title)s” is “%(status)s”: it cannot be joined with another now.")
        if into.can_join(problem):
            words = _(
                "“%(title)s” is “%(status)s”: it cannot be joined with another now."
                " Please open it, and join the other with it there."
            )
        raise _not_now(problem, words)
    if problem.is_public and not into.is_public:
        raise Refused(_("Please review the other problem first: this one is public already."))


def _not_now(problem: Problem, words: str) -> Refused:
    return Refused(words % {"title": problem, "status": problem.get_status_display()})


def _merge(problem: Problem, into: Problem, by: Person, at: datetime) -> Merge:
    assert problem.due_at is not None  # noqa: S101 (the caller has looked)
    return Merge(
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


def _end(problem: Problem, into: Problem, at: datetime) -> None:
    problem.status = PROBLEM_MOVES["merge"][problem.status]
    problem.mover = PROBLEM_MOVERS[problem.status]
    problem.since, problem.due_at, problem.merged_into = at, None, into


def _bring_voices(merges: Sequence[Merge], into: Problem, at: datetime) -> None:
    """Have the voices of joined problems stand behind the other, and tell them so."""
    by_problem = {row.problem_id: row for row in merges}
    voices = list(
        Report.objects.filter(problem__in=[into.pk, *by_problem])
        .select_related("voice__person")
        .order_by("pk")
    )
    moving = [report for report in voices if report.problem_id != into.pk]
    through = Merge.reports.through
    through.objects.bulk_create(
        through(merge=by_problem[report.problem_id], report=report) for report in moving
    )
    for report in moving:
        tell_voice(
            report,
            by_problem[report.problem_id].problem,
            gettext_lazy(
                "What you reported is now dealt with together with others' words about it."
            ),
            cause="merge",
            at=at,
        )
    Report.objects.filter(problem__in=by_problem).update(problem=into)
    write_terms(into, [report.said for report in voices])


@acting()
def undo_merge(merge: Merge, *, by: Person, at: datetime) -> Problem:
    """Set two problems apart again, each with its voices and its time as before.

    Voices that came later stay with the other. Refuses it once the other has moved on, or the
    voices have: they can be split off instead; and where the other would be left without a voice.
    """
    merge = hold(merge, "problem", "into")
    problem, into = fresh_all([merge.problem, merge.into])
    must_deal(problem, by, at)
    if merge.undone_at is not None:
        raise Refused(_("A colleague has just set these two apart again."))
    came = Exists(Merge.reports.through.objects.filter(merge=merge, report=OuterRef("pk")))
    voices = list(
        Report.objects.filter(Q(came) | Q(problem__in=[problem, into]))
        .annotate(came=came)
        .order_by("pk")
    )
    back = [report for report in voices if report.came]
    stay = [report for report in voices if not report.came]
    if (
        into.status not in GATHERING
        or into.since != merge.into_since
        or any(_has_moved_on(report, merge) for report in back)
    ):
        raise Refused(
            _("Something has happened since they were joined. Please split the voices off instead.")
        )
    if not stay:
        raise Refused(
            _("The others who spoke of it have been set apart since: nothing is left to undo.")
        )
    early = merge.status == ProblemStatus.RECEIVED
    problem.status = PROBLEM_MOVES["undo_early_merge" if early else "undo_merge"][problem.status]
    problem.mover, problem.since, problem.due_at = merge.mover, merge.since, merge.due_at
    problem.merged_into = None
    Report.objects.filter(pk__in=[report.pk for report in back]).update(problem=problem)
    write_terms(problem, [report.said for report in back])
    problem.save(update_fields=["status", "mover", "since", "due_at", "merged_into", *TERMS])
    turns.put(problem, turns_of(problem))
    _renew(into, [report.said for report in stay])
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


def _has_moved_on(report: Report, merge: Merge) -> bool:
    """Say whether a voice has gone elsewhere since it was joined, or has judged."""
    judged = report.answered_at is not None and report.answered_at > merge.at
    return judged or report.problem_id != merge.into_id


@acting()
def split(
    problem: Problem, *, reports: Sequence[Report], title: str, by: Person, at: datetime
) -> Problem:
    """Set some voices apart as a problem of their own, with the same kind and place.

    It stands where the other stood before anybody took it on, with the time of its own from now on,
    and was said when the first of its voices spoke. Refuses to leave a problem without
    a voice. `merge` puts them together again.
    """
    must_deal(problem, by, at)
    problem = fresh(problem)
    if problem.status not in GATHERING:
        raise moved_on(problem)
    voices, keys = voices_of(problem), {report.pk for report in reports}
    chosen = [report for report in voices if report.pk in keys]
    left = [report for report in voices if report.pk not in keys]
    if not chosen or len(chosen) < len(keys):
        raise Refused(_("Please choose the voices that speak of something else."), "reports")
    if not left:
        raise Refused(_("Please leave at least one voice with this problem."), "reports")
    refuse_voices(voices, public_title=title)
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
        received_at=min(report.received_at for report in chosen),
        since=at,
        due_at=due(status, problem.kind, problem.community_id, at),
        accepted_at=None if waits else at,
        hearing=problem.hearing,
        split_from=problem,
    )
    write_terms(apart, [report.said for report in chosen])
    apart.save(force_insert=True)
    Report.objects.filter(pk__in=keys).update(problem=apart)
    for report in chosen:
        report.problem = apart
    _renew(problem, [report.said for report in left])
    turns.put(apart, turns_of(apart))
    journal.write("split", problem, by=by, at=at, area_code=problem.community_id, problem=apart.pk)
    tell_voices(
        apart,
        gettext_lazy("What you reported is now dealt with as a matter of its own."),
        cause="split",
        at=at,
    )
    return apart


def _renew(problem: Problem, said: Iterable[str]) -> None:
    write_terms(problem, said)
    problem.save(update_fields=TERMS)
