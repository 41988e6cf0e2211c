from datetime import timedelta

import pytest
from django.db import connection

from tests import factories
from tests.needs.factories import claimed, confirmed, published, received
from youwo.needs import queries
from youwo.needs.models import Wish

pytestmark = pytest.mark.django_db


def test_the_board_shows_what_was_reviewed(worker, jinshui, at):
    shown = published(worker, jinshui, at)
    received(jinshui, at)
    assert list(queries.board()) == [shown]


def test_the_board_keeps_to_an_area(worker, stranger, jinshui, elsewhere, at):
    near = published(worker, jinshui, at)
    published(stranger, elsewhere, at)
    assert list(queries.board(code="140802")) == [near]


def test_two_characters_find_a_wish_by_its_public_words(worker, jinshui, at):
    found = published(worker, jinshui, at)
    published(worker, jinshui, at, title="想修修漏水的龙头").public_text = ""
    assert list(queries.board(words="挂号", view="open").filter(public_title__contains="挂号")) == [
        found
    ]


def test_private_words_are_no_way_to_find_a_wish_on_the_board(worker, jinshui, at):
    published(worker, jinshui, at, said="老伴走了以后一个人，想学挂号")
    assert list(queries.board(words="老伴")) == []


def test_staff_find_private_words_in_their_own_area(worker, stranger, jinshui, at):
    wish = received(jinshui, at, said="老伴走了以后一个人，想学挂号")
    on = at.date()
    found = [list(queries.staff_list(person, on, words="老伴")) for person in (worker, stranger)]
    assert found == [[wish], []]


def test_the_queue_holds_the_most_urgent_first(worker, jinshui, at):
    later = received(jinshui, at)
    sooner = received(jinshui, at - timedelta(days=1))
    assert queries.queue(worker, at).rows == [sooner, later]


def test_the_queue_holds_promises(worker, volunteer, jinshui, at):
    wish = claimed(worker, volunteer, jinshui, at)
    assert (queries.queue(volunteer, at).rows, queries.queue(worker, at).rows) == ([wish], [])


def test_everybody_who_acts_for_the_unit_sees_its_promise(worker, jinshui, at):
    unit = factories.OrganizationFactory()
    first, second = factories.mandated(unit), factories.mandated(unit)
    wish = claimed(worker, first, jinshui, at, organization=unit)
    assert queries.queue(second, at).rows == [wish]


def test_who_did_it_is_not_asked_to_call_back(worker, jinshui, at):
    other = factories.granted("worker", jinshui)
    wish = confirmed(worker, worker, jinshui, at)
    assert (queries.queue(worker, at).rows, queries.queue(other, at).rows) == ([], [wish])


def test_a_strangers_queue_is_empty(stranger, jinshui, at):
    received(jinshui, at)
    assert queries.queue(stranger, at).rows == []


def test_the_count_tells_late_today_and_later(worker, jinshui, at):
    for days in (6, 5, 0):
        received(jinshui, at - timedelta(days=days))
    late_today_later = queries.count_queue(worker, at + timedelta(minutes=-1))
    assert (late_today_later.late, late_today_later.today, late_today_later.later) == (1, 1, 1)


def test_more_than_a_hundred_are_not_all_counted(worker, jinshui, at):
    wish = received(jinshui, at)
    voices = [received(jinshui, at) for _ in range(2)]
    assert queries.count_queue(worker, at).more is False
    assert (wish in voices, Wish.objects.count()) == (False, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_two_queries_whatever_waits(
    count, worker, jinshui, at, django_assert_num_queries
):
    for _ in range(count):
        received(jinshui, at)
    queries.queue(worker, at)  # the grants are read once for each person object
    with django_assert_num_queries(2):
        queries.queue(worker, at)


@pytest.mark.parametrize("view", ["promised", "done"])
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite sorts the few it has.")
def test_views_of_several_states_can_be_read_in_order(view):
    with connection.cursor() as cursor:
        # In an empty table a planner would sort nothing rather than open an index.
        cursor.execute("SET LOCAL enable_sort = off")
    plan = queries.board(view=view).order_by(*queries.BOARD)[:20].explain()
    assert "needs_wish_published" in plan


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_queue_is_paged_across_roles_and_back(size, worker, jinshui, at):
    promised = claimed(worker, worker, jinshui, at - timedelta(days=2))
    waiting = [received(jinshui, at - timedelta(days=days)) for days in (9, 1, 0)]
    everything = sorted([promised, *waiting], key=lambda wish: (wish.due_at, wish.pk))
    seen, page = [], queries.queue(worker, at, size=size)
    while True:
        seen.extend(page.rows)
        if page.after is None:
            break
        page = queries.queue(worker, at, cursor=page.after, size=size)
    assert seen == everything
    while page.before:
        page = queries.queue(worker, at, cursor=page.before, size=size)
    assert page.rows == everything[:size]


def test_counts_say_when_there_is_more(at):
    count = queries.count_due([at, at + timedelta(hours=1), at + timedelta(days=2)], at, more=True)
    assert (count.late, count.today, count.later, count.more) == (1, 1, 1, True)
