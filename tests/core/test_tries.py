from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.side_by_side import each_at_once
from youwo.core.models import Tries
from youwo.core.tries import count_tries, count_try, forget_tries

HOUR = timedelta(hours=1)
NINE = datetime(2025, 6, 3, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def tried(who="10.0.0.1", at=NINE, purpose="follow"):
    return count_try(purpose, who, at=at, window=HOUR)


@pytest.mark.django_db
def test_tries_are_counted():
    assert [tried() for _ in range(3)] == [1, 2, 3]


@pytest.mark.django_db
def test_each_purpose_and_person_has_a_count_of_its_own():
    tried()
    assert (tried(who="10.0.0.2"), tried(purpose="sign in"), tried()) == (1, 1, 2)


@pytest.mark.django_db
def test_counting_begins_anew_with_each_window():
    tried()
    assert tried(at=NINE + timedelta(minutes=59, seconds=59)) == 2
    assert tried(at=NINE + HOUR) == 1


@pytest.mark.django_db
def test_a_count_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        tried()


@pytest.mark.django_db
def test_several_purposes_are_counted_in_one_statement(django_assert_num_queries):
    tried()
    with django_assert_num_queries(1):
        counted = count_tries({"follow": HOUR, "by day": 24 * HOUR}, "10.0.0.1", at=NINE)
    assert counted == {"follow": 2, "by day": 1}


@pytest.mark.django_db
def test_whoever_tried_is_kept_as_a_fingerprint_only():
    tried(who="10.0.0.1")
    row = Tries.objects.get()
    assert len(row.key) == 64
    assert "10.0.0.1" not in row.key


@pytest.mark.django_db
def test_old_windows_are_forgotten():
    tried()
    tried(at=NINE + HOUR)
    assert forget_tries(before=NINE + HOUR) == 1
    assert tried(at=NINE + HOUR) == 2


def test_tries_at_the_same_moment_are_all_counted(shared_database):
    counts = each_at_once(lambda _: tried(), list(range(12)))
    assert sorted(counts) == list(range(1, 13))


def test_counting_in_two_steps_would_lose_some(shared_database):
    # The control: read, then write, as two statements, with all reads before all writes.
    tried()
    from threading import Barrier

    all_have_read = Barrier(4)

    def careless(_):
        row = Tries.objects.get()
        all_have_read.wait(20)
        Tries.objects.filter(pk=row.pk).update(count=row.count + 1)

    each_at_once(careless, list(range(4)))
    assert Tries.objects.get().count < 5
