"""Pages of whistles: blowing, answering, deciding, the clock, lists and levels."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests import factories
from tests.dispatch.factories import answered, blown, levels, problem
from tests.web.needs.people import signed_in, words
from youwo.core.search import terms
from youwo.dispatch import actions
from youwo.dispatch.models import Extension, Ladder, Objection, Status, Whistle
from youwo.dispatch.sweep import follow_moved, sweep
from youwo.needs.models import Voice
from youwo.service import actions as service
from youwo.turns.models import Turn
from youwo.web.dispatch.telling import clock_words, told_steps
from youwo.web.dispatch.turns import TURNS

pytestmark = pytest.mark.django_db

LIST = "/work/whistles/"


def page(browser, whistle, tail=""):
    return browser.get(f"{LIST}{whistle.reference}/{tail}")


def act(browser, whistle, verb, **sent):
    data = {f"{verb}-{name}": value for name, value in sent.items()}
    return browser.post(f"{LIST}{whistle.reference}/{verb}/", data)


def status(whistle) -> str:
    return Whistle.objects.get(pk=whistle.pk).status


def local(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def blow(browser, about, **sent):
    return browser.post(
        f"{LIST}new/{about.reference}/",
        {
            "level": levels()[0].pk,
            "title": "路灯不亮",
            "matter": "夜里看不见路",
            "field": "troubles",
            **sent,
        },
    )


# Blowing


def test_the_form_knows_what_is_known(at_work, jinshui, lamps, rungs):
    about = problem(jinshui, public_text="南门内侧两盏灯")
    response = at_work.get(f"{LIST}new/{about.reference}/")

    assert response.context["form"].initial["title"] == about.public_title
    assert "南门内侧两盏灯" in words(response)
    assert lamps.name in words(response)


def test_a_whistle_is_blown_for_a_problem(at_work, jinshui, lamps, rungs):
    response = blow(at_work, problem(jinshui), organizations=[lamps.pk])

    whistle = Whistle.objects.get()
    assert (response.status_code, response.url) == (302, f"{LIST}{whistle.reference}/")


def test_a_whistle_is_blown_for_a_service_item(at_work, worker, jinshui, lamps, at, rungs):
    item = service.agree(
        "修路灯", community=jinshui, field="troubles", due_on=at.date() + timedelta(days=9),
        by=worker, at=at,
    )  # fmt: skip
    assert at_work.get(f"{LIST}new/{item.reference}/").status_code == 200

    blow(at_work, item, organizations=[lamps.pk])

    assert Whistle.objects.get().item == item


def test_what_was_typed_is_kept_where_a_unit_is_missing(at_work, jinshui, rungs):
    response = blow(at_work, problem(jinshui), matter="一段话")

    assert (response.status_code, Whistle.objects.count()) == (422, 0)
    assert "一段话" in words(response)


def test_nonsense_is_refused_at_the_field(at_work, jinshui, lamps, rungs):
    response = blow(
        at_work, problem(jinshui), level="9999", title="", organizations=["x", "9" * 30]
    )

    assert response.status_code == 422
    assert {"level", "title"} <= set(response.context["form"].errors)


def test_units_are_looked_for_without_losing_the_words(at_work, jinshui, lamps, rungs):
    gas = factories.OrganizationFactory(name="燃气公司", search_terms=terms("燃气公司"))
    response = blow(
        at_work, problem(jinshui), search="1", q="燃气", matter="一段话", organizations=[lamps.pk]
    )

    groups = dict(response.context["picker"].groups)
    assert (response.status_code, groups["chosen"], groups["found"]) == (200, [lamps], [gas])
    assert "一段话" in words(response)


def test_a_problem_of_another_community_does_not_exist(at_work, elsewhere, rungs):
    assert at_work.get(f"{LIST}new/{problem(elsewhere).reference}/").status_code == 404


def test_without_levels_the_page_says_who_sets_them(at_work, jinshui):
    response = at_work.get(f"{LIST}new/{problem(jinshui).reference}/")

    assert '<form method="post" class="stack"' not in words(response)


# The page


def test_everybody_concerned_opens_it(
    at_work, at_the_unit, at_the_office, worker, jinshui, lamps, at
):
    whistle = blown(worker, jinshui, [lamps], at)

    for browser in (at_work, at_the_unit, at_the_office):
        assert page(browser, whistle).status_code == 200


def test_a_unit_that_was_not_called_does_not_see_it(worker, plumber, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert page(signed_in(plumber), whistle).status_code == 404


def test_a_unit_sees_no_name_of_a_resident(at_the_unit, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert Voice.objects.count() == 0
    assert worker.name not in words(page(at_the_unit, whistle))


@pytest.mark.parametrize("state", ["blown", "answered", "paused", "late", "delivered", "withdrawn"])
def test_the_clock_speaks_in_every_state(at_work, worker, speaker, town, jinshui, lamps, at, state):
    begun = at - timedelta(days=40 if state == "late" else 1)
    if state == "blown":
        whistle = blown(worker, jinshui, [lamps], begun)
    else:
        whistle = answered(worker, speaker, jinshui, [lamps], begun)
    if state == "paused":
        actions.pause(whistle, reason="等", last=at + timedelta(days=2), by=speaker, at=at)
    if state == "late":
        sweep(at)
    if state == "delivered":
        service.deliver(
            whistle.item, organization=lamps, occurred_on=at.date(), minutes=60, people=2,
            what="换了灯", by=speaker, at=at,
        )  # fmt: skip
        actions.follow(whistle.item, at=at)
    if state == "withdrawn":
        actions.withdraw(whistle, reason="修好了", by=worker, at=at)

    response = page(at_work, whistle)

    assert response.status_code == 200
    assert bool(response.context["clock"])
    assert response.context["way"][0].title


def test_a_clock_that_never_ran_says_nothing():
    assert clock_words(Whistle(), None) == ""


# One tap


def test_a_unit_reports_with_one_tap(at_the_unit, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    form = page(at_the_unit, whistle, "answer/").context["form"]

    response = at_the_unit.post(
        f"{LIST}{whistle.reference}/answer/",
        {name: form[name].value() or "" for name in form.fields},
    )

    assert (response.status_code, status(whistle)) == (302, Status.ANSWERED)


@pytest.mark.parametrize("when", ["soon", "later"])
def test_a_unit_says_when_it_comes(at_the_unit, worker, jinshui, lamps, at, when):
    whistle = blown(worker, jinshui, [lamps], at)
    sent = {"organization": lamps.pk, "who": "两位师傅", "when": when}

    at_the_unit.post(f"{LIST}{whistle.reference}/answer/", sent)

    assert whistle.calls.get().arrives_at > at


@pytest.mark.parametrize(
    ("exact", "code"), [("", 422), ("gestern", 422), ("2020-01-01T10:00", 422)]
)
def test_another_time_is_a_moment_to_come(at_the_unit, worker, jinshui, lamps, at, exact, code):
    whistle = blown(worker, jinshui, [lamps], at)
    sent = {"organization": lamps.pk, "who": "两位师傅", "when": "exact", "exact": exact}

    response = at_the_unit.post(f"{LIST}{whistle.reference}/answer/", sent)

    assert (response.status_code, status(whistle)) == (code, Status.BLOWN)
    assert "exact" in response.context["form"].errors


def test_who_comes_too_late_is_told_on_the_page(
    at_the_unit, worker, plumber, jinshui, lamps, water, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    actions.answer(whistle, organization=water, who="抢修班", arrives_at=at, by=plumber, at=at)

    response = page(at_the_unit, whistle, "answer/")

    assert response.url == f"{LIST}{whistle.reference}/"
    assert page(at_the_unit, whistle).context["may"] == {"help"}


# Acts


def test_an_objection_and_its_decision(
    at_the_unit, at_the_office, worker, jinshui, lamps, water, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    act(at_the_unit, whistle, "object", organization=lamps.pk, reason="不归我们")
    shown = page(at_the_office, whistle, "decide/")

    response = at_the_office.post(
        f"{LIST}{whistle.reference}/decide/",
        {"granted": "yes", "reason": "属实", "organizations": [water.pk]},
    )

    assert (shown.status_code, response.status_code) == (200, 302)
    assert Objection.objects.get().granted
    assert whistle.calls.get(responsible=True).organization == water


def test_a_decision_needs_a_reason(at_the_unit, at_the_office, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    act(at_the_unit, whistle, "object", organization=lamps.pk, reason="不归我们")

    response = at_the_office.post(f"{LIST}{whistle.reference}/decide/", {"granted": "no"})

    assert (response.status_code, Objection.objects.get().granted) == (422, None)
    # The unit that still waits for the decision is not offered as one to call.
    assert response.context["matter"].granted is None
    assert lamps not in [
        unit for _name, units in response.context["picker"].groups for unit in units
    ]


def test_an_objection_that_an_answer_has_overtaken_is_read_as_settled(
    at_the_unit, at_the_office, worker, plumber, jinshui, lamps, water, at
):
    whistle = blown(worker, jinshui, [lamps, water], at)
    act(at_the_unit, whistle, "object", organization=lamps.pk, reason="不归我们")
    waits = words(page(at_the_office, whistle))
    actions.answer(whistle, organization=water, who="抢修班", arrives_at=at, by=plumber, at=at)

    shown = page(at_the_office, whistle)

    assert "已有单位报到。" not in waits
    assert "采纳</b> · 已有单位报到。" in " ".join(words(shown).split())
    assert shown.context["to_decide"] is None
    # And nothing can be decided any more.
    form = {"granted": "no", "reason": "归你们"}
    assert at_the_office.post(f"{LIST}{whistle.reference}/decide/", form).status_code == 302
    assert (Objection.objects.get().granted, status(whistle)) == (None, Status.ANSWERED)


def test_the_unit_that_is_excused_is_not_called_again(
    at_the_unit, at_the_office, worker, jinshui, lamps, at
):
    whistle = blown(worker, jinshui, [lamps], at)
    act(at_the_unit, whistle, "object", organization=lamps.pk, reason="不归我们")

    response = at_the_office.post(
        f"{LIST}{whistle.reference}/decide/",
        {"granted": "yes", "reason": "属实", "organizations": [lamps.pk]},
    )

    assert (response.status_code, Objection.objects.get().granted) == (422, None)


def test_nothing_is_said_to_be_done_that_was_not_kept(at_the_unit, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    at_the_unit.raise_request_exception = False

    def full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "journal_line"'):
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        answer = act(at_the_unit, whistle, "object", organization=lamps.pk, reason="不归我们")

    assert (answer.status_code, Objection.objects.count()) == (500, 0)
    assert not list(page(at_the_unit, whistle).context["messages"])


def test_more_time_is_decided_on_the_same_page(
    at_the_unit, at_the_office, worker, speaker, jinshui, lamps, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    act(at_the_unit, whistle, "extend", hours="60", reason="要等材料")
    shown = page(at_the_office, whistle, "decide/")

    at_the_office.post(
        f"{LIST}{whistle.reference}/decide/", {"granted": "yes", "reason": "情况属实"}
    )

    assert (shown.context["objects"], Extension.objects.get().granted) == (False, True)


@pytest.mark.parametrize(
    ("verb", "sent", "becomes"),
    [
        ("pause", {"reason": "等配件"}, Status.PAUSED),
        ("extend", {"reason": "还要挖", "hours": "2"}, Status.ANSWERED),
    ],
)
def test_the_responsible_unit_holds_and_stretches_the_clock(
    at_the_unit, worker, speaker, jinshui, lamps, at, verb, sent, becomes
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    if verb == "pause":
        sent = {**sent, "last": local(at + timedelta(days=3))}

    response = act(at_the_unit, whistle, verb, **sent)

    assert (response.status_code, status(whistle)) == (302, becomes)


def test_a_pause_goes_on_at_once(at_the_unit, worker, speaker, jinshui, lamps, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at - timedelta(hours=1))
    actions.pause(
        whistle, reason="等", last=at + timedelta(days=2), by=speaker,
        at=at - timedelta(minutes=30),
    )  # fmt: skip
    assert "resume" in page(at_the_unit, whistle).context["may"]

    act(at_the_unit, whistle, "resume")

    assert status(whistle) == Status.ANSWERED


def test_what_is_refused_stands_at_the_form(at_the_unit, worker, speaker, jinshui, lamps, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    response = act(
        at_the_unit, whistle, "pause", reason="等配件", last=local(at + timedelta(days=90))
    )

    assert (response.status_code, status(whistle)) == (422, Status.ANSWERED)
    assert "等配件" in words(response)


def test_an_act_without_words_is_refused(at_work, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert act(at_work, whistle, "withdraw", reason="").status_code == 422


def test_an_act_too_late_says_so_above(at_work, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)
    act(at_work, whistle, "withdraw", reason="修好了")

    response = act(at_work, whistle, "withdraw", reason="修好了")

    assert (response.status_code, bool(response.context["refused"])) == (422, True)


def test_going_on_too_late_is_a_page_of_its_own(at_the_unit, worker, speaker, jinshui, lamps, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    assert act(at_the_unit, whistle, "resume").status_code == 422


def test_an_auditor_takes_no_step(jinshui, worker, lamps, at):
    auditor = signed_in(factories.granted("auditor", jinshui))
    whistle = blown(worker, jinshui, [lamps], at)

    assert page(auditor, whistle).context["may"] == set()
    assert act(auditor, whistle, "withdraw", reason="修好了").status_code == 403
    assert page(auditor, whistle, "units/call/").status_code == 403


def test_unknown_verbs_do_not_exist(at_work, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert act(at_work, whistle, "burn").status_code == 404
    assert page(at_work, whistle, "units/burn/").status_code == 404


def test_units_are_asked_to_take_over_and_to_help(
    at_the_unit, worker, speaker, plumber, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    third = factories.OrganizationFactory(name="第三家")
    ask = f"{LIST}{whistle.reference}/units/"
    assert at_the_unit.get(f"{ask}hand_on/").status_code == 200

    at_the_unit.post(f"{ask}ask_help/", {"words": "借一台车", "organizations": [third.pk]})
    at_the_unit.post(f"{ask}hand_on/", {"words": "是水管", "organizations": [water.pk]})
    browser = signed_in(plumber)
    shown = page(browser, whistle)
    act(browser, whistle, "take_over", organization=water.pk, who="抢修班", when="soon")

    assert {"take_over", "say_no"} <= shown.context["may"]
    assert whistle.calls.get(responsible=True).organization == water
    assert whistle.calls.get(organization=third).role == "helper"


def test_a_unit_that_is_asked_says_no_or_helps(
    at_the_unit, worker, speaker, plumber, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    ask = f"{LIST}{whistle.reference}/units/ask_help/"
    browser = signed_in(plumber)

    at_the_unit.post(ask, {"words": "借一台车", "organizations": [water.pk]})
    act(browser, whistle, "say_no", organization=water.pk, reason="车不在")
    at_the_unit.post(ask, {"words": "再问一次", "organizations": [water.pk]})
    act(browser, whistle, "help", organization=water.pk, who="一辆车")

    assert sorted(whistle.calls.values_list("status", flat=True)) == [
        "answered",
        "declined",
        "helping",
    ]


def test_a_request_stands_on_top_for_the_unit_that_is_asked(
    at_the_unit, at_work, worker, speaker, plumber, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    ask = f"{LIST}{whistle.reference}/units/"
    at_the_unit.post(f"{ask}ask_help/", {"words": "借一台车", "organizations": [water.pk]})

    shown = words(page(signed_in(plumber), whistle))
    order = [
        shown.index(part)
        for part in ("路灯所请供水公司协办", "借一台车", "我们来协办", "事项", "请求协办，未答复")
    ]

    assert order == sorted(order)
    assert not page(at_work, whistle).context["asked"]
    assert not page(at_the_unit, whistle).context["asked"]


def test_each_ones_words_are_told_apart_in_the_list(
    at_the_unit, worker, speaker, plumber, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    ask = f"{LIST}{whistle.reference}/units/"
    at_the_unit.post(f"{ask}hand_on/", {"words": "是水管", "organizations": [water.pk]})
    assert "请求接办，未答复" in words(page(at_the_unit, whistle))
    act(signed_in(plumber), whistle, "say_no", organization=water.pk, reason="不是我们的管子")

    shown = words(page(at_the_unit, whistle))
    assert "请求时说：“是水管”" in shown
    assert "答复：“不是我们的管子”" in shown


@pytest.mark.parametrize(
    ("verb", "says"), [("ask_help", "牵头单位不变"), ("hand_on", "对方同意之前")]
)
def test_the_hint_says_that_the_lead_is_settled(
    verb, says, at_the_unit, worker, speaker, jinshui, lamps, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    shown = words(page(at_the_unit, whistle, f"units/{verb}/"))

    assert says in shown
    assert "谁先报到" not in shown


def test_who_has_reported_is_told_that_it_is_too_late_to_object(
    at_the_unit, worker, speaker, jinshui, lamps, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    response = act(at_the_unit, whistle, "object", organization=lamps.pk, reason="不归我们")

    assert response.status_code == 422
    assert "已有单位报到" in response.context["refused"]
    assert 'id="object"' not in response.content.decode()


def test_a_step_that_cannot_be_taken_any_more_is_not_asked_for_again(
    at_the_unit, worker, speaker, jinshui, lamps, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    response = act(at_the_unit, whistle, "object", organization=lamps.pk, reason="")

    assert response.status_code == 422
    assert "已经不能办" in response.context["refused"]


def test_asking_nobody_and_asking_twice_are_refused(at_work, worker, jinshui, lamps, water, at):
    whistle = blown(worker, jinshui, [lamps], at)
    ask = f"{LIST}{whistle.reference}/units/call/"

    nobody = at_work.post(ask, {"words": "请来"})
    twice = at_work.post(ask, {"words": "请来", "organizations": [lamps.pk]})
    searching = at_work.post(ask, {"words": "写了一半", "search": "1", "q": "供水"})
    once = at_work.post(ask, {"words": "请来", "organizations": [water.pk]})

    assert [one.status_code for one in (nobody, twice, searching, once)] == [422, 422, 200, 302]
    assert "写了一半" in words(searching)


def test_what_cannot_be_asked_now_leads_back(at_work, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert page(at_work, whistle, "units/ask_help/").status_code == 302


def test_nothing_to_decide_leads_back(at_the_office, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert page(at_the_office, whistle, "decide/").status_code == 302


def test_the_office_sets_a_new_time(at_the_office, worker, speaker, jinshui, lamps, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at - timedelta(days=40))
    sweep(at - timedelta(minutes=1))

    act(at_the_office, whistle, "set_time", hours="15", reason="现场督办")

    whistle.refresh_from_db()
    assert whistle.overdue_at is None


def test_the_slip_leads_back_and_explains_the_deadline(at_work, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    response = page(at_work, whistle, "slip/")

    assert lamps.name in words(response)
    assert response.context["reply"].at == whistle.due_at


# Lists


def test_the_list_holds_the_own_area_and_units(
    at_work, at_the_unit, worker, jinshui, elsewhere, lamps, at
):
    own = blown(worker, jinshui, [lamps], at)
    stranger = factories.granted("worker", elsewhere)
    other = blown(stranger, elsewhere, [factories.OrganizationFactory()], at)

    assert list(at_work.get(LIST).context["page"]) == [own]
    assert list(at_the_unit.get(LIST).context["page"]) == [own]
    assert list(signed_in(stranger).get(LIST).context["page"]) == [other]


def test_filters_stand_in_the_address(at_work, worker, speaker, town, jinshui, lamps, at):
    waiting = blown(worker, jinshui, [lamps], at)
    late = blown(worker, jinshui, [lamps], at - timedelta(days=30), title="井盖翘起")
    sweep(at)
    in_hand = answered(worker, speaker, jinshui, [lamps], at, rung=3)

    def found(query):
        return list(at_work.get(f"{LIST}?{query}").context["page"])

    assert found("view=in_hand") == [in_hand]
    assert set(found("view=waiting")) == {waiting, late}
    assert found("late=1") == [late]
    assert found("q=井盖") == [late]
    assert in_hand in found("level=hard")
    assert found("area=140802005022&view=in_hand") == [in_hand]
    assert len(found("area=x&view=x&level=x&mine=1")) == 3
    assert found("q=没有这样的") == []


def test_a_worker_who_acts_for_a_unit_sees_what_it_was_called_to(
    at_work, worker, jinshui, lamps, water, at
):
    factories.mandate(worker, water)
    blown(worker, jinshui, [lamps], at)
    own = blown(worker, jinshui, [water], at)

    assert list(at_work.get(f"{LIST}?mine=1").context["page"]) == [own]


def test_a_unit_answers_from_the_list(at_the_unit, worker, jinshui, lamps, at):
    whistle = blown(worker, jinshui, [lamps], at)

    assert f"{LIST}{whistle.reference}/answer/" in words(at_the_unit.get(LIST))


def test_an_empty_list_says_what_it_is_for(at_work):
    assert at_work.get(LIST).status_code == 200


def test_the_table_holds_no_name_of_a_person(
    at_work, worker, speaker, jinshui, lamps, at, tmp_path
):
    answered(worker, speaker, jinshui, [lamps], at)
    file = tmp_path / "whistles.xlsx"
    file.write_bytes(b"".join(at_work.get(f"{LIST}export/").streaming_content))

    [_heads, row] = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert lamps.name in row
    assert worker.name not in row


def test_pages_cost_the_same_whatever_there_is(
    worker, speaker, town, plumber, jinshui, lamps, water, at
):
    def measured(rows) -> dict[str, int]:
        for _ in range(rows):
            blown(worker, jinshui, [lamps, water], at)
            whistle = answered(worker, speaker, jinshui, [lamps, water], at)
            asked = blown(worker, jinshui, [lamps, water], at)
            actions.object_to(asked, organization=lamps, reason="不归", by=speaker, at=at)
            for number in range(rows):
                actions.extend(whistle, hours=Decimal("0.5"), reason=f"{number}", by=speaker, at=at)
        about = problem(jinshui)
        found = {}
        for who, address in (
            (worker, LIST),
            (speaker, LIST),
            (worker, f"{LIST}export/"),
            (worker, f"{LIST}{whistle.reference}/"),
            (speaker, f"{LIST}{whistle.reference}/"),
            (speaker, f"{LIST}{asked.reference}/answer/"),
            (worker, f"{LIST}{whistle.reference}/slip/"),
            (worker, f"{LIST}{asked.reference}/units/call/"),
            (town, f"{LIST}{asked.reference}/decide/"),
            (worker, f"{LIST}new/{about.reference}/"),
        ):
            browser = signed_in(who)
            with CaptureQueriesContext(connection) as captured:
                response = browser.get(address)
                if response.streaming:
                    b"".join(response.streaming_content)
            kind_ = address.replace(whistle.reference, "R").replace(asked.reference, "A")
            found[f"{who.pk} {kind_.replace(about.reference, 'P')}"] = len(captured)
        return found

    measured(1)
    first = measured(1)
    assert measured(3) == first
    assert max(first.values()) <= 12


# Levels


@pytest.fixture
def keeper(jinshui):
    return signed_in(factories.granted("administrator", factories.area("1408")))


def ladder_of(response, **changes):
    """What the form of new levels holds, as a browser sends it."""
    sent = {"valid_from": "2099-01-01", "basis": "管理办法"}
    forms = response.context["rungs"]
    sent |= {f"rung-{name}": value for name, value in forms.management_form.initial.items()}
    for form in forms:
        for name in form.fields:
            value = form[name].value()
            sent[form.add_prefix(name)] = "" if value is None else value
    return {**sent, **changes}


def test_an_administrator_names_the_levels_by_colours(keeper, rungs):
    sent = ladder_of(keeper.get("/work/levels/new/"))
    sent |= {"rung-0-name": "蓝哨", "rung-1-name": "黄哨", "rung-2-name": "红哨"}
    sent["rung-3-name"] = ""

    response = keeper.post("/work/levels/new/", sent)

    assert response.status_code == 302
    newest = Ladder.objects.order_by("-valid_from").first()
    assert [level.name for level in newest.levels.all()] == ["蓝哨", "黄哨", "红哨"]
    assert "蓝哨" in words(keeper.get("/work/levels/"))


@pytest.mark.parametrize(
    "wrong", [{"valid_from": "2020-01-01"}, {"rung-0-reply_hours": "x"}, {"basis": ""}]
)
def test_levels_that_cannot_be_are_refused_at_the_form(keeper, rungs, wrong):
    response = keeper.post("/work/levels/new/", ladder_of(keeper.get("/work/levels/new/"), **wrong))

    assert (response.status_code, Ladder.objects.count()) == (422, 1)


def test_levels_to_come_are_taken_back(keeper, rungs):
    keeper.post("/work/levels/new/", ladder_of(keeper.get("/work/levels/new/")))
    coming = Ladder.objects.order_by("-valid_from").first()

    keeper.post(f"/work/levels/{coming.pk}/remove/")

    assert Ladder.objects.count() == 1


def test_without_levels_the_first_ones_are_set(keeper):
    assert keeper.get("/work/levels/").status_code == 200
    assert keeper.get("/work/levels/new/").status_code == 200


# Other pages


def test_residents_read_who_was_called(worker, speaker, jinshui, lamps, at):
    about = problem(jinshui)
    whistle = blown(worker, jinshui, [lamps], at, problem=about)
    actions.answer(whistle, organization=lamps, who="张师傅", arrives_at=at, by=speaker, at=at)
    actions.pause(whistle, reason="等配件到货", last=at + timedelta(days=1), by=speaker, at=at)

    told = " ".join(f"{step.title} {step.text}" for step in told_steps(about))

    assert lamps.name in told
    assert "等配件到货" in told
    assert "张师傅" not in told


def test_the_page_of_a_problem_tells_of_its_whistle(at_work, worker, jinshui, lamps, at):
    about = problem(jinshui)
    whistle = blown(worker, jinshui, [lamps], at, problem=about)

    own = at_work.get(f"/work/problems/{about.reference}/")
    everybody = signed_in(factories.PersonFactory()).get(f"/problems/{about.reference}/")

    assert f"{LIST}{whistle.reference}/" in words(own)
    assert lamps.name in words(everybody)
    assert whistle.reference not in words(everybody)


def test_every_turn_has_words():
    kinds_ = {"answer", "take_over", "help", "solve", "decide", "grant", "see_to", "overdue"}
    assert set(TURNS) == {f"whistle.{kind_}" for kind_ in kinds_ | {"call"}}


def test_a_service_item_shows_its_whistle(at_work, worker, speaker, jinshui, lamps, at):
    whistle = answered(worker, speaker, jinshui, [lamps], at)

    response = at_work.get(f"/service/{whistle.item.reference}/")

    assert f"{LIST}{whistle.reference}/" in words(response)


def test_what_is_said_to_be_done_asks_nobody_any_more_and_soon_moves_the_whistle(
    at_the_unit, worker, speaker, jinshui, lamps, at
):
    whistle = answered(worker, speaker, jinshui, [lamps], at)
    form = at_the_unit.get(f"/service/{whistle.item.reference}/deliver/").context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"minutes": "60", "people": "2", "what": "换了灯", "things-TOTAL_FORMS": "0"}
    sent |= {"things-INITIAL_FORMS": "0", "hands": []}

    waiting = Turn.objects.filter(subject_label="dispatch.whistle", subject_key=str(whistle.pk))
    assert waiting.exists()

    at_the_unit.post(f"/service/{whistle.item.reference}/deliver/", sent)

    assert not waiting.exists()
    # Nothing is asked twice meanwhile.
    for place in (f"{LIST}{whistle.reference}/", f"/service/{whistle.item.reference}/"):
        shown = words(at_the_unit.get(place))
        assert ("已办完，待评判" in shown, "已报到，办理中" in shown) == (True, False)
    assert "deliver" not in at_the_unit.get(f"{LIST}{whistle.reference}/").context["may"]
    assert status(whistle) == Status.ANSWERED
    follow_moved(at=timezone.now())
    assert status(whistle) == Status.DELIVERED


def cost_of(browser, path, form) -> int:
    """How many statements a form costs that was taken, without the transaction's own."""
    with CaptureQueriesContext(connection) as captured:
        response = browser.post(path, form)
    assert response.status_code == 302
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_an_answer_costs_the_same_whoever_else_was_called(
    at_the_unit, worker, speaker, jinshui, lamps, water, at
):
    others = [factories.OrganizationFactory(name=f"单位{n}") for n in range(4)]
    costs = []
    for units in ([lamps], [lamps, water], [lamps, water, *others]):
        whistle = blown(worker, jinshui, units, at)
        form = {"organization": lamps.pk, "who": "两名师傅", "when": "soon", "reply": "就来"}
        costs.append(cost_of(at_the_unit, f"{LIST}{whistle.reference}/answer/", form))

    # All are changed by one statement, however many.
    assert costs == [12, 12, 12]


def test_a_whistle_costs_the_same_for_one_unit_and_many(at_work, jinshui, lamps, water, at):
    costs = []
    # The first one reads the tables that a process keeps for a minute.
    for units in ([lamps], [lamps], [lamps, water]):
        form = {
            "level": levels()[0].pk,
            "organizations": [unit.pk for unit in units],
            "title": "三号楼前的路灯不亮",
            "matter": "夜里看不见路，请来修一修。",
            "field": "troubles",
            "nonce": uuid.uuid4(),
        }
        about = problem(jinshui, at)
        costs.append(cost_of(at_work, f"{LIST}new/{about.reference}/", form))

    assert costs[1:] == [11, 11]


def test_a_unit_that_helps_is_not_offered_to_help_once_more(
    worker, speaker, plumber, jinshui, lamps, water, at
):
    whistle = answered(worker, speaker, jinshui, [lamps, water], at)
    browser = signed_in(plumber)
    before = page(browser, whistle).context["may"]
    actions.ask_help(whistle, organizations=[water], words="借一台车", by=speaker, at=at)
    asked = page(browser, whistle).context["may"]
    actions.help_out(whistle, organization=water, who="一辆车", by=plumber, at=at)

    assert (before, asked) == ({"help"}, {"help", "say_no"})
    assert page(browser, whistle).context["may"] == set()
