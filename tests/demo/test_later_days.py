"""On later days every domain of the demo city lives on; what somebody has touched stays theirs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from tests.demo.conftest import NOW
from youwo.almanac.queries import deadline
from youwo.core.clock import local_day
from youwo.demo import city
from youwo.demo.places import JINSHUI
from youwo.demo.size import CUT_OFF
from youwo.dispatch import actions as dispatch
from youwo.dispatch.models import OPEN, Whistle
from youwo.dispatch.sweep import sweep as sweep_whistles
from youwo.evaluation.sweep import sweep as sweep_rounds
from youwo.insight import queries
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs.actions import problems
from youwo.needs.models import Hearing, Problem, ProblemStatus
from youwo.needs.sweep import sweep as sweep_wishes
from youwo.organizations.models import Mandate
from youwo.people.models import Person
from youwo.service import actions as service
from youwo.service import upkeep
from youwo.service.actions import assets, meetings
from youwo.service.models import Asset, JointMeeting, MeetingStatus, ServiceItem
from youwo.turns.models import Turn

# One kind of turn for each queue that was late for ever, with how it is told apart.
QUEUES = ("wish.", "problem.", "item.", "whistle.")


def refresh(found: city.Built, days: int, *, clock: bool = True) -> city.Built:
    """Let time pass, the clock doing its work on the way, and start the demo again."""
    now = NOW + timedelta(days=days)
    if clock:
        for sweep in (sweep_whistles, sweep_wishes, sweep_rounds):
            sweep(now - timedelta(hours=2))
    return city.refresh(found, now=now, progress=lambda *_: None)


def published() -> dict[str, int]:
    overview = queries.overview("1408", queries.cut(CUT_OFF))
    return {figure.definition.name: figure.value for figure in overview.figures}


def waiting(now: datetime) -> dict[str, set[str]]:
    """Return for each queue whether something in it is late, due in a working day, or fresh."""
    found: dict[str, set[str]] = {queue: set() for queue in QUEUES}
    soon = deadline(now, hours=9, area_code=JINSHUI).at
    for kind, due_at in Turn.objects.values_list("kind", "due_at"):
        state = "late" if due_at <= now else "due" if due_at <= soon else "fresh"
        for queue in QUEUES:
            if kind.startswith(queue):
                found[queue].add(state)
    return found


def whistles() -> Counter[tuple[str, str]]:
    open_ = Whistle.objects.filter(status__in=OPEN)
    return Counter(open_.values_list("level__code", "status"))


def test_after_three_days_and_after_ten_more_every_queue_is_fresh_due_and_late(small_city):
    figures, first, step = published(), whistles(), small_city
    for days in (1, 2, 3, 13):
        step = refresh(step, days)
        now = step.until

        assert waiting(now) == {queue: {"late", "due", "fresh"} for queue in QUEUES}
        assert whistles() == first
        for kind in ("asset.inspect", "asset.receive", "asset.repair", "evaluation.decide"):
            assert Turn.objects.filter(kind=kind).exists()
        late = Turn.objects.filter(due_at__lt=now - timedelta(days=9))
        assert list(late.values_list("kind", "due_at", "title")) == []
        assert Hearing.objects.filter(status="open").count() == 1
        ahead = JointMeeting.objects.filter(status=MeetingStatus.CALLED)
        assert [one for one in ahead if one.starts_at < now] == []
        assert ahead.exists()
        assert Line.objects.filter(at__gt=now).count() == 0
    assert step.touched == {}
    assert published() == figures


def test_what_the_tax_office_did_is_in_the_ledger_the_day_after(small_city):
    before = Entry.objects.filter(source_label="service.delivery").count()
    open_ = ServiceItem.objects.under_way().count()

    refresh(small_city, 1)

    closed = Entry.objects.filter(source_label="service.delivery").count() - before
    assert closed > open_ / 2
    old = ServiceItem.objects.under_way().filter(agreed_at__lt=NOW - timedelta(days=8))
    assert old.filter(whistles=None).count() == 0


def test_what_somebody_has_touched_is_left_alone_for_ever(small_city):
    worker, at = Person.objects.get(username="worker"), NOW + timedelta(minutes=5)
    reviewed = Problem.objects.filter(status=ProblemStatus.RECEIVED, community_id=JINSHUI)
    said = reviewed.order_by("pk")[0]
    problems.accept(
        said,
        public_title="楼道充电",
        public_text="请大家不要推上楼",
        kind=said.kind,
        by=worker,
        at=at,
    )
    spoken = Problem.objects.filter(status=ProblemStatus.DONE).exclude(pk=said.pk)[0]
    report = spoken.reports.order_by("pk")[0]
    problems.judge(report, satisfied=False, words="还没好", by=None, at=at)
    blown = Whistle.objects.filter(status="blown", community_id=JINSHUI).order_by("pk")[0]
    dispatch.call(blown, organizations=[_other_unit(blown)], by=worker, at=at)
    item = ServiceItem.objects.filter(status="agreed", organization__name__contains="物业")[0]
    service.start(item, by=worker, at=at)
    meeting = JointMeeting.objects.filter(status=MeetingStatus.CALLED, series=None)[0]
    meetings.add_matter(meeting, title="说说路灯", by=worker, at=at)
    asset = Asset.objects.filter(received_on=None).order_by("pk")[0]
    assets.inspect(
        asset, on=local_day(at), sound=True, note="", nonce=asset.nonce, by=worker, at=at
    )

    made = refresh(refresh(small_city, 1), 13)

    rows = {row: type(row).objects.get(pk=row.pk) for row in (said, spoken, blown, item, meeting)}
    assert {row: now.status for row, now in rows.items()} == {
        said: "open",
        spoken: "done",
        blown: "blown",
        item: "started",
        meeting: "called",
    }
    assert Asset.objects.get(pk=asset.pk).received_on is None
    assert {str(said.pk), str(spoken.pk)} <= set(made.touched["needs.problem"])
    assert str(blown.pk) in made.touched["dispatch.whistle"]


def _other_unit(whistle):
    called = whistle.calls.values("organization")
    held = Mandate.objects.filter(ends_on=None).exclude(organization__in=called)
    return held.order_by("pk").first().organization


def test_the_same_day_is_told_in_the_same_way(small_city):
    tellings = []
    for _ in range(2):
        with transaction.atomic():
            refresh(small_city, 1, clock=False)
            tellings.append(told())
            transaction.set_rollback(True)

    assert tellings[0] == tellings[1]


def told():
    """What stands, and what was written about it, without keys."""
    return [
        sorted(map(str, Problem.objects.values_list("title", "status", "since", "compound"))),
        sorted(map(str, ServiceItem.objects.values_list("title", "status", "since", "due_on"))),
        sorted(map(str, Whistle.objects.values_list("title", "status", "since", "due_at"))),
        sorted(map(str, Asset.objects.values_list("name", "status", "next_inspection_on"))),
        sorted(map(str, Line.objects.filter(at__gt=NOW).values_list("verb", "at", "area_code"))),
    ]


def test_things_in_keeping_are_seen_to_in_the_end(small_city):
    late = Asset.objects.filter(next_inspection_on__lt=local_day(NOW)).order_by("pk")[0]

    made = refresh(small_city, 13)

    assert late.inspections.count() == 2
    assert Asset.objects.filter(reason="到期报废，已换新的", status="retired").exists()
    assert upkeep.remind(made.until) == 0


def test_a_demo_that_rested_for_half_a_year_lives_on_too(small_city):
    made = refresh(small_city, 180)

    assert waiting(made.until)["whistle."] == {"late", "due", "fresh"}
