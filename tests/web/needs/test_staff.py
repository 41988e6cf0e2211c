"""What community workers do with wishes, and what they are asked when something does not do."""

import io
import uuid

import openpyxl
import pytest
from django.test import Client

from tests import factories
from tests.needs.factories import PHONE, SAID, claimed, confirmed, delivered, published, received
from tests.web.needs.people import HTML, RARE, signed_in, words
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs import actions, rules
from youwo.needs.models import CallBack, HandOver, Status, Wish
from youwo.people.models import Grant

pytestmark = pytest.mark.django_db

MOVED_ON = "这个心愿刚刚有了变化"


@pytest.fixture
def wish(jinshui, at):
    return received(jinshui, at)


@pytest.fixture
def done(worker, volunteer, jinshui, at):
    return delivered(worker, volunteer, jinshui, at)


@pytest.fixture
def accepted(worker, volunteer, jinshui, at, monkeypatch):
    """A wish whose deed the resident has confirmed, two hours ago."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at.replace(hour=13))
    return confirmed(worker, volunteer, jinshui, at)


def act(browser, wish, verb, **given):
    return browser.post(f"/work/wishes/{wish.reference}/{verb}/", given)


def status(wish) -> str:
    wish.refresh_from_db()
    return wish.status


# --- the list ---------------------------------------------------------------------------------
def rows(browser, **query) -> list[Wish]:
    return browser.get("/work/wishes/", query).context["page"].rows


def test_list_has_the_wishes_of_the_own_area(at_work, wish, elsewhere, at):
    received(elsewhere, at)
    assert rows(at_work) == [wish]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "received"}, 1),
        ({"status": "closed"}, 0),
        ({"status": "x\0"}, 1),
        ({"kind": "skill"}, 1),
        ({"kind": "goods"}, 0),
        ({"kind": HTML}, 1),
        ({"area": "140802"}, 1),
        ({"area": "140881"}, 0),
        ({"area": "x\0"}, 1),
        ({"area": "²"}, 1),
        ({"area": "9" * 100}, 1),
        ({"q": "挂号"}, 1),
        ({"q": "轮椅"}, 0),
        ({"q": "\0"}, 1),
        ({"cursor": "\0"}, 1),
    ],
)
def test_list_takes_filters_and_leaves_garbled_ones_out(at_work, wish, query, found):
    assert len(rows(at_work, **query)) == found


def test_nothing_found_offers_to_show_all(at_work, wish):
    assert 'href="/work/wishes/"' in words(at_work.get("/work/wishes/?q=轮椅"))


def test_empty_list_says_how_to_begin(at_work):
    assert 'href="/work/wishes/new/"' in words(at_work.get("/work/wishes/"))


def sheet_of(response) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(response.getvalue()))
    return list(book.active.iter_rows(values_only=True))


def test_export_opens_and_has_what_the_list_has(at_work, wish, accepted):
    table = sheet_of(at_work.get("/work/wishes/export/"))
    assert [row[0] for row in table[1:]] == [
        f"{one.reference[:3]}-{one.reference[3:6]}-{one.reference[6:]}" for one in (accepted, wish)
    ]
    assert len(table[0]) == 9


def test_export_keeps_the_filter(at_work, wish, accepted):
    assert len(sheet_of(at_work.get("/work/wishes/export/?status=confirmed"))) == 2


def test_export_has_no_names_numbers_doors_or_private_words(at_work, wish, accepted):
    text = str(sheet_of(at_work.get("/work/wishes/export/")))
    assert [word for word in ("张敬之", PHONE, "3号楼", SAID, "赵明远") if word in text] == []


def test_export_holds_words_as_text(at_work, worker, jinshui, at):
    published(worker, jinshui, at, title="=1+1挂号")
    assert sheet_of(at_work.get("/work/wishes/export/"))[1][4] == "=1+1挂号"


@pytest.mark.parametrize("path", ["", "export/", "new/"])
def test_pages_of_staff_are_kept_nowhere(at_work, path):
    response = at_work.get(f"/work/wishes/{path}")
    assert response["Cache-Control"] == "private, no-store"
    response.getvalue()


# --- one wish ---------------------------------------------------------------------------------
def test_name_and_number_are_masked(at_work, wish):
    page = words(at_work.get(f"/work/wishes/{wish.reference}/"))
    assert [part in page for part in ("张*", "138****1234", PHONE, "3号楼")] == [
        True,
        True,
        False,
        False,
    ]


def test_title_is_offered_from_the_words(at_work, jinshui, at):
    wish = received(jinshui, at, said="想学挂号，一个人住。" + "很" * 40)
    form = at_work.get(f"/work/wishes/{wish.reference}/").context["forms"]["publish"]
    assert form["public_title"].value() == "想学挂号"


@pytest.mark.usefixtures("outside")
def test_reviewer_is_told_what_may_belong_elsewhere(at_work, jinshui, at):
    wish = received(jinshui, at, said="想请人帮我打官司")
    page = words(at_work.get(f"/work/wishes/{wish.reference}/"))
    assert "12348" in page


def test_reviewer_sees_what_was_said_before(at_work, wish, jinshui, at):
    again = received(jinshui, at)
    response = at_work.get(f"/work/wishes/{wish.reference}/")
    assert response.context["alike"] == [again]


@pytest.mark.parametrize("said", [RARE, HTML])
def test_odd_words_are_shown_as_text(at_work, jinshui, at, said):
    response = at_work.get(f"/work/wishes/{received(jinshui, at, said=said).reference}/")
    assert (said in words(response), b"<script>alert" in response.content) == (True, False)


def test_stranger_finds_nothing(stranger, wish):
    browser = signed_in(stranger)
    codes = [
        browser.get(f"/work/wishes/{wish.reference}/{page}").status_code
        for page in ("", "sheet/", "reveal/", "publish/")
    ]
    assert codes == [404] * 4


def test_auditor_reads_and_does_nothing(jinshui, wish):
    page = words(
        signed_in(factories.granted("auditor", jinshui)).get(f"/work/wishes/{wish.reference}/")
    )
    assert (
        SAID in page,
        "<form" in page.partition('class="aside"')[2].partition("</main>")[0],
    ) == (
        True,
        False,
    )


@pytest.mark.parametrize("verb", ["withdraw", "answer", "publish", "outlive"])
def test_worker_of_elsewhere_who_audits_here_changes_nothing(stranger, jinshui, wish, at, verb):
    Grant.objects.create(
        person=stranger, role="auditor", area=jinshui, starts_on=at.date(), granted_at=at
    )
    response = act(signed_in(stranger), wish, verb, **{"withdraw-reason": "不要了", "words": "好"})
    assert (response.status_code, status(wish)) == (403, Status.RECEIVED)


# --- steps ------------------------------------------------------------------------------------
PUBLIC_WORDS = {
    "public_title": "想请人教用手机挂号",
    "public_text": "想学会在手机上挂号。",
    "public_person": "独居老人，78 岁",
    "kind": "skill",
}


def test_worker_publishes(at_work, wish):
    response = act(at_work, wish, "publish", **PUBLIC_WORDS)
    assert (response.url, status(wish)) == (f"/work/wishes/{wish.reference}/", Status.PUBLISHED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_title", ""),
        ("public_title", "好"),
        ("public_title", "长" * 25),
        ("public_title", "想学挂号\0"),
        ("public_title", "张敬之想学挂号"),
        ("public_text", "长" * 301),
        ("public_text", "请打 13800001234"),
        ("public_text", "住在3号楼2单元501"),
        ("public_person", "长" * 25),
        ("kind", "gold"),
    ],
)
def test_public_words_that_do_not_do_are_asked_again(at_work, wish, name, value):
    response = act(at_work, wish, "publish", **PUBLIC_WORDS | {name: value})
    form = response.context["forms"]["publish"]
    assert (response.status_code, list(form.errors), form[name].value()) == (422, [name], value)
    assert status(wish) == Status.RECEIVED


@pytest.mark.parametrize("text", [RARE, HTML])
def test_odd_public_words_are_shown_as_text(at_work, client, wish, text):
    act(at_work, wish, "publish", **PUBLIC_WORDS | {"public_text": text})
    response = client.get(f"/wishes/{wish.reference}/")
    assert (text in words(response), b"<script>alert" in response.content) == (True, False)


def test_colleague_who_was_slower_reads_what_happened_and_keeps_the_words(at_work, colleague, wish):
    act(at_work, wish, "publish", **PUBLIC_WORDS)
    response = act(colleague, wish, "publish", **PUBLIC_WORDS)
    assert (response.status_code, MOVED_ON in words(response)) == (422, True)


def test_worker_asks_back_and_enters_the_answer(at_work, wish):
    act(at_work, wish, "ask", question="您住几号楼")
    page = words(at_work.get(f"/work/wishes/{wish.reference}/"))
    act(at_work, wish, "answer", **{"answer-words": "三号楼"})
    assert ("您住几号楼" in page, status(wish)) == (True, Status.RECEIVED)
    assert wish.said.endswith("三号楼")


@pytest.mark.parametrize(
    ("verb", "field", "ends"),
    [
        ("decline", "decline-reason", Status.DECLINED),
        ("outlive", "outlive-reason", Status.OUTLIVED),
        ("withdraw", "withdraw-reason", Status.WITHDRAWN),
    ],
)
def test_worker_ends_a_wish_with_a_reason(at_work, wish, verb, field, ends):
    without = act(at_work, wish, verb)
    with_reason = act(at_work, wish, verb, **{field: "家里人已经教会了"})
    assert (without.status_code, with_reason.status_code) == (422, 302)
    assert (status(wish), wish.reason) == (ends, "家里人已经教会了")


@pytest.mark.usefixtures("outside")
def test_worker_hands_over(at_work, wish):
    act(at_work, wish, "hand_over", matter="court")
    assert (status(wish), HandOver.objects.get().wish) == (Status.HANDED_OVER, wish)


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("matter", ["", "x", "court\0"])
def test_unknown_matter_is_asked_again(at_work, wish, matter):
    assert act(at_work, wish, "hand_over", matter=matter).status_code == 422


def test_worker_gives_a_promise_back_for_somebody(at_work, worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    act(at_work, wish, "release", **{"release-reason": "他来电话说病了"})
    assert status(wish) == Status.PUBLISHED


def test_worker_confirms_by_the_code(at_work, done):
    act(at_work, done, "confirm", code=rules.confirmation_code(done))
    assert (status(done), Entry.objects.count()) == (Status.CONFIRMED, 1)


def test_worker_does_not_guess_the_code(at_work, done, settings):
    settings.FOLLOW_TRIES_PER_HOUR = 2
    wrong = f"{(int(rules.confirmation_code(done)) + 1) % 10_000:04d}"
    for _ in range(2):
        act(at_work, done, "confirm", code=wrong)
    response = act(at_work, done, "confirm", code=rules.confirmation_code(done))
    assert (response.status_code, status(done)) == (422, Status.DELIVERED)


def test_worker_enters_a_paper_confirmation(at_work, done):
    act(at_work, done, "paper")
    assert (status(done), Entry.objects.count()) == (Status.CONFIRMED, 1)


def test_paper_signed_twice_is_a_plain_refusal(at_work, done):
    act(at_work, done, "paper")
    response = act(at_work, done, "paper")
    assert (response.status_code, MOVED_ON in words(response)) == (422, True)
    assert Entry.objects.count() == 1


@pytest.fixture
def own(worker, jinshui, at):
    """A wish that the worker has seen to in person."""
    return confirmed(worker, worker, jinshui, at)


CALL_BACK = {"came": "yes", "on_time": "yes", "again": "yes", "words": "很满意"}


def test_who_did_it_is_not_offered_the_call_back(at_work, own):
    response = at_work.get(f"/work/wishes/{own.reference}/")
    assert "call_back" not in response.context["may"]


def test_who_did_it_does_not_call_back(at_work, own):
    response = act(at_work, own, "call_back", **CALL_BACK)
    assert (response.status_code, CallBack.objects.count()) == (422, 0)
    assert "请" in response.context["refused"]


def test_colleague_calls_back(colleague, accepted):
    act(colleague, accepted, "call_back", **CALL_BACK)
    assert (status(accepted), CallBack.objects.get().words) == (Status.CLOSED, "很满意")


def test_call_back_pressed_twice_is_one(colleague, accepted):
    responses = [act(colleague, accepted, "call_back", **CALL_BACK) for _ in range(2)]
    assert [response.status_code for response in responses] == [302, 422]
    assert CallBack.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("came", ""),
        ("came", "perhaps"),
        ("on_time", ""),
        ("again", "x"),
        ("words", "长" * 201),
        ("words", "好\0"),
    ],
)
def test_call_back_that_does_not_do_is_asked_again(colleague, accepted, name, value):
    response = act(colleague, accepted, "call_back", **CALL_BACK | {name: value})
    form = response.context["forms"]["call_back"]
    assert (response.status_code, list(form.errors), form[name].value()) == (422, [name], value)


@pytest.mark.parametrize("said", [RARE, HTML])
def test_odd_call_back_is_shown_as_text(colleague, accepted, said):
    act(colleague, accepted, "call_back", **CALL_BACK | {"words": said})
    response = colleague.get(f"/work/wishes/{accepted.reference}/")
    assert (said in words(response), b"<script>alert" in response.content) == (True, False)


def test_where_nobody_came_the_deed_is_taken_back(colleague, accepted):
    act(colleague, accepted, "call_back", **CALL_BACK | {"came": "no"})
    assert status(accepted) == Status.PUBLISHED
    assert Entry.objects.filter(reverses__isnull=False).count() == 1


def test_worker_opens_a_wish_again(at_work, accepted):
    act(at_work, accepted, "reopen", **{"reopen-reason": "居民说没有来过"})
    assert (status(accepted), Entry.objects.filter(reverses__isnull=False).count()) == (
        Status.PUBLISHED,
        1,
    )


@pytest.mark.parametrize("verb", ["claim", "_case", "delete", "x"])
def test_there_are_no_other_steps(at_work, wish, verb):
    assert act(at_work, wish, verb).status_code == 404


@pytest.mark.parametrize("verb", ["publish", "paper"])
def test_a_link_takes_no_step(at_work, wish, verb):
    response = at_work.get(f"/work/wishes/{wish.reference}/{verb}/")
    assert (response.url, status(wish)) == (f"/work/wishes/{wish.reference}/", Status.RECEIVED)


def test_expired_form_loses_no_word(worker, wish):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(worker)
    response = act(strict, wish, "publish", **PUBLIC_WORDS)
    assert (response.status_code, PUBLIC_WORDS["public_text"] in words(response)) == (403, True)


# --- the name ---------------------------------------------------------------------------------
def test_name_and_number_are_shown_for_a_reason(at_work, worker, wish):
    response = at_work.post(f"/work/wishes/{wish.reference}/reveal/", {"reason": "约上门时间"})
    page = words(response)
    assert [part in page for part in ("张敬之", PHONE, "3号楼2单元501")] == [True] * 3
    assert response["Cache-Control"] == "no-store"
    line = Line.objects.get(verb="unmask")
    assert (line.actor_key, line.target_key, line.reason) == (
        str(worker.pk),
        str(wish.pk),
        "约上门时间",
    )


@pytest.mark.parametrize("reason", ["", " ", "约", "长" * 201, "约\0时间"])
def test_without_a_reason_nothing_is_shown(at_work, wish, reason):
    response = at_work.post(f"/work/wishes/{wish.reference}/reveal/", {"reason": reason})
    assert (response.status_code, PHONE in words(response)) == (422, False)
    assert not Line.objects.filter(verb="unmask").exists()


def test_asking_for_the_reason_shows_nothing(at_work, wish):
    page = words(at_work.get(f"/work/wishes/{wish.reference}/reveal/"))
    assert (PHONE in page, "张敬之" in page) == (False, False)


def test_worker_of_elsewhere_who_audits_here_is_shown_nothing(stranger, jinshui, wish, at):
    Grant.objects.create(
        person=stranger, role="auditor", area=jinshui, starts_on=at.date(), granted_at=at
    )
    response = signed_in(stranger).post(
        f"/work/wishes/{wish.reference}/reveal/", {"reason": "看一看"}
    )
    assert (response.status_code, PHONE in words(response)) == (422, False)


def test_sheet_has_a_code_that_leads_back_and_no_personal_data(at_work, done):
    page = words(at_work.get(f"/work/wishes/{done.reference}/sheet/"))
    assert ('src="data:image/svg+xml' in page, "上门教了两遍" in page) == (True, True)
    assert [word for word in ("张敬之", PHONE, "3号楼") if word in page] == []


# --- taking down ------------------------------------------------------------------------------
def entered(**changes) -> dict:
    return {
        "nonce": str(uuid.uuid4()),
        "said": "想学一学用手机缴费",
        "channel": "telephone",
        "kind": "",
        "community": "140802005022",
        "name": "王奶奶",
        "phone": "",
        "consent": "spoken",
        **changes,
    }


@pytest.mark.usefixtures("consent")
class TestTakingDown:
    def test_own_community_is_filled_in(self, at_work):
        form = at_work.get("/work/wishes/new/").context["form"]
        assert (form["community"].value(), form["channel"].value()) == ("140802005022", "visit")

    def test_a_coordinator_finds_the_community_by_name(self, coordinator, jinshui):
        client = signed_in(coordinator)
        given = entered(community="", place_words="金税", find="1")
        found = client.post("/work/wishes/new/", given)
        assert (found.status_code, found.context["choice"].known) == (200, jinshui)
        assert found.context["form"]["said"].value() == given["said"]
        client.post("/work/wishes/new/", entered(place_words="金税", found_words="金税"))
        assert Wish.objects.get().community == jinshui

    def test_a_name_that_no_community_has_is_said(self, coordinator):
        given = entered(community="", place_words="没有这里")
        found = signed_in(coordinator).post("/work/wishes/new/", given)
        assert found.context["choice"].in_vain

    def test_communities_of_others_are_not_found(self, coordinator, elsewhere):
        given = entered(community="", place_words=elsewhere.name)
        assert signed_in(coordinator).post("/work/wishes/new/", given).context["choice"].in_vain

    def test_it_is_written_down_with_its_source(self, at_work, worker):
        at_work.post("/work/wishes/new/", entered())
        wish = Wish.objects.select_related("voice").get()
        assert (wish.channel, wish.kind, wish.recorded_by, wish.voice.consent_given_by) == (
            "telephone",
            "skill",
            worker,
            "spoken",
        )

    def test_the_next_one_begins_empty(self, at_work):
        response = at_work.post("/work/wishes/new/", entered(another="1"), follow=True)
        assert response.redirect_chain == [("/work/wishes/new/", 302)]
        assert response.context["form"]["said"].value() is None

    def test_twice_is_one(self, at_work):
        given = entered()
        responses = [at_work.post("/work/wishes/new/", given) for _ in range(2)]
        assert (responses[0].url, Wish.objects.count()) == (responses[1].url, 1)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("said", ""),
            ("said", "好"),
            ("said", "长" * 501),
            ("said", "放大镜\0看报"),
            ("channel", "own"),
            ("channel", "pigeon"),
            ("kind", "gold"),
            ("community", ""),
            ("community", "999999999999"),
            ("community", "140802"),
            ("community", "140881001001"),
            ("phone", "12"),
            ("name", "长" * 21),
            ("consent", "none"),
        ],
    )
    def test_what_does_not_do_is_asked_again(self, at_work, elsewhere, name, value):
        response = at_work.post("/work/wishes/new/", entered(**{name: value}))
        form = response.context["form"]
        assert (response.status_code, list(form.errors), form[name].value()) == (
            422,
            [name],
            value,
        )
        assert Wish.objects.count() == 0

    def test_childs_wish_needs_the_guardian(self, at_work):
        response = at_work.post("/work/wishes/new/", entered(minor="on"))
        assert list(response.context["form"].errors) == ["consent"]

    def test_guardian_agrees(self, at_work):
        response = at_work.post("/work/wishes/new/", entered(minor="on", consent="guardian"))
        assert response.status_code == 302

    @pytest.mark.parametrize("said", [RARE, HTML])
    def test_odd_words_are_kept(self, at_work, said):
        at_work.post("/work/wishes/new/", entered(said=said))
        assert Wish.objects.get().said == said


def test_published_wish_offers_no_second_publishing(at_work, worker, jinshui, at):
    wish = published(worker, jinshui, at)
    assert "publish" not in at_work.get(f"/work/wishes/{wish.reference}/").context["may"]


def test_reference_is_read_as_people_type_it(at_work, wish):
    assert at_work.get(f"/work/wishes/{wish.reference.lower()}/").status_code == 200


def test_withdrawn_wish_offers_nothing(at_work, wish, at):
    actions.withdraw(wish, by=None, at=at)
    assert at_work.get(f"/work/wishes/{wish.reference}/").context["may"] == set()


def test_looking_is_no_step_of_the_way(at_work, wish):
    before = len(at_work.get(f"/work/wishes/{wish.reference}/").context["way"])
    at_work.post(f"/work/wishes/{wish.reference}/reveal/", {"reason": "约上门时间"})
    assert len(at_work.get(f"/work/wishes/{wish.reference}/").context["way"]) == before


def test_reason_is_given_with_one_press(at_work, wish):
    given = {"reason": ["", "回访"]}
    response = at_work.post(f"/work/wishes/{wish.reference}/reveal/", given)
    assert (response.status_code, Line.objects.get(verb="unmask").reason) == (200, "回访")
