"""What community workers do with problems."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests import factories
from tests.needs.problem_factories import (
    PHONE,
    TITLE,
    accepted,
    closed,
    done,
    in_hand,
    kind,
    reported,
)
from tests.web.needs.people import signed_in, words
from youwo.needs import photos
from youwo.needs.actions import problems
from youwo.needs.defaults import load_outside_matters
from youwo.needs.models import Merge, Problem, Report

pytestmark = pytest.mark.django_db

LIST = "/work/problems/"


def rows(response) -> list:
    return list(response.context["page"])


def page(browser, problem):
    return browser.get(f"{LIST}{problem.reference}/")


def act(browser, problem, verb, **sent):
    return browser.post(f"{LIST}{problem.reference}/{verb}/", sent)


def status(problem) -> str:
    return Problem.objects.get(pk=problem.pk).status


def test_the_list_holds_the_own_area_alone(at_work, jinshui, elsewhere, at):
    problem = reported(jinshui, at).problem
    reported(elsewhere, at)
    assert rows(at_work.get(LIST)) == [problem]


def test_the_list_is_filtered(at_work, worker, jinshui, at):
    lamp = reported(jinshui, at, said="路灯坏了很久").problem
    fence = accepted(worker, jinshui, at, title="围栏倒了", kind=kind("fence"))
    assert rows(at_work.get(f"{LIST}?status=received")) == [lamp]
    assert rows(at_work.get(f"{LIST}?kind=安全与消防")) == [fence]
    assert rows(at_work.get(f"{LIST}?q=坏了很久")) == [lamp]
    assert rows(at_work.get(f"{LIST}?area={jinshui.pk}")) == [fence, lamp]


def test_an_empty_list_says_what_to_do(at_work):
    assert "/work/problems/new/" in words(at_work.get(LIST))


def test_an_empty_filter_says_what_to_do(at_work):
    assert at_work.get(f"{LIST}?q=没有").context["filtered"] is True


def test_the_list_is_exported_without_names_and_numbers(at_work, worker, jinshui, at, tmp_path):
    accepted(worker, jinshui, at)
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"".join(at_work.get(f"{LIST}export/").streaming_content))
    table = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    text = str(table)
    assert (len(table), TITLE in text, PHONE in text, "张敬之" in text) == (2, True, False, False)


def test_the_page_masks_who_spoke(at_work, jinshui, at):
    shown = words(page(at_work, reported(jinshui, at, said="路灯不亮").problem))
    assert ("张*" in shown, "138****1234" in shown, PHONE in shown) == (True, True, False)


def test_a_picture_is_shown_with_the_words(at_work, jinshui, at):
    report = reported(jinshui, at)
    photo = photos.add(report, photos.Picture(b"x", 4, 3), at=at)
    address = f"/problems/voices/{report.reference}/photos/{photo.pk}/"
    assert address in words(page(at_work, report.problem))


def test_what_may_belong_elsewhere_is_pointed_out(at_work, jinshui, at):
    load_outside_matters()
    problem = reported(jinshui, at, said="楼上着火了").problem
    assert page(at_work, problem).context["outside"].pk == "fire"


def test_a_problem_is_accepted_with_public_words(at_work, jinshui, at):
    problem = reported(jinshui, at).problem
    act(at_work, problem, "accept", public_title=TITLE, public_text="", kind="fence")
    problem.refresh_from_db()
    assert (problem.status, problem.kind_id, problem.public_title) == ("open", "fence", TITLE)


def test_public_words_that_name_somebody_are_refused_at_their_field(at_work, jinshui, at):
    problem = reported(jinshui, at).problem
    response = act(
        at_work, problem, "accept", public_title="张敬之家的灯", public_text="", kind="lamp"
    )
    assert (response.status_code, list(response.context["forms"]["accept"].errors)) == (
        422,
        ["public_title"],
    )


def test_a_title_that_is_too_long_stays_and_is_refused_in_words(at_work, jinshui, at):
    problem = reported(jinshui, at).problem
    assert "maxlength" not in words(page(at_work, problem))
    long = "长" * 52
    response = act(
        at_work, problem, "accept", public_title=long, public_text="", kind=problem.kind.pk
    )
    form = response.context["forms"]["accept"]
    assert form.errors["public_title"] == ["最多写 40 个字，现在有 52 个字，请缩短一些。"]
    assert long in words(response)


def test_only_where_all_are_told_it_is_said_so(at_work, resident, worker, jinshui, at):
    for by, told in ((resident, True), (None, False)):
        problem = reported(jinshui, at, by=by).problem
        sent = {"public_title": TITLE, "public_text": "", "kind": problem.kind.pk}
        accept = at_work.post(f"{LIST}{problem.reference}/accept/", sent, follow=True)
        problems.take_up(problem, due_at=at + timedelta(days=7), by=worker, at=at)
        problems.mark_done(problem, by=worker, at=at)
        close = at_work.post(f"{LIST}{problem.reference}/close/", {"asked": "问过"}, follow=True)
        flashes = [[str(one) for one in answer.context["messages"]] for answer in (accept, close)]
        assert ["反映人" in said for (said,) in flashes] == [told, told]


@pytest.mark.parametrize("make", [accepted, in_hand])
def test_what_is_public_is_changed(make, at_work, worker, jinshui, at):
    problem = make(worker, jinshui, at)
    assert page(at_work, problem).context["may"] >= {"rephrase"}
    act(at_work, problem, "rephrase", public_title="三号楼前的路灯", public_text="不亮了。")
    problem.refresh_from_db()
    assert (problem.public_title, problem.public_text) == ("三号楼前的路灯", "不亮了。")


def test_changed_words_that_name_somebody_are_refused_at_their_field(at_work, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    response = act(at_work, problem, "rephrase", public_title=TITLE, public_text="请找张敬之")
    assert response.status_code == 422
    assert list(response.context["forms"]["rephrase"].errors) == ["public_text"]


def test_words_that_are_too_short_are_refused(at_work, jinshui, at):
    problem = reported(jinshui, at).problem
    assert act(at_work, problem, "accept", public_title="灯").status_code == 422


def test_a_problem_is_declined_with_an_explanation(at_work, jinshui, at):
    problem = reported(jinshui, at).problem
    act(at_work, problem, "decline", **{"decline-reason": "今年没有经费"})
    assert status(problem) == "declined"


def test_a_problem_is_handed_over(at_work, jinshui, at):
    load_outside_matters()
    problem = reported(jinshui, at).problem
    act(at_work, problem, "hand_over", matter="wages")
    assert status(problem) == "handed_over"


def test_several_are_joined_at_once(at_work, worker, jinshui, at):
    into = accepted(worker, jinshui, at)
    others = [reported(jinshui, at).problem for _ in range(2)]
    act(at_work, into, "merge", others=[problem.reference for problem in others])
    assert ([status(problem) for problem in others], into.reports.count()) == (
        ["merged", "merged"],
        3,
    )


def test_another_is_joined_by_its_reference(at_work, worker, jinshui, at):
    into = accepted(worker, jinshui, at)
    other = reported(jinshui, at, said="完全不同的话：井盖").problem
    act(at_work, into, "merge", reference=other.reference)
    assert status(other) == "merged"


def test_one_that_cannot_be_joined_keeps_all_from_it(at_work, worker, jinshui, at):
    into, other = accepted(worker, jinshui, at), reported(jinshui, at).problem
    carried = in_hand(worker, jinshui, at)
    response = act(at_work, into, "merge", others=[other.reference], reference=carried.reference)
    assert (response.status_code, status(other)) == (422, "received")


def test_what_cannot_be_joined_with_this_one_is_offered_the_other_way(at_work, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    waiting, carried = reported(jinshui, at).problem, in_hand(worker, jinshui, at)
    done(worker, jinshui, at)
    shown = page(at_work, problem).context
    assert (shown["alike"], shown["toward"]) == ([waiting], [carried])
    act(at_work, problem, "join", **{"join-into": carried.reference})
    assert (status(problem), carried.reports.count()) == ("merged", 2)


def test_what_can_no_longer_be_joined_is_named(at_work, worker, jinshui, at):
    problem, other = accepted(worker, jinshui, at), done(worker, jinshui, at, title="院里的灯")
    response = act(at_work, problem, "join", **{"join-into": other.reference})
    assert response.status_code == 422
    assert "“院里的灯”" in response.context["refused"]


@pytest.mark.parametrize("named", ["", "x", "P2345678A"])
def test_this_one_is_joined_with_nothing_unknown(named, at_work, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    response = act(at_work, problem, "join", **{"join-into": named})
    assert (response.status_code, status(problem)) == (422, "open")


@pytest.mark.parametrize("sent", [{}, {"reference": "P1"}, {"others": ["x"]}])
def test_joining_needs_something_to_join(sent, at_work, worker, jinshui, at):
    assert act(at_work, accepted(worker, jinshui, at), "merge", **sent).status_code == 422


def test_where_nothing_is_alike_nothing_is_to_be_ticked(at_work, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    page = at_work.get(f"/work/problems/{problem.reference}/").content.decode()

    assert "或者填编号" in page
    assert "与这一件相同的" not in page


def test_problems_elsewhere_do_not_exist_for_joining(at_work, worker, jinshui, elsewhere, at):
    far = reported(elsewhere, at).problem
    response = act(at_work, accepted(worker, jinshui, at), "merge", reference=far.reference)
    assert response.status_code == 422


def test_joining_is_undone_from_either_page(at_work, worker, jinshui, at):
    into = accepted(worker, jinshui, at)
    for side in ("problem", "into"):
        other = reported(jinshui, at).problem
        merge = problems.merge(other, into=into, by=worker, at=at)
        assert page(at_work, other).context["undone"] == merge
        act(at_work, getattr(merge, side), "undo_merge", merge=merge.pk)
        assert status(other) == "received"


def test_joining_is_not_offered_to_be_undone_once_a_voice_has_gone_on(at_work, worker, jinshui, at):
    into, other = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    own = other.reports.get()
    reported(jinshui, at, problem=other)
    problems.merge(other, into=into, by=worker, at=at)
    (before,) = page(at_work, into).context["merges"]
    problems.split(into, reports=[own], title="另一盏灯", by=worker, at=at)
    (after,) = page(at_work, into).context["merges"]
    assert [(merge.can_undo, merge.voices) for merge in (before, after)] == [(True, 2), (False, 1)]
    assert page(at_work, other).context["undone"].can_undo is False


def test_joining_is_not_offered_to_be_undone_once_the_other_has_moved_on(
    at_work, worker, jinshui, at
):
    into, other = accepted(worker, jinshui, at), accepted(worker, jinshui, at)
    problems.merge(other, into=into, by=worker, at=at)
    later = at + timedelta(hours=1)
    problems.take_up(into, due_at=at + timedelta(days=5), by=worker, at=later)
    (merge,) = page(at_work, into).context["merges"]
    assert merge.can_undo is False


@pytest.mark.parametrize("key", ["", "x", "99999"])
def test_an_undo_of_nothing_is_refused(key, at_work, worker, jinshui, at):
    response = act(at_work, accepted(worker, jinshui, at), "undo_merge", merge=key)
    assert (response.status_code, Merge.objects.count()) == (422, 0)


def test_voices_are_set_apart(at_work, worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    second = reported(jinshui, at, problem=problem, said="车库的灯")
    act(at_work, problem, "split", reports=[second.reference], title="车库灯不亮")
    second.refresh_from_db()
    assert (second.problem.split_from, second.problem.title) == (problem, "车库灯不亮")
    assert page(at_work, second.problem).status_code == 200


def test_what_is_solved_is_closed(at_work, worker, jinshui, at):
    problem = done(worker, jinshui, at)
    problems.judge(problem.reports.get(), satisfied=True, words="", by=None, at=at)
    assert page(at_work, problem).context["agreed"] is True
    act(at_work, problem, "close", asked="")
    assert status(problem) == "closed"


def test_closing_without_a_resident_asks_whom(at_work, worker, jinshui, at):
    response = act(at_work, done(worker, jinshui, at), "close", asked="")
    assert list(response.context["forms"]["close"].errors) == ["asked"]


def test_a_closed_problem_is_opened_again(at_work, worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    act(at_work, problem, "reopen", **{"reopen-reason": "又坏了"})
    assert status(problem) == "open"


def test_who_was_too_late_reads_why(at_work, worker, jinshui, at):
    problem = closed(worker, jinshui, at)
    response = act(at_work, problem, "decline", **{"decline-reason": "做不了"})
    assert (response.status_code, bool(response.context["refused"])) == (422, True)


def test_the_answer_of_a_voice_is_entered(at_work, worker, jinshui, at):
    report = done(worker, jinshui, at).reports.get()
    address = f"{LIST}voices/{report.reference}/"
    assert at_work.get(address).status_code == 200
    at_work.post(address, {"satisfied": "yes", "words": "亮了"})
    report.refresh_from_db()
    assert (report.satisfied, report.words) == (True, "亮了")


@pytest.mark.parametrize("make", [done, accepted])
def test_an_answer_that_cannot_be_is_refused(make, at_work, worker, jinshui, at):
    report = make(worker, jinshui, at).reports.get()
    sent = {"satisfied": "" if make is done else "yes"}
    assert at_work.post(f"{LIST}voices/{report.reference}/", sent).status_code == 422


def test_who_spoke_is_shown_with_a_reason(at_work, jinshui, at):
    report = reported(jinshui, at)
    shown = at_work.post(f"{LIST}voices/{report.reference}/reveal/", {"reason": "回访一下"})
    assert (PHONE in words(shown), shown["Cache-Control"]) == (True, "no-store")


@pytest.mark.parametrize("reason", ["", "回访一下"])
def test_who_spoke_is_not_shown_otherwise(reason, at_work, jinshui, at):
    contact = {"contact": None} if reason else {}
    report = reported(jinshui, at, **contact)
    address = f"{LIST}voices/{report.reference}/reveal/"
    assert at_work.post(address, {"reason": reason}).status_code == 422


def test_an_auditor_reads_and_does_nothing(jinshui, at):
    auditor = signed_in(factories.granted("auditor", jinshui))
    problem = reported(jinshui, at).problem
    assert page(auditor, problem).context["may"] == set()
    assert act(auditor, problem, "accept").status_code == 404


def test_a_worker_elsewhere_finds_nothing(stranger, jinshui, at):
    browser, problem = signed_in(stranger), reported(jinshui, at).problem
    assert (page(browser, problem).status_code, act(browser, problem, "accept").status_code) == (
        404,
        404,
    )


def test_an_auditor_with_another_post_elsewhere_may_not_act_here(jinshui, elsewhere, at):
    person = factories.granted("auditor", jinshui)
    from youwo.people.models import Grant

    Grant.objects.create(
        person=person, role="worker", area=elsewhere, starts_on=at.date(), granted_at=at
    )
    browser, report = signed_in(person), reported(jinshui, at)
    assert act(browser, report.problem, "accept").status_code == 403
    assert browser.get(f"{LIST}voices/{report.reference}/").status_code == 403


def test_an_unknown_act_is_no_page(at_work, jinshui, at):
    problem = reported(jinshui, at).problem
    assert act(at_work, problem, "fly").status_code == 404
    assert at_work.get(f"{LIST}{problem.reference}/accept/").status_code == 302


def entered(**changes) -> dict:
    given = {
        "nonce": str(uuid.uuid4()),
        "said": "路灯不亮好几天了",
        "channel": "telephone",
        "kind": "",
        "community": "140802005022",
        "phone": "13900001234",
        "name": "王大爷",
    }
    return {**given, **changes}


def test_a_problem_is_taken_down_for_somebody(at_work, worker, jinshui, consent):
    at_work.post(f"{LIST}new/", entered())
    report = Report.objects.get()
    assert (report.channel, report.recorded_by, report.problem.kind_id) == (
        "telephone",
        worker,
        "lamp",
    )


def test_the_next_one_follows_at_once(at_work, jinshui, consent):
    response = at_work.post(f"{LIST}new/", entered(another="1"))
    assert response.url == f"{LIST}new/"


def test_words_that_say_nothing_are_of_the_other_kind(at_work, jinshui, consent):
    at_work.post(f"{LIST}new/", entered(said="有点事要说说"))
    assert Report.objects.get().problem.kind_id == "other"


def test_without_a_catalogue_a_kind_is_asked_for(at_work, jinshui, consent):
    from youwo.needs.models import ProblemKind

    ProblemKind.objects.all().delete()
    assert at_work.post(f"{LIST}new/", entered()).status_code == 422


def test_what_is_known_is_asked_about_once(at_work, worker, jinshui, consent, at):
    problem = accepted(worker, jinshui, at, title="路灯不亮好几天")
    first = at_work.post(f"{LIST}new/", entered())
    assert first.context["alike"] == [problem]
    at_work.post(f"{LIST}new/", entered(seen="1", same=problem.reference))
    assert problem.reports.count() == 2


def test_a_voice_without_name_and_number_is_taken_down(at_work, jinshui):
    compound = factories.area("140802005022-0001", "税苑小区")
    assert at_work.get(f"{LIST}new/").context["compounds"] == [compound]
    at_work.post(f"{LIST}new/", entered(phone="", name="", compound=compound.pk))
    report = Report.objects.get()
    assert (report.voice, report.problem.compound) == (None, compound)


def test_a_coordinator_finds_the_community_by_name(coordinator, jinshui, consent):
    compound = factories.area("140802005022-0001", "税苑小区")
    browser = signed_in(coordinator)
    found = browser.post(f"{LIST}new/", entered(community="", place_words="金税", find="1"))
    assert (found.status_code, found.context["choice"].known) == (200, jinshui)
    assert found.context["compounds"] == [compound]
    assert found.context["form"]["said"].value() == "路灯不亮好几天了"
    browser.post(f"{LIST}new/", entered())
    assert Report.objects.get().problem.community == jinshui


def test_a_place_on_the_map_is_kept(at_work, jinshui, consent):
    at_work.post(f"{LIST}new/", entered(longitude="111.003512", latitude="35.024934"))
    problem = Report.objects.get().problem
    assert (str(problem.longitude), str(problem.latitude)) == ("111.003512", "35.024934")
    page = at_work.get(f"{LIST}{problem.reference}/")
    assert 'href="geo:35.024934,111.003512"' in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"said": "灯"}, "said"),
        ({"community": "140802005099"}, "community"),
        ({"community": "140881001001"}, "community"),
        ({"channel": "x"}, "channel"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field, at_work, jinshui, elsewhere, consent):
    response = at_work.post(f"{LIST}new/", entered(**changes))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_the_list_costs_the_same_for_one_and_three(at_work, jinshui, at, django_assert_num_queries):
    at_work.get(LIST)
    for count in (1, 3):
        for _ in range(count):
            reported(jinshui, at)
        with django_assert_num_queries(2):
            at_work.get(LIST)


def test_the_page_costs_the_same_for_one_voice_and_four(
    at_work, worker, jinshui, at, django_assert_num_queries
):
    problem = accepted(worker, jinshui, at)
    problems.merge(reported(jinshui, at).problem, into=problem, by=worker, at=at)
    page(at_work, problem)
    for count in (1, 3):
        for _ in range(count):
            reported(jinshui, at, problem=problem)
            reported(jinshui, at)
        with django_assert_num_queries(10):
            page(at_work, problem)


def test_joining_several_costs_what_joining_one_costs(at_work, worker, jinshui, at):
    costs = []
    # The first one reads the tables that a process keeps for a minute.
    for number in (1, 1, 3):
        into = accepted(worker, jinshui, at)
        others = [accepted(worker, jinshui, at).reference for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            act(at_work, into, "merge", others=others)
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
        assert into.reports.count() == number + 1

    assert costs[1:] == [9, 9]


def test_joining_costs_the_same_whatever_stands_around(at_work, worker, jinshui, at):
    costs = []
    # The first one reads the tables that a process keeps for a minute.
    for others in (0, 0, 3):
        into = accepted(worker, jinshui, at)
        known = [accepted(worker, jinshui, at) for _ in range(others + 1)]
        for problem in known[1:]:
            problems.merge(problem, into=known[0], by=worker, at=at)
        with CaptureQueriesContext(connection) as captured:
            act(at_work, into, "merge", reference=known[0].reference)
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
        assert into.reports.count() == others + 2

    assert costs[1:] == [9, 9]
