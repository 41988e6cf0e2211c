"""Any order of acts leaves problems, their voices and their turns in agreement."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.needs.problem_factories import kind, reported
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.needs.actions import problems
from youwo.needs.models import (
    PROBLEM_MOVERS,
    PROBLEM_MOVES,
    Merge,
    Problem,
    ProblemMover,
    ProblemStatus,
    Report,
)
from youwo.needs.problems_waiting import turns_of
from youwo.needs.sweep import sweep
from youwo.turns.models import Turn

WHICH = st.integers(0, 4)


class ProblemMachine(RuleBasedStateMachine):
    """Everybody presses every button, in any order and any number of times."""

    def __init__(self):
        super().__init__()
        self.at = datetime(2025, 6, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
        self.community = factories.community("140802005022", "金税社区")
        self.worker = factories.granted("worker", self.community)
        self.resident = factories.PersonFactory()
        # Two of the five are accepted, so that there is something to join.
        for by in (self.resident, None, None):
            reported(self.community, self.at, by=by)
        for problem in Problem.objects.order_by("pk")[1:]:
            self.accept(problem)

    def accept(self, problem):
        return problems.accept(
            problem, public_title="灯不亮", public_text="", kind=kind(), by=self.worker, at=self.at
        )

    def pick(self, which) -> Problem:
        rows = list(Problem.objects.order_by("pk"))
        return rows[which % len(rows)]

    def do(self, verb, problem, act):
        """An act succeeds only where the table of moves has it; a refusal changes nothing."""
        before = problem.status
        try:
            act()
        except Refused:
            assert Problem.objects.get(pk=problem.pk).status == before
        else:
            assert before in PROBLEM_MOVES[verb]
            assert Problem.objects.get(pk=problem.pk).status == PROBLEM_MOVES[verb][before]

    @rule(hours=st.integers(min_value=1, max_value=200))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)
        sweep(self.at)

    @rule(which=WHICH)
    def me_too(self, which):
        reported(self.community, self.at, problem=self.pick(which))

    @rule(which=WHICH)
    def accepts(self, which):
        problem = self.pick(which)
        self.do("accept", problem, lambda: self.accept(problem))

    @rule(which=WHICH)
    def decline(self, which):
        problem = self.pick(which)
        given = {"reason": "做不了", "by": self.worker, "at": self.at}
        self.do("decline", problem, lambda: problems.decline(problem, **given))

    @rule(which=WHICH)
    def take_up(self, which):
        problem = self.pick(which)
        given = {"due_at": self.at + timedelta(days=3), "by": self.worker, "at": self.at}
        self.do("take_up", problem, lambda: problems.take_up(problem, **given))

    @rule(which=WHICH, verb=st.sampled_from(["put_back", "reopen"]))
    def back(self, which, verb):
        problem = self.pick(which)
        given = {"reason": "还没好", "by": self.worker, "at": self.at}
        self.do(verb, problem, lambda: getattr(problems, verb)(problem, **given))

    @rule(which=WHICH)
    def go_on(self, which):
        problem = self.pick(which)
        given = {"due_at": self.at + timedelta(days=3), "by": self.worker, "at": self.at}
        self.do("go_on", problem, lambda: problems.reopen(problem, reason="又坏了", **given))

    @rule(which=WHICH)
    def contest(self, which):
        problem = self.pick(which)
        given = {"due_at": self.at + timedelta(days=3), "by": self.worker, "at": self.at}
        self.do("contest", problem, lambda: problems.contest(problem, reason="没好", **given))

    @rule(which=WHICH)
    def mark_done(self, which):
        problem = self.pick(which)
        self.do(
            "mark_done", problem, lambda: problems.mark_done(problem, by=self.worker, at=self.at)
        )

    @rule(which=WHICH, satisfied=st.booleans())
    def judge(self, which, satisfied):
        report = Report.objects.order_by("pk")[which % Report.objects.count()]
        before = report.problem.status
        try:
            problems.judge(report, satisfied=satisfied, words="", by=None, at=self.at)
        except Refused:
            assert before not in (ProblemStatus.DONE, ProblemStatus.CLOSED)
        else:
            after = Problem.objects.get(pk=report.problem_id).status
            doubted = before == ProblemStatus.CLOSED and not satisfied
            assert after == (ProblemStatus.DONE if doubted else before)

    @rule(which=WHICH, asked=st.sampled_from(["", "问过王师傅"]))
    def close(self, which, asked):
        problem = self.pick(which)
        given = {"asked": asked, "by": self.worker, "at": self.at}
        self.do("close", problem, lambda: problems.close(problem, **given))

    @rule(which=WHICH, other=WHICH)
    def merge(self, which, other):
        problem, into = self.pick(which), self.pick(other)
        given = {"into": into, "by": self.worker, "at": self.at}
        self.do("merge", problem, lambda: problems.merge(problem, **given))

    @rule(which=WHICH)
    def undo_merge(self, which):
        merges = list(Merge.objects.order_by("pk"))
        if not merges:
            return
        merge = merges[which % len(merges)]
        voices = set(merge.reports.values_list("pk", flat=True))
        problem = merge.problem
        try:
            problems.undo_merge(merge, by=self.worker, at=self.at)
        except Refused:
            return
        problem.refresh_from_db()
        now = set(problem.reports.values_list("pk", flat=True))
        assert (problem.status, problem.due_at, now) == (merge.status, merge.due_at, voices)

    @rule(which=WHICH)
    def split(self, which):
        problem = self.pick(which)
        if Problem.objects.count() > 6:
            return
        reports = list(problem.reports.order_by("pk")[:1])
        before = problem.reports.count()
        try:
            apart = problems.split(
                problem, reports=reports, title="另一件", by=self.worker, at=self.at
            )
        except Refused:
            assert problem.reports.count() == before
        else:
            assert (problem.reports.count(), apart.reports.count()) == (before - 1, 1)

    @invariant()
    def every_problem_that_stands_has_a_voice(self):
        standing = Problem.objects.exclude(status=ProblemStatus.MERGED)
        merged = Problem.objects.filter(status=ProblemStatus.MERGED)
        assert not standing.filter(reports__isnull=True).exists()
        assert not merged.filter(reports__isnull=False).exists()

    @invariant()
    def whose_move_it_is_has_a_time(self):
        for problem in Problem.objects.all():
            ended = PROBLEM_MOVERS[problem.status] == ProblemMover.NOBODY
            assert (problem.due_at is None, problem.mover == "nobody") == (ended, ended)

    @invariant()
    def joined_is_what_has_a_merge_that_stands(self):
        joined = Problem.objects.filter(status=ProblemStatus.MERGED).values_list("pk", flat=True)
        stands = Merge.objects.filter(undone_at__isnull=True).values_list("problem", flat=True)
        assert sorted(joined) == sorted(stands)

    @invariant()
    def turns_are_those_of_the_states(self):
        columns = ("kind", "reference", "role", "person", "due_at")
        written = sorted(Turn.objects.values_list(*columns), key=str)
        asked = [
            (turn.kind, turn.reference, turn.role, turn.person, turn.due_at)
            for problem in Problem.objects.select_related("community")
            for turn in turns_of(problem)
        ]
        assert written == sorted(asked, key=str)

    @invariant()
    def every_change_is_in_the_journal(self):
        assert Line.objects.filter(target_label="needs.report").count() >= Report.objects.count()


@pytest.mark.django_db
def test_any_order_of_acts_keeps_problems_voices_and_turns_in_agreement():
    from django.db import transaction

    class Fresh(ProblemMachine):
        """Each run in a savepoint of its own, so that none sees another's rows."""

        def __init__(self):
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
