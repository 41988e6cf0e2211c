"""Both sides of a closed whistle are asked, once, and neither for the other."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from tests import factories
from tests.dispatch.factories import answered
from tests.evaluation.factories import enrolled_unit, planned, template
from tests.web.needs.people import signed_in, words
from youwo.core.refused import Refused
from youwo.dispatch.models import Whistle
from youwo.evaluation import facts, whistles
from youwo.evaluation.models import LookBack
from youwo.evaluation.sweep import sweep
from youwo.evaluation.whistles import QUESTIONS, look_back
from youwo.needs.models import Report
from youwo.service.models import ServiceItem
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch, at):
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


@pytest.fixture
def unit(jinshui):
    return enrolled_unit(jinshui, name="路灯管理所")


@pytest.fixture
def acting(unit):
    return factories.mandated(unit)


@pytest.fixture
def whistle(worker, acting, unit, jinshui, at):
    """Answered by the unit, and closed an hour before."""
    found = answered(worker, acting, jinshui, [unit], at - timedelta(hours=5))
    closed = {"status": "closed", "closed_at": at - timedelta(hours=1), "rings_at": None}
    Whistle.objects.filter(pk=found.pk).update(**closed)
    Turn.objects.all().delete()
    return found


@pytest.fixture
def asked(whistle, at):
    sweep(at)
    return {row.side: row for row in LookBack.objects.all()}


def test_both_sides_are_asked_once(asked, unit, jinshui, at):
    sweep(at + timedelta(minutes=1))
    rows = Turn.objects.order_by("role").values_list("kind", "role", "organization", "area")
    assert list(rows) == [
        ("evaluation.look_back", "", unit.pk, jinshui.pk),
        ("evaluation.look_back", "worker", None, jinshui.pk),
    ]


def test_whistles_closed_long_ago_are_not_asked_about(whistle, at):
    Whistle.objects.update(closed_at=at - timedelta(days=15))
    sweep(at)
    assert not LookBack.objects.exists()


def test_each_side_answers_its_own_three_questions(asked, worker, acting, at):
    look_back(asked["community"], steps=[2, 1, 0], words="", by=worker, at=at)
    look_back(asked["unit"], steps=[2, 2, 2], words="说得很清楚", by=acting, at=at)
    assert not Turn.objects.exists()
    assert LookBack.objects.get(side="community").steps == [2, 1, 0]


def test_nobody_answers_for_the_other_side(asked, worker, acting, stranger, at):
    for side, by in (("unit", worker), ("community", acting), ("community", stranger)):
        with pytest.raises(Refused):
            look_back(asked[side], steps=[2, 2, 2], words="", by=by, at=at)


def test_a_worker_who_acts_for_the_unit_speaks_for_the_unit_alone(asked, worker, unit, at):
    factories.mandate(worker, unit)
    assert whistles.may_answer(worker, asked["unit"], at.date())
    assert not whistles.may_answer(worker, asked["community"], at.date())


@pytest.mark.parametrize("steps", [[], [2, 2], [2, 2, 3], [-1, 0, 0]])
def test_answers_that_do_not_fit_are_refused(asked, worker, at, steps):
    with pytest.raises(Refused):
        look_back(asked["community"], steps=steps, words="", by=worker, at=at)


def test_a_side_answers_once(asked, worker, at):
    look_back(asked["community"], steps=[2, 2, 2], words="", by=worker, at=at)
    with pytest.raises(Refused):
        look_back(asked["community"], steps=[0, 0, 0], words="", by=worker, at=at)


def test_after_a_month_nobody_is_asked_any_more(asked, worker, at):
    later = at + timedelta(days=30)
    sweep(later)
    assert not Turn.objects.exists()
    with pytest.raises(Refused):
        look_back(asked["community"], steps=[2, 2, 2], words="", by=worker, at=later)


def test_the_database_refuses_an_answer_by_nobody(asked, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        LookBack.objects.update(at=at)


def test_the_sides_are_shown_when_both_have_answered(asked, whistle, worker, acting, at):
    page = f"/evaluations/whistles/{whistle.reference}/"
    community, unit = signed_in(worker), signed_in(acting)
    assert "说好的时间" in words(community.get(page))
    community.post(page, {"q0": "2", "q1": "1", "q2": "2", "words": "师傅很耐心"})
    assert "另一方还没有回答" in words(community.get(page))
    assert "师傅很耐心" not in words(unit.get(page))
    unit.post(page, {"q0": "2", "q1": "2", "q2": "0"})
    assert "师傅很耐心" in words(unit.get(page))
    assert "按时来了" in words(unit.get(page))


def test_three_questions_are_all_answered(asked, whistle, worker):
    response = signed_in(worker).post(f"/evaluations/whistles/{whistle.reference}/", {"q0": "2"})
    assert response.status_code == 422


def test_a_side_that_let_the_time_pass_is_shown_as_silent(asked, whistle, worker, at):
    sweep(at + timedelta(days=30))
    page = words(signed_in(worker).get(f"/evaluations/whistles/{whistle.reference}/"))
    assert page.count("没有在期限内回答") == 2


def test_strangers_do_not_look_back(asked, whistle, stranger):
    page = f"/evaluations/whistles/{whistle.reference}/"
    assert signed_in(stranger).get(page).status_code == 404


def test_answered_whistles_and_closed_items_stand_on_the_sheet(whistle, worker, unit, jinshui, at):
    item = ServiceItem.objects.get()
    ServiceItem.objects.update(status="closed", closed_at=at.replace(month=5))
    Whistle.objects.get().calls.update(answered_at=at.replace(month=5))
    sheet = template(jinshui, at)
    days = {"starts_on": at.date().replace(month=5, day=1), "ends_on": at.date().replace(day=1)}
    one = planned(worker, sheet, jinshui, at, **days).evaluated.get(organization=unit)
    assert item.organization == unit
    assert one.facts == {"items": 1, "whistles": 1, "in_time": 1}


def test_what_residents_said_of_a_solved_problem_is_the_publics_view(
    whistle, worker, unit, jinshui, at
):
    item = ServiceItem.objects.get()
    moment = at.replace(month=5)
    ServiceItem.objects.update(status="closed", closed_at=moment)
    for number, satisfied in enumerate((True, True, False)):
        Report.objects.create(
            reference=f"R{number}AAAAAAA",
            nonce=f"00000000-0000-4000-8000-00000000000{number}",
            problem=item.problem,
            said="路灯不亮",
            received_at=moment,
            satisfied=satisfied,
            answered_at=moment,
        )
    days = {"starts_on": at.date().replace(month=5, day=1), "ends_on": at.date().replace(day=1)}
    round_ = planned(worker, template(jinshui, at), jinshui, at, **days)
    voices = facts.public_voices(round_, known_at=at)[unit.pk, jinshui.pk]
    assert [list(voice.chosen.values()) for voice in voices] == [[1], [1], [0]]


def test_the_whistle_leads_its_sides_there_once_they_are_asked(whistle, acting, at):
    page = f"/work/whistles/{whistle.reference}/"
    before = signed_in(acting).get(page)
    sweep(at)

    shown = signed_in(acting).get(page)

    assert (before.context["looks_back"], shown.context["looks_back"]) == (False, True)
    assert reverse("evaluation:whistle", args=[whistle.reference]) in shown.content.decode()


def test_each_question_has_answers_of_its_own():
    with override("zh-hans"):
        answers = [
            [str(step) for step in steps] for side in QUESTIONS.values() for _text, steps in side
        ]
    assert answers == [
        ["没来", "来晚了", "按时来了"],
        ["不管用", "暂时管用", "管用"],
        ["没有告诉", "告诉了一部分", "每次都告诉了"],
        ["又问了才清楚", "大体清楚", "清楚"],
        ["不是", "部分是", "是"],
        ["没有", "打了电话才有", "有"],
    ]
