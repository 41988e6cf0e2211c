import pytest
from django.db import connection

from tests import factories
from tests.needs.factories import published, received
from youwo.areas.models import Area
from youwo.core.recent import forget_all
from youwo.needs import queries, rules

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


@pytest.mark.parametrize("view", ["promised", "done"])
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite sorts the few it has.")
def test_views_of_several_states_can_be_read_in_order(view):
    with connection.cursor() as cursor:
        # In an empty table a planner would sort nothing rather than open an index.
        cursor.execute("SET LOCAL enable_sort = off")
    plan = queries.board(view=view).order_by(*queries.BOARD)[:20].explain()
    assert "needs_wish_published" in plan
