"""Following what one reported: the answer, the way, and one's own word."""

import pytest
from django.test import Client

from tests.needs.problem_factories import accepted, closed, done, in_hand, reported
from tests.web.needs.people import following, signed_in, words
from youwo.needs import photos
from youwo.needs.actions import problems
from youwo.needs.models import Report
from youwo.web.problems import lineage

pytestmark = pytest.mark.django_db


def page(report):
    return following(report).get(f"/follow/{report.reference}/")


def test_reference_and_last_four_digits_open_the_page(jinshui, at):
    assert page(reported(jinshui, at)).status_code == 200


def test_wrong_digits_open_nothing(jinshui, at, client):
    report = reported(jinshui, at)
    client.post("/follow/", {"reference": report.reference, "digits": "0000"})
    assert client.get(f"/follow/{report.reference}/").status_code == 302


def test_a_voice_without_a_number_opens_with_no_digits(jinshui, at, client):
    report = reported(jinshui, at, contact=None)
    response = client.post("/follow/", {"reference": report.reference, "digits": "0000"})
    assert response.status_code == 422


def test_who_has_an_account_opens_their_own(resident, jinshui, at):
    report = reported(jinshui, at, by=resident)
    assert signed_in(resident).get(f"/follow/{report.reference}/").status_code == 200


def test_somebody_elses_account_opens_nothing(volunteer, resident, jinshui, at):
    report = reported(jinshui, at, by=resident)
    assert signed_in(volunteer).get(f"/follow/{report.reference}/").status_code == 302


def test_what_this_device_sent_is_listed(jinshui, at):
    report = reported(jinshui, at)
    browser = following(report)
    assert list(browser.get("/follow/").context["reports"]) == [report]


def test_every_voice_reads_why_it_is_not_possible(worker, jinshui, at):
    report = reported(jinshui, at)
    second = reported(jinshui, at, problem=report.problem)
    problems.decline(report.problem, reason="今年没有经费", by=worker, at=at)
    assert ["今年没有经费" in words(page(voice)) for voice in (report, second)] == [True, True]


def test_a_voice_that_was_joined_follows_the_other_problem(worker, jinshui, at):
    report = reported(jinshui, at)
    into = accepted(worker, jinshui, at, title="路灯都不亮")
    problems.merge(report.problem, into=into, by=worker, at=at)
    assert page(report).context["problem"] == into


def test_other_voices_are_counted_and_not_named(worker, jinshui, at):
    report = reported(jinshui, at)
    reported(jinshui, at, said="另一位说的话", problem=report.problem)
    response = page(report)
    assert (response.context["others"], "另一位说的话" in words(response)) == (1, False)


def test_the_way_says_what_comes_next(worker, jinshui, at):
    problem = in_hand(worker, jinshui, at)
    steps = page(problem.reports.get()).context["way"]
    assert [step.state for step in steps] == ["done", "done", "done", "now", "next"]


def test_a_voice_says_that_it_is_solved(worker, jinshui, at):
    report = done(worker, jinshui, at).reports.get()
    following(report).post(f"/follow/{report.reference}/judge/", {"satisfied": "yes"})
    report.refresh_from_db()
    assert (report.satisfied, report.answered_at) == (True, at)


def test_who_says_no_is_asked_what_is_wrong(worker, jinshui, at):
    report = done(worker, jinshui, at).reports.get()
    response = following(report).post(f"/follow/{report.reference}/judge/", {"satisfied": "no"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["words"])


def test_who_judges_is_told_beforehand_when_a_word_is_needed(worker, jinshui, at):
    shown = words(page(done(worker, jinshui, at).reports.get()))
    assert "选“还没有”时" in shown


@pytest.mark.parametrize(
    ("satisfied", "told"),
    [
        (False, ("有居民说还没解决好", "已经转回社区，由社区接着处理没弄好的地方。")),
        (True, ("已有居民说解决了", "等社区办结。")),
    ],
)
def test_the_way_says_what_was_said_of_it(satisfied, told, worker, jinshui, at):
    report = done(worker, jinshui, at).reports.get()
    problems.judge(report, satisfied=satisfied, words="灯罩还裂着", by=None, at=at)
    step = page(report).context["way"][-1]
    assert (step.state, step.title, step.text) == ("now", *told)


def test_where_nobody_answers_the_way_still_asks(worker, jinshui, at):
    problem = done(worker, jinshui, at)
    problems.take_over([problem], at=at)
    assert page(problem.reports.get()).context["way"][-1].title == "请您看看解决了没有"


def test_nobody_judges_too_early(worker, jinshui, at):
    report = in_hand(worker, jinshui, at).reports.get()
    response = following(report).post(f"/follow/{report.reference}/judge/", {"satisfied": "yes"})
    assert (response.status_code, bool(response.context["refused"])) == (422, True)


def test_nobody_else_judges(worker, jinshui, at):
    report = done(worker, jinshui, at).reports.get()
    response = Client().post(f"/follow/{report.reference}/judge/", {"satisfied": "yes"})
    assert response.status_code == 404


def test_a_wish_is_not_judged_like_a_problem(jinshui, at):
    report = reported(jinshui, at)
    assert following(report).post(f"/follow/{report.reference}/withdraw/").status_code == 404


def test_after_the_end_one_may_still_say_no(worker, jinshui, at):
    report = closed(worker, jinshui, at).reports.get()
    sent = {"satisfied": "no", "words": "又不亮了"}
    following(report).post(f"/follow/{report.reference}/judge/", sent)
    assert Report.objects.get().problem.status == "done"


def test_what_other_domains_say_of_it_is_shown(monkeypatch, worker, jinshui, at):
    def source(problem, reader):
        return [
            lineage.Linked("吹哨", "请市税务局来办", text="等配件，暂停计时", href="/x/", at=at)
        ]

    monkeypatch.setattr(lineage, "SOURCES", [source])
    report = in_hand(worker, jinshui, at).reports.get()
    assert "等配件，暂停计时" in words(page(report))


def test_pictures_are_for_the_voice_and_for_staff(worker, stranger, jinshui, at):
    report = reported(jinshui, at)
    photo = photos.add(report, photos.Picture(b"x", 4, 3), at=at)
    address = f"/problems/voices/{report.reference}/photos/{photo.pk}/"
    answers = [
        browser.get(address)
        for browser in (following(report), signed_in(worker), signed_in(stranger), Client())
    ]
    for answer in answers:
        answer.close()
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]


def test_the_page_costs_few_statements(worker, jinshui, at, django_assert_num_queries):
    report = done(worker, jinshui, at).reports.get()
    browser = following(report)
    for count in (1, 3):
        for _ in range(count):
            reported(jinshui, at, problem=report.problem)
        with django_assert_num_queries(7):
            browser.get(f"/follow/{report.reference}/")
