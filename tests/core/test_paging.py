import base64
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from tests import factories
from youwo.areas.models import Area
from youwo.core.paging import page
from youwo.journal.models import Line

pytestmark = pytest.mark.django_db
NEWEST = ("-at", "-id")


def lines(at, count, step=timedelta(minutes=1)):
    return Line.objects.bulk_create(
        Line(
            at=at + number * step, verb=f"v{number % 2}", target_label="x.y", target_key=str(number)
        )
        for number in range(count)
    )


def keys(found):
    return [int(line.target_key) for line in found]


def forwards(rows, by, size):
    cursor, pages = None, []
    while True:
        found = page(rows, by=by, cursor=cursor, size=size)
        pages.append(keys(found))
        cursor = found.after
        if cursor is None:
            return pages, found


def backwards(rows, by, size, found):
    pages = [keys(found)]
    while found.before:
        found = page(rows, by=by, cursor=found.before, size=size)
        pages.insert(0, keys(found))
    return pages


def cursor_of(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_pages_forwards_show_every_row_once(at, count):
    lines(at, count)
    pages, _ = forwards(Line.objects.all(), NEWEST, 3)
    assert [key for each in pages for key in each] == list(range(count))[::-1]


@pytest.mark.parametrize("count", [4, 6, 7])
def test_the_way_back_shows_the_same_pages(at, count):
    lines(at, count)
    pages, last = forwards(Line.objects.all(), NEWEST, 3)
    assert backwards(Line.objects.all(), NEWEST, 3, last) == pages


@pytest.mark.parametrize(
    "by", [("-at", "id"), ("at", "-id"), ("verb", "-at", "id"), ("-verb", "at", "-id"), ("id",)]
)
def test_mixed_orders_show_every_row_once_in_order(at, by):
    for _ in range(3):
        lines(at, 5)
    rows = Line.objects.all()
    pages, last = forwards(rows, by, 4)
    assert [key for each in pages for key in each] == keys(rows.order_by(*by))
    assert backwards(rows, by, 4, last) == pages


def test_rows_less_than_a_millisecond_apart_are_not_lost(at):
    lines(at, 9, step=timedelta(microseconds=1))
    pages, _ = forwards(Line.objects.all(), NEWEST, 2)
    assert [key for each in pages for key in each] == list(range(9))[::-1]


def test_rows_of_the_same_moment_are_not_lost(at):
    lines(at, 9, step=timedelta())
    pages, _ = forwards(Line.objects.all(), NEWEST, 2)
    assert [key for each in pages for key in each] == list(range(9))[::-1]


def test_a_list_can_be_ordered_by_something_computed(at):
    lines(at, 5)
    rows = Line.objects.annotate(upside_down=F("id") * -1)
    pages, _ = forwards(rows, ("upside_down", "id"), 2)
    assert pages == [[4, 3], [2, 1], [0]]


def test_a_list_can_be_ordered_by_text_and_numbers(jinshui):
    Area.objects.update(longitude=Decimal("111.000001"))
    first = page(Area.objects.all(), by=("longitude", "code"), size=2)
    second = page(Area.objects.all(), by=("longitude", "code"), size=2, cursor=first.after)
    assert [area.code for area in (*first, *second)] == [
        "1408",
        "140802",
        "140802005",
        "140802005022",
    ]


def test_the_only_page_leads_nowhere(at):
    lines(at, 3)
    found = page(Line.objects.all(), by=NEWEST, size=3)
    assert (len(found), found.after, found.before) == (3, None, None)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "心愿",
        "W10",
        cursor_of(),
        cursor_of("after"),
        cursor_of("sideways", "2025-06-03T09:12:00+08:00", 1),
        cursor_of("after", "2025-06-03T09:12:00+08:00"),
        cursor_of("after", "2025-06-03T09:12:00+08:00", 1, 1),
        cursor_of("after", "2025-06-03T09:12:00", 1),
        cursor_of("after", "2025-13-41T09:12:00+08:00", 1),
        cursor_of("after", "yesterday", 1),
        cursor_of("after", None, 1),
        cursor_of("after", "2025-06-03T09:12:00+08:00", None),
        cursor_of("after", "2025-06-03T09:12:00+08:00", [1]),
        cursor_of("after", "2025-06-03T09:12:00+08:00", {"a": 1}),
        cursor_of("after", "2025-06-03T09:12:00+08:00", float("inf")),
        cursor_of("after", "2025-06-03T09:12:00+08:00", float("nan")),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        base64.urlsafe_b64encode(b'{"after": 1}').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_somebody_edited_gives_the_first_page(at, cursor):
    lines(at, 3)
    assert keys(page(Line.objects.all(), by=NEWEST, cursor=cursor, size=2)) == [2, 1]


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800"])
def test_text_that_no_database_holds_gives_the_first_page(jinshui, text):
    found = page(Area.objects.all(), by=("code",), cursor=cursor_of("after", text), size=1)
    assert [area.code for area in found] == ["1408"]


@pytest.mark.parametrize("number", [10**30, -(10**30)])
def test_a_number_beyond_all_keys_is_no_error(at, number):
    lines(at, 3)
    found = page(Line.objects.all(), by=("id",), cursor=cursor_of("after", number), size=2)
    assert keys(found) == [0, 1]


def test_a_page_that_has_become_empty_gives_the_first_one(at):
    made = lines(at, 3)
    cursor = page(Line.objects.all(), by=NEWEST, size=2).after
    left = Line.objects.exclude(pk=made[0].pk)
    assert keys(page(left, by=NEWEST, cursor=cursor, size=2)) == [2, 1]


def test_the_way_back_to_a_short_first_page_gives_a_whole_one(at):
    lines(at, 4)
    second = page(Line.objects.all(), by=NEWEST, size=2).after
    cursor = page(Line.objects.all(), by=NEWEST, cursor=second, size=2).before
    left = Line.objects.exclude(target_key="3")
    found = page(left, by=NEWEST, cursor=cursor, size=2)
    assert (keys(found), found.before) == ([2, 1], None)


def test_a_row_that_comes_in_meanwhile_moves_no_other(at):
    lines(at, 4)
    cursor = page(Line.objects.all(), by=NEWEST, size=2).after
    lines(at + timedelta(days=1), 1)
    assert keys(page(Line.objects.all(), by=NEWEST, cursor=cursor, size=2)) == [1, 0]


@pytest.mark.parametrize("count", [1, 3, 9])
def test_a_page_is_one_query(at, count, django_assert_num_queries):
    lines(at, count)
    with django_assert_num_queries(1):
        page(Line.objects.all(), by=NEWEST, size=2)


def test_a_misspelt_order_is_a_bug_and_not_a_first_page(at):
    with pytest.raises(Exception, match="nowhere"):
        page(Line.objects.all(), by=("nowhere",), cursor=cursor_of("after", 1))


def test_a_page_can_be_walked_through(resident):
    assert list(page(type(resident).objects.all(), by=("id",))) == [resident]
    assert factories.PersonFactory().pk != resident.pk


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-10:00"])
def test_a_cursor_at_the_end_of_the_calendar_gives_the_first_page(at, moment):
    lines(at, 2)
    text = json.dumps(["after", moment, 1])
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    assert keys(page(Line.objects.all(), by=NEWEST, cursor=cursor)) == [1, 0]
