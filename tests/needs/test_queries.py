from datetime import timedelta

import pytest
from django.db import connection

from tests import factories
from tests.needs.factories import claimed, confirmed, published, received
from youwo.areas.models import Area
from youwo.core.recent import forget_all
from youwo.needs import queries, rules
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


def test_who_wrote_down_what_was_done_is_not_asked_to_call_back(worker, jinshui, at):
    other, helper = factories.granted("worker", jinshui), factories.PersonFactory()
    wish = confirmed(worker, helper, jinshui, at)
    wish.deliveries.update(recorded_by=worker)
    queues = [queries.queue(person, at).rows for person in (worker, other)]
    assert queues == [[], [wish]]


def test_who_acts_for_the_unit_is_not_asked_to_call_back(worker, jinshui, at):
    unit = factories.OrganizationFactory()
    wish = confirmed(worker, factories.mandated(unit), jinshui, at, organization=unit)
    other = factories.granted("worker", jinshui)
    factories.mandate(worker, unit)
    queues = [queries.queue(person, at).rows for person in (worker, other)]
    assert queues == [[], [wish]]


def test_who_wrote_down_what_was_taken_back_is_asked_to_call_back(worker, jinshui, at):
    other, helper = factories.granted("worker", jinshui), factories.PersonFactory()
    wish = confirmed(worker, helper, jinshui, at)
    standing = wish.deliveries.get()
    wish.deliveries.create(
        doer=helper,
        occurred_on=at.date(),
        minutes=5,
        what="没有成",
        field="learning",
        recorded_by=other,
        recorded_at=at,
        revoked_at=at,
    )
    assert standing.recorded_by == helper
    assert queries.queue(other, at).rows == [wish]


# --- communities that ended ----------------------------------------------------------------------


@pytest.fixture
def merged_community(worker, jinshui, elsewhere, at):
    """An open wish of a community that has ended, followed by another in another county."""
    wish = published(worker, jinshui, at)
    between = factories.community("140802005099", "过渡社区")
    Area.objects.filter(pk=jinshui.pk).update(valid_to=at.date(), successor=between)
    Area.objects.filter(pk=between.pk).update(valid_to=at.date(), successor=elsewhere)
    forget_all()
    return wish


def test_its_wishes_are_read_by_the_successors_staff(merged_community, stranger, jinshui, at):
    assert list(queries.readable(stranger, at.date())) == [merged_community]
    assert rules.may_deal(stranger, merged_community, at.date())


def test_its_wishes_wait_for_the_successors_workers(merged_community, stranger, jinshui, at):
    Wish.objects.update(mover="worker")
    assert queries.queue(stranger, at).rows == [merged_community]


def test_its_wishes_stand_on_the_successors_board(merged_community, elsewhere):
    assert list(queries.board(code=elsewhere.pk)) == [merged_community]


def test_its_wishes_stand_in_the_successors_list(merged_community, stranger, elsewhere, at):
    assert list(queries.staff_list(stranger, at.date(), code=elsewhere.pk)) == [merged_community]


def test_a_successors_wishes_are_not_read_by_the_workers_of_before(
    merged_community, stranger, worker, elsewhere, at
):
    other = published(stranger, elsewhere, at)
    assert not rules.may_read(worker, other, at.date())
    assert other not in queries.readable(worker, at.date())


def test_without_predecessors_an_area_stays_one_range(jinshui, at):
    where = str(queries.board(code=jinshui.pk).query)
    assert (where.count('community_id" >='), " OR " in where) == (1, False)


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
