"""The pages of hearings, from the opening to the minutes."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests import factories
from tests.needs.hearing_factories import BOOKING, LAMP, opened, typed, written
from tests.organizations.factories import UnitEnrolmentFactory
from tests.web.needs.people import signed_in, words
from youwo.needs import triage
from youwo.needs.actions import hearings, problems
from youwo.needs.models import Hearing, HearingLine, Problem, Report, Wish
from youwo.organizations.models import Mandate
from youwo.web.hearings.turns import TURNS

pytestmark = pytest.mark.django_db


def about(**changes) -> dict:
    return {
        "nonce": str(uuid.uuid4()),
        "community": "140802005022",
        "topic": "税务局心愿征集座谈会",
        "held_on": "2025-01-02",
        "place": "社区二楼会议室",
        "organization": "",
        "consent_given_by": "spoken",
        **changes,
    }


def form(*lines: dict, **more) -> dict:
    """What the form of the grid sends for some lines."""
    given: dict = {"line": [line["nonce"] for line in lines], **more}
    for line in lines:
        for name, value in line.items():
            given[f"{name}:{line['nonce']}"] = value
    return given


def line(said: str = LAMP, **changes) -> dict:
    return {"nonce": str(uuid.uuid4()), "revision": "0", "said": said, **changes}


def send(client, hearing, *lines, **more):
    return client.post(
        f"/work/hearings/{hearing.reference}/lines/send/",
        json.dumps({"lines": lines}),
        content_type="application/json",
        **more,
    )


def url(hearing, page: str = "") -> str:
    return f"/work/hearings/{hearing.reference}/{page}"


# --- opening ------------------------------------------------------------------------------------
class TestOpening:
    def test_own_community_is_offered(self, at_work):
        assert 'value="140802005022"' in words(at_work.get("/work/hearings/new/"))

    def test_it_leads_to_the_lines(self, at_work, worker):
        response = at_work.post("/work/hearings/new/", about())
        hearing = Hearing.objects.get()
        assert response.url == url(hearing, "lines/")
        assert (hearing.recorded_by, hearing.consent_text.purpose) == (worker, "wish")

    def test_twice_is_one(self, at_work):
        given = about()
        responses = [at_work.post("/work/hearings/new/", given) for _ in range(2)]
        assert (responses[0].url, Hearing.objects.count()) == (responses[1].url, 1)

    def test_with_a_unit_that_is_enrolled_here(self, at_work, jinshui):
        unit = factories.OrganizationFactory(name="运城市税务局", short_name="市税务局")
        UnitEnrolmentFactory(organization=unit, community=jinshui)
        assert "运城市税务局" in words(at_work.get("/work/hearings/new/"))
        at_work.post("/work/hearings/new/", about(organization="市税务局"))
        assert Hearing.objects.get().organization == unit

    def test_with_another_unit_by_its_full_name(self, at_work):
        unit = factories.OrganizationFactory(name="市图书馆")
        at_work.post("/work/hearings/new/", about(organization=" 市图书馆 "))
        assert Hearing.objects.get().organization == unit

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("topic", ""),
            ("topic", "长" * 61),
            ("place", ""),
            ("held_on", "昨天"),
            ("held_on", "2020-01-01"),
            ("organization", "没有的单位"),
            ("consent_given_by", "nobody"),
            ("community", ""),
            ("community", "140802"),
            ("community", "140881001001"),
        ],
    )
    def test_what_does_not_do_is_asked_again(self, at_work, elsewhere, name, value):
        response = at_work.post("/work/hearings/new/", about(**{name: value}))
        assert (response.status_code, list(response.context["form"].errors)) == (422, [name])
        assert Hearing.objects.count() == 0

    def test_a_coordinator_finds_the_community_by_name(self, coordinator):
        client = signed_in(coordinator)
        found = client.post(
            "/work/hearings/new/", about(community="", find="1", place_words="金税")
        )
        assert found.status_code == 200
        assert 'value="140802005022"' in words(found)
        assert 'value="税务局心愿征集座谈会"' in words(found)
        client.post("/work/hearings/new/", about(place_words="金税", found_words="金税"))
        assert Hearing.objects.count() == 1

    def test_it_is_corrected(self, at_work, hearing):
        assert hearing.topic in words(at_work.get(url(hearing, "about/")))
        response = at_work.post(url(hearing, "about/"), about(topic="第二场"))
        hearing.refresh_from_db()
        assert (response.status_code, hearing.topic) == (302, "第二场")

    def test_a_correction_that_does_not_do_is_asked_again(self, at_work, hearing, worker, at):
        assert at_work.post(url(hearing, "about/"), about(topic="")).status_code == 422
        hearings.close(hearing, by=worker, at=at)
        assert at_work.post(url(hearing, "about/"), about()).status_code == 422


class TestAttendees:
    def test_names_are_noted_and_masked(self, at_work, hearing):
        at_work.post(
            url(hearing, "attendees/"), {"names": "张敬之、李桂兰 王芳", "role": "resident"}
        )
        page = words(at_work.get(url(hearing, "attendees/")))
        assert hearing.attendees.count() == 3
        assert ("张*" in page, "张敬之" in page) == (True, False)

    def test_colleagues_and_who_acts_for_the_unit_can_be_chosen(self, at_work, worker, jinshui, at):
        unit = factories.OrganizationFactory(name="市税务局")
        speaker = factories.PersonFactory(name="刘局")
        Mandate.objects.create(
            person=speaker, organization=unit, starts_on=factories.ON, given_at=factories.AT
        )
        hearing = opened(worker, jinshui, at, organization=unit)
        at_work.post(url(hearing, "attendees/"), {"person": speaker.pk, "role": "unit"})
        assert hearing.attendees.filter(person=speaker).count() == 1

    @pytest.mark.parametrize(
        "given",
        [
            {"names": "", "role": "unit"},
            {"names": "张敬之", "role": "king"},
            {"names": "张敬之", "role": "unit", "organization": "没有的单位"},
            {"person": "999999", "role": "unit"},
        ],
    )
    def test_what_does_not_do_is_asked_again(self, at_work, hearing, given):
        assert at_work.post(url(hearing, "attendees/"), given).status_code == 422

    def test_somebody_is_taken_off(self, at_work, hearing, worker, at):
        [one] = hearings.note_attendees(
            hearing, ["张敬之"], role="resident", organization=None, by=worker, at=at
        )
        assert at_work.post(url(hearing, "attendees/"), {"drop": one.pk}).status_code == 302
        assert hearing.attendees.count() == 0
        for key in (one.pk, "x"):
            assert at_work.post(url(hearing, "attendees/"), {"drop": key}).status_code == 404


# --- typing -------------------------------------------------------------------------------------
class TestTyping:
    def test_the_form_saves_lines_without_a_script(self, at_work, hearing):
        response = at_work.post(url(hearing, "lines/"), form(line(), line(BOOKING), line("")))
        assert response.url == url(hearing, "lines/#next")
        assert [one.what for one in hearing.lines.order_by("number")] == ["problem", "wish"]

    def test_going_back_and_saving_again_makes_no_second(self, at_work, hearing):
        given = form(line(), line(BOOKING))
        for _ in range(2):
            at_work.post(url(hearing, "lines/"), given)
        assert HearingLine.objects.count() == 2

    def test_a_kind_is_chosen_by_its_words(self, at_work, hearing):
        at_work.post(
            url(hearing, "lines/"), form(line("井盖响", what="problem", kind="楼道灯不亮"))
        )
        assert HearingLine.objects.get().kind == "lamp"

    def test_a_line_is_left_out_and_put_back(self, at_work, hearing):
        first = line()
        at_work.post(url(hearing, "lines/"), form(first))
        at_work.post(url(hearing, "lines/"), form(first | {"revision": "1"}, drop=first["nonce"]))
        assert HearingLine.objects.get().is_dropped
        again = first | {"revision": "2", "dropped": "1"}
        at_work.post(url(hearing, "lines/"), form(again, restore=first["nonce"]))
        assert HearingLine.objects.get().is_typed

    def test_what_was_refused_stands_with_its_reason(self, at_work, hearing):
        stands = line()
        at_work.post(url(hearing, "lines/"), form(stands))
        response = at_work.post(
            url(hearing, "lines/"),
            form(stands | {"revision": "1", "said": ""}, line("长" * 1001)),
        )
        assert response.status_code == 422
        assert "长" * 1001 in words(response)
        assert [row.refusal != "" for row in response.context["rows"][:2]] == [True, True]

    def test_who_spoke_comes_back_masked(self, at_work, hearing):
        at_work.post(url(hearing, "lines/"), form(line(name="张敬之", phone="13800001234")))
        page = words(at_work.get(url(hearing, "lines/")))
        assert ("张*" in page, "138****1234" in page) == (True, True)
        assert ("张敬之" in page, "13800001234" in page) == (False, False)

    def test_a_number_that_is_none_is_shown_as_it_was_typed_and_can_be_emptied(
        self, at_work, hearing
    ):
        odd = line(phone="138")
        at_work.post(url(hearing, "lines/"), form(odd))
        row = at_work.get(url(hearing, "lines/")).context["rows"][0]
        assert (row.phone, row.masked_phone, bool(row.says)) == ("138", "", True)
        at_work.post(url(hearing, "lines/"), form(odd | {"phone": "", "revision": "1"}))
        row = at_work.get(url(hearing, "lines/")).context["rows"][0]
        assert (row.phone, row.says) == ("", [])

    def test_what_is_no_line_is_left_away(self, at_work, hearing):
        response = at_work.post(
            url(hearing, "lines/"), {"line": ["x", ""], "said:x": "?", "revision:x": "-1"}
        )
        assert (response.status_code, HearingLine.objects.count()) == (302, 0)

    def test_a_closed_one_shows_what_was_said(self, at_work, hearing, worker, at):
        hearings.close(hearing, by=worker, at=at)
        assert at_work.get(url(hearing, "lines/")).url == url(hearing)

    def test_what_became_a_case_can_only_be_read(self, at_work, hearing, worker, at):
        written(hearing, worker, at)
        hearings.close(hearing, by=worker, at=at)
        hearings.reopen(hearing, by=worker, at=at)
        rows = at_work.get(url(hearing, "lines/")).context["rows"]
        assert [bool(row.taken) for row in rows[:3]] == [True, True, False]


class TestSending:
    def test_lines_are_taken_down_and_told_of(self, at_work, hearing):
        first = line(name="张敬之", phone="13800001234") | {"revision": 1}
        answer = send(at_work, hearing, first).json()
        assert answer["lines"] == [
            {
                "nonce": first["nonce"],
                "revision": 1,
                "number": 1,
                "said": LAMP,
                "what": "problem",
                "kind": "楼道灯不亮",
                "name": "张*",
                "phone": "138****1234",
                "odd_phone": "",
                "compound": "",
                "building": "",
                "dropped": False,
                "says": [],
                "refusal": "",
            }
        ]

    def test_a_number_that_is_none_comes_back_as_it_was_typed(self, at_work, hearing):
        (told,) = send(at_work, hearing, line(phone="138") | {"revision": 1}).json()["lines"]
        assert (told["phone"], told["odd_phone"], len(told["says"])) == ("", "138", 1)

    def test_sent_again_it_is_one(self, at_work, hearing):
        first = line() | {"revision": 1}
        for revision in (1, 2):
            answer = send(at_work, hearing, first | {"revision": revision}).json()
            assert answer["lines"][0]["refusal"] == ""
        assert HearingLine.objects.count() == 1

    def test_where_it_belongs_elsewhere_is_said_at_once(self, at_work, hearing, db):
        from youwo.needs.defaults import load_outside_matters

        load_outside_matters()
        triage.outside_matters.forget()
        answer = send(at_work, hearing, line("楼里着火了") | {"revision": 1}).json()
        assert "119" in " ".join(answer["lines"][0]["says"])

    def test_a_line_that_is_refused_says_why(self, at_work, hearing):
        answer = send(at_work, hearing, line("") | {"revision": 1}).json()
        assert answer["lines"][0]["refusal"]

    @pytest.mark.parametrize(
        "body", ["", "[]", "{}", "null", '{"lines": 3}', "\x00", "[" * 100_000]
    )
    def test_what_cannot_be_read_is_refused(self, at_work, hearing, body):
        response = at_work.post(url(hearing, "lines/send/"), body, content_type="application/json")
        assert response.status_code == 400

    @pytest.mark.parametrize(
        "row",
        [3, None, [], {}, {"nonce": 5}, {"nonce": "x", "said": "好"}],
    )
    def test_what_is_no_line_is_left_away(self, at_work, hearing, row):
        assert send(at_work, hearing, row).json() == {"lines": []}

    def test_odd_values_harm_nothing(self, at_work, hearing):
        odd = line("灯\0坏了") | {"revision": "many", "what": 7, "compound": ["x"], "phone": None}
        send(at_work, hearing, odd)
        assert HearingLine.objects.get().said == "灯坏了"

    def test_whoever_lost_the_role_is_told(self, at_work, hearing, monkeypatch):
        def refuse(*_args, **_kwargs):
            raise hearings_refused

        from youwo.core.refused import Refused

        hearings_refused = Refused("别的社区")
        monkeypatch.setattr(hearings, "write", refuse)
        response = send(at_work, hearing, line())
        assert (response.status_code, response.json()) == (409, {"refusal": "别的社区"})

    def test_signed_out_it_is_sent_to_sign_in(self, client, hearing):
        assert send(client, hearing, line()).status_code == 302


class TestPasting:
    def test_lines_can_be_looked_over_and_saved(self, at_work, hearing):
        assert at_work.get(url(hearing, "paste/")).status_code == 200
        text = "姓名\t电话\t诉求\n张敬之\t13800001234\t楼道灯坏了\n李桂兰\t\t想学手机挂号"
        page = at_work.post(url(hearing, "paste/"), {"text": text})
        rows = page.context["rows"]
        assert [(row.said, row.name, row.what, row.kind) for row in rows] == [
            ("楼道灯坏了", "张敬之", "problem", "楼道灯不亮"),
            ("想学手机挂号", "李桂兰", "wish", "学点东西"),
        ]
        given = [line(row.said, nonce=row.nonce, name=row.name, phone=row.phone) for row in rows]
        at_work.post(url(hearing, "lines/"), form(*given))
        assert HearingLine.objects.count() == 2

    def test_a_row_without_words_is_shown_as_such(self, at_work, hearing):
        text = "姓名\t电话\t原话\n张敬之\t138\t楼道灯坏了\n李桂兰\t13800001234\t"
        rows = at_work.post(url(hearing, "paste/"), {"text": text}).context["rows"]
        assert [(row.said, row.name, row.phone, bool(row.says)) for row in rows] == [
            ("楼道灯坏了", "张敬之", "138", False),
            ("", "李桂兰", "13800001234", True),
        ]

    @pytest.mark.parametrize("text", ["", " \n ", "长" * 20_001])
    def test_nothing_and_too_much_are_asked_again(self, at_work, hearing, text):
        response = at_work.post(url(hearing, "paste/"), {"text": text})
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["text"])

    def test_a_closed_one_takes_nothing(self, at_work, hearing, worker, at):
        hearings.close(hearing, by=worker, at=at)
        assert at_work.get(url(hearing, "paste/")).url == url(hearing)


# --- closing ------------------------------------------------------------------------------------
class TestClosing:
    def test_it_makes_wishes_and_problems(self, at_work, hearing, worker, at):
        written(hearing, worker, at, typed(), typed(BOOKING))
        assert at_work.post(url(hearing, "close/")).url == url(hearing)
        assert (Wish.objects.count(), Report.objects.count()) == (1, 1)
        page = words(at_work.get(url(hearing)))
        assert Wish.objects.get().reference in page
        assert Problem.objects.get().reference in page

    def test_what_says_the_same_is_offered_and_joined(self, at_work, hearing, worker, jinshui, at):
        earlier = opened(worker, jinshui, at)
        written(earlier, worker, at, typed("3号楼楼道灯坏了"))
        hearings.close(earlier, by=worker, at=at)
        known = Problem.objects.get()
        written(hearing, worker, at, typed("楼道灯坏了"), typed("楼道灯坏了好久"))
        offered = [look.alike for look in at_work.get(url(hearing, "close/")).context["looks"]]
        assert [[value for value, _words in one] for one in offered] == [
            [f"known-{known.pk}"],
            ["1", f"known-{known.pk}"],
        ]
        at_work.post(url(hearing, "close/"), {"same:1": f"known-{known.pk}", "same:2": "1"})
        assert (Problem.objects.count(), known.reports.count()) == (1, 3)

    def test_old_and_new_problems_are_taken_up_together(
        self, at_work, hearing, worker, jinshui, at
    ):
        earlier = opened(worker, jinshui, at)
        written(earlier, worker, at, typed("3号楼楼道灯坏了"))
        hearings.close(earlier, by=worker, at=at)
        known = Problem.objects.get()
        written(
            hearing,
            worker,
            at,
            typed("楼道灯坏了", name="张敬之"),
            typed("2号楼道灯坏了"),
            typed(BOOKING),
        )
        at_work.post(url(hearing, "close/"), {"same:1": f"known-{known.pk}"})
        assert (Problem.objects.count(), known.reports.count(), Wish.objects.count()) == (2, 2, 1)

    def test_a_known_one_that_has_ended_is_refused(self, at_work, hearing, worker, jinshui, at):
        earlier = opened(worker, jinshui, at)
        written(earlier, worker, at, typed("3号楼楼道灯坏了"))
        hearings.close(earlier, by=worker, at=at)
        known = Problem.objects.get()
        problems.decline(known, reason="已经拆除", by=worker, at=at)
        written(hearing, worker, at, typed("楼道灯坏了"))
        response = at_work.post(url(hearing, "close/"), {"same:1": f"known-{known.pk}"})
        assert (response.status_code, known.reports.count()) == (422, 1)

    def test_a_choice_that_is_none_is_refused(self, at_work, hearing, worker, at):
        written(hearing, worker, at, typed("楼道灯坏了"))
        response = at_work.post(url(hearing, "close/"), {"same:1": "PXXXXXXXX", "same:x": "1"})
        assert (response.status_code, Problem.objects.count()) == (422, 0)

    def test_before_its_day_it_is_not_closed_and_the_day_can_be_corrected(
        self, at_work, worker, jinshui, at
    ):
        hearing = opened(worker, jinshui, at, held_on=at.date() + timedelta(days=1))
        page = at_work.get(url(hearing, "close/"))
        assert url(hearing, "about/") in words(page)
        response = at_work.post(url(hearing, "close/"))
        assert (response.status_code, bool(response.context["refusal"])) == (422, True)
        hearing.refresh_from_db()
        assert hearing.is_open

    def test_what_lacks_something_is_shown(self, at_work, hearing, worker, at):
        written(hearing, worker, at, typed(phone="1380"))
        response = at_work.post(url(hearing, "close/"), {"same:1": "known-987654", "same:x": "1"})
        assert response.status_code == 422
        assert response.context["looks"][0].troubles

    def test_a_closed_one_is_shown(self, at_work, hearing, worker, at):
        hearings.close(hearing, by=worker, at=at)
        assert at_work.get(url(hearing, "close/")).url == url(hearing)

    def test_it_is_opened_once_more(self, at_work, hearing, worker, at):
        hearings.close(hearing, by=worker, at=at)
        at_work.get(url(hearing, "reopen/"))
        hearing.refresh_from_db()
        assert not hearing.is_open
        at_work.post(url(hearing, "reopen/"))
        hearing.refresh_from_db()
        assert hearing.is_open


class TestMinutes:
    def test_they_say_who_spoke_by_masked_names(self, at_work, hearing, worker, at):
        written(
            hearing,
            worker,
            at,
            typed(name="张敬之"),
            typed(BOOKING, name="李桂兰"),
            typed("下次带钥匙", what="note", name="王芳"),
            typed("写错了", dropped=True),
        )
        before = words(at_work.get(url(hearing)))
        hearings.close(hearing, by=worker, at=at)
        after = words(at_work.get(url(hearing)))
        for page in (before, after):
            assert all(name in page for name in ("张*", "李*", "王*"))
            assert "张敬之" not in page
            assert "写错了" not in page

    def test_an_auditor_reads_them(self, hearing, jinshui):
        auditor = signed_in(factories.granted("auditor", jinshui.parent))
        page = words(auditor.get(url(hearing)))
        assert "reopen" not in page

    def test_the_code_of_the_sheet_leads_to_the_lines(self, at_work, hearing, worker, at, settings):
        settings.PUBLIC_URL = "https://example.org"
        written(hearing, worker, at)
        response = at_work.get(url(hearing, "sheet/"))
        assert next(iter(response.context["numbers"])) == 3
        assert response.context["qr"].startswith("data:image/svg+xml")


# --- the list -----------------------------------------------------------------------------------
class TestTheList:
    def test_it_is_searched_and_filtered(self, at_work, hearing, worker, jinshui, at):
        opened(worker, jinshui, at, topic="联席会", held_on=at.date() - timedelta(days=40))
        got = {
            query: words(at_work.get(f"/work/hearings/?{query}")).count("row-card")
            for query in (
                "",
                "q=联席",
                "q=没有",
                "status=open",
                "status=closed",
                "status=x&area=x&since=x&until=2025-13-40",
                "area=140802",
                f"since={at.date()}",
                f"until={at.date() - timedelta(days=1)}",
            )
        }
        assert list(got.values()) == [2, 1, 0, 2, 0, 2, 2, 1, 1]

    def test_an_empty_one_says_what_to_do(self, at_work):
        assert "/work/hearings/new/" in words(at_work.get("/work/hearings/"))

    def test_it_is_sent_as_a_table(self, at_work, hearing, worker, at):
        written(hearing, worker, at)
        response = at_work.get("/work/hearings/export/")
        book = CalamineWorkbook.from_object(io.BytesIO(response.getvalue()))
        rows = book.get_sheet_by_index(0).to_python()
        assert rows[-1][-3:] == [1, 1, 0]

    def test_others_do_not_find_it(self, stranger, hearing):
        client = signed_in(stranger)
        assert hearing.topic not in words(client.get("/work/hearings/"))
        assert client.get(url(hearing)).status_code == 404
        assert send(client, hearing, line()).status_code == 404


def test_every_turn_has_a_page(at_work, hearing):
    page = TURNS["hearing.close"].page
    assert page == "hearings:lines"
    assert hearing.topic in words(at_work.get("/work/"))


# --- cost ---------------------------------------------------------------------------------------
PAGES = {
    "/work/hearings/": 2,
    "/work/hearings/?q=座谈&status=open&area=140802": 2,
    "/work/hearings/export/": 2,
    "/work/hearings/new/": 3,
    "/work/hearings/{open}/": 4,
    "/work/hearings/{closed}/": 4,
    "/work/hearings/{open}/about/": 3,
    "/work/hearings/{open}/attendees/": 5,
    "/work/hearings/{open}/lines/": 4,
    "/work/hearings/{open}/paste/": 2,
    "/work/hearings/{open}/close/": 4,
    "/work/hearings/{open}/sheet/": 3,
}


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_one_row_and_for_three(worker, jinshui, at, rows):
    for n in range(rows):
        unit = factories.OrganizationFactory()
        UnitEnrolmentFactory(organization=unit, community=jinshui)
        factories.area(f"{jinshui.pk}-000{n}", f"第{n}小区")
        closed = opened(worker, jinshui, at, organization=unit)
        standing = opened(worker, jinshui, at, organization=unit)
    for hearing in (closed, standing):
        lines = [typed(f"{n}号楼道灯坏了", name="张敬之") for n in range(rows)]
        lines += [typed(BOOKING, name="李桂兰") for _ in range(rows)]
        written(hearing, worker, at, *lines)
        hearings.note_attendees(
            hearing,
            [f"居民{n}" for n in range(rows)],
            role="resident",
            organization=unit,
            person=worker,
            by=worker,
            at=at,
        )
    hearings.close(closed, by=worker, at=at)
    client = signed_in(worker)
    got = {}
    for path in PAGES:
        address = path.format(open=standing.reference, closed=closed.reference)
        client.get(address).getvalue()
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).getvalue()
        got[path] = len(counted)
    assert got == PAGES


@pytest.mark.parametrize("rows", [1, 12])
def test_saving_twelve_lines_costs_what_saving_one_costs(at_work, hearing, rows):
    lines = [line(f"{n}号楼的灯坏了", name="张敬之") | {"revision": 1} for n in range(rows)]
    # What a process keeps for a minute is there already.
    send(at_work, hearing, line() | {"revision": 1})
    with CaptureQueriesContext(connection) as counted:
        send(at_work, hearing, *lines)
    # Three for who it is, the hearing, and the six of the action.
    assert len(counted) == 8
