"""Reporting a problem: three questions, what is known already, and where else to go."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from tests.needs.pictures import picture
from tests.needs.problem_factories import accepted, closed, reported
from tests.web.needs.people import HTML, RARE, signed_in, words
from youwo.needs.defaults import load_outside_matters
from youwo.needs.models import HandOver, Photo, Problem, Report

pytestmark = pytest.mark.django_db

NEW = "/problems/new/"
SAID = "3号楼门口的路灯不亮，晚上看不见路"


def answers(**changes) -> dict:
    given = {
        "step": "reach",
        "nonce": str(uuid.uuid4()),
        "said": SAID,
        "kind": "lamp",
        "community": "140802005022",
        "building": "3号楼门口",
        "phone": "139 0000 1234",
        "name": "张敬之",
        "consent": "on",
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def test_the_first_question_is_what(jinshui, client):
    assert 'name="said"' in words(client.get(NEW))


def test_all_three_answers_make_a_report(jinshui, consent, client):
    client.post(NEW, answers())
    report = Report.objects.get()
    assert (report.said, report.problem.kind_id, report.problem.building) == (
        SAID,
        "lamp",
        "3号楼门口",
    )


def test_who_reported_it_lands_on_their_own_page(jinshui, consent, client):
    response = client.post(NEW, answers(), follow=True)
    report = Report.objects.get()
    assert response.redirect_chain[-1][0] == f"/follow/{report.reference}/"
    assert response.context["fresh"]


def test_the_kind_is_guessed_from_the_words(jinshui, client):
    response = client.post(NEW, answers(step="what", said="围栏倒了，孩子跑出去", kind=None))
    assert response.context["form"]["kind"].value() == "fence"


def test_words_that_say_nothing_leave_the_kind_open(jinshui, client):
    response = client.post(NEW, answers(step="what", said="这里不太对劲", kind=None))
    assert (response.context["form"]["kind"].value(), response.context["guessed"]) == ("", False)


def test_a_kind_that_was_chosen_stays(jinshui, client):
    response = client.post(NEW, {**answers(step="where"), "find": "1", "place_words": "金税"})
    assert response.context["form"]["kind"].value() == "lamp"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"said": "灯"}, "said"),
        ({"said": "灯" * 501}, "said"),
        ({"community": "1408020"}, "community"),
        ({"community": "140802005099"}, "community"),
        ({"kind": ""}, "kind"),
        ({"kind": "nothing"}, "kind"),
        ({"phone": "12"}, "phone"),
        ({"consent": None}, "consent"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(changes, field, jinshui, consent, client):
    response = client.post(NEW, answers(**changes))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Report.objects.count() == 0


def test_it_works_without_name_and_number(jinshui, client):
    client.post(NEW, answers(phone=None, name=None, consent=None))
    assert Report.objects.get().voice is None


def test_an_unnamed_voice_is_told_that_only_this_device_opens_the_page(jinshui, client):
    response = client.post(NEW, answers(phone=None, name=None, consent=None), follow=True)
    assert "只能在这台设备上打开" in words(response)


def test_going_back_keeps_what_was_typed(jinshui, client):
    response = client.post(NEW, {**answers(step="where"), "back": "1"})
    assert (response.context["step"], response.context["form"]["said"].value()) == ("what", SAID)


def test_the_same_send_makes_one_report(jinshui, consent, client):
    sent = answers()
    client.post(NEW, sent)
    client.post(NEW, sent)
    assert Report.objects.count() == 1


def test_what_is_likely_the_same_is_offered(worker, jinshui, at, client):
    problem = accepted(worker, jinshui, at)
    response = client.post(NEW, answers(step="where"))
    assert response.context["alike"] == [problem]


def test_what_waits_for_review_is_offered_by_its_kind_alone(jinshui, at, client):
    reported(jinshui, at, said="张敬之家3号楼门口的路灯不亮")
    page = words(client.post(NEW, answers(step="where")))
    assert ("楼道灯、院内路灯不亮" in page, "张敬之家" in page) == (True, False)


def test_what_is_solved_is_not_offered(worker, jinshui, at, client):
    closed(worker, jinshui, at)
    assert client.post(NEW, answers(step="where")).context["alike"] == []


def test_what_is_in_another_compound_is_not_offered(worker, jinshui, at, client):
    accepted(worker, jinshui, at, compound=factories.area("140802005022-0001", "税苑小区"))
    factories.area("140802005022-0002", "金苑小区")
    response = client.post(NEW, answers(step="where", compound="140802005022-0002"))
    assert response.context["alike"] == []


def test_me_too_adds_a_voice(worker, jinshui, consent, at, client):
    problem = accepted(worker, jinshui, at)
    client.post(NEW, answers(same=problem.reference))
    assert (problem.reports.count(), Problem.objects.count()) == (2, 1)


def test_a_problem_elsewhere_cannot_be_joined(worker, jinshui, elsewhere, consent, at, client):
    far = reported(elsewhere, at).problem
    client.post(NEW, answers(same=far.reference))
    assert (far.reports.count(), Problem.objects.count()) == (1, 2)


def test_an_emergency_is_told_where_to_go_and_not_kept(jinshui, client):
    load_outside_matters()
    response = client.post(NEW, answers(step="what", said="楼道里着火了"))
    assert (response.context["matter"].telephone, Report.objects.count()) == ("119", 0)
    assert HandOver.objects.get().problem is None


def test_who_means_something_else_goes_on(jinshui, consent, client):
    load_outside_matters()
    client.post(NEW, answers(said="去年着火以后路灯一直不亮", outside_seen="fire"))
    assert Report.objects.count() == 1


def test_a_picture_may_be_added(jinshui, consent, client):
    upload = SimpleUploadedFile("灯.jpg", picture(), "image/jpeg")
    client.post(NEW, {**answers(), "photo": upload})
    photo = Photo.objects.get()
    assert (photo.report, photo.wish) == (Report.objects.get(), None)


def test_what_is_no_picture_is_refused_and_asked_for_again(jinshui, consent, client):
    upload = SimpleUploadedFile("灯.jpg", b"x", "image/jpeg")
    response = client.post(NEW, {**answers(), "photo": upload})
    assert (response.status_code, response.context["picture_again"]) == (422, True)


def test_a_point_is_kept_and_a_wrong_one_left_out(jinshui, consent, client):
    client.post(NEW, answers(longitude="111.012345", latitude="35.1"))
    client.post(NEW, answers(longitude="x", latitude="35.1"))
    points = list(Problem.objects.order_by("pk").values_list("longitude", flat=True))
    assert [str(point) for point in points] == ["111.012345", "None"]


@pytest.mark.parametrize("said", [RARE, HTML])
def test_strange_words_are_shown_as_they_are(said, jinshui, consent, client):
    response = client.post(NEW, answers(said=f"{said} 路灯不亮"), follow=True)
    assert (said in words(response), b"<script>alert" in response.content) == (True, False)


def test_somebody_signed_in_reports_in_their_own_name(resident, jinshui, consent):
    signed_in(resident).post(NEW, answers())
    assert Report.objects.get().voice.person == resident


def test_the_last_question_costs_few_statements(worker, jinshui, at, django_assert_num_queries):
    client = Client()
    for count in (1, 3):
        for _ in range(count):
            accepted(worker, jinshui, at)
        client.post(NEW, answers(step="where"))
        with django_assert_num_queries(2):
            client.post(NEW, answers(step="where"))
