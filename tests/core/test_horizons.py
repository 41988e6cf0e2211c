"""A reader that stops at the safe key misses no row, however slowly its writer commits."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Max

from tests.side_by_side import each_at_once, on_postgresql
from youwo.core.horizons import SETTLING, safe_key
from youwo.core.models import Horizon
from youwo.journal.models import Line

STEP = SETTLING + timedelta(seconds=1)


def line(at, key=None):
    return Line.objects.create(id=key, at=at, verb="try", target_label="x.y", target_key="1")


@transaction.atomic
def read(at, stop=safe_key):
    """Read all rows up to where it is safe, as a rollup does, and return their keys."""
    horizon, key = stop("test", Line.objects.all(), at=at)
    found = Line.objects.filter(pk__gt=horizon.read_to, pk__lte=key).order_by("pk")
    keys = list(found.values_list("pk", flat=True))
    horizon.read_to = key
    horizon.save(update_fields=["read_to"])
    return keys


def greatest_key(name, rows, *, at):
    """The control: stop at the greatest key that can be seen."""
    horizon, _ = Horizon.objects.get_or_create(name=name)
    return horizon, max(horizon.read_to, rows.aggregate(greatest=Max("pk"))["greatest"] or 0)


class SlowWriter:
    """Somebody else's transaction, which goes on only when told to.

    It draws its key first and gets its transaction number when it writes, as PostgreSQL does it in
    one insert, only slower.
    """

    def __init__(self, at):
        self.at = at
        self.done = {name: threading.Event() for name in ("draw", "write", "commit")}
        self.next = {name: threading.Event() for name in self.done}
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self):
        try:
            with transaction.atomic():
                self._await("draw")
                with connection.cursor() as cursor:
                    cursor.execute("SELECT nextval(pg_get_serial_sequence('journal_line', 'id'))")
                    (self.key,) = cursor.fetchone()
                self.done["draw"].set()
                self._await("write")
                line(self.at, self.key)
                self.done["write"].set()
                self._await("commit")
        finally:
            connection.close()
            self.done["commit"].set()

    def _await(self, name):
        assert self.next[name].wait(20)

    def step(self, name):
        self.next[name].set()
        assert self.done[name].wait(20)
        if name == "commit":
            self.thread.join(20)


@pytest.fixture
def slow_writer(shared_database, at):
    writer = SlowWriter(at)
    yield writer
    for event in writer.next.values():
        event.set()
    writer.thread.join(20)


@pytest.mark.django_db
def test_rows_are_safe_once_they_have_settled(at):
    keys = [line(at).pk for _ in range(3)]
    assert read(at) + read(at + STEP) == keys
    assert read(at + 2 * STEP) == []


@on_postgresql
@pytest.mark.django_db
def test_rows_just_written_have_not_settled(at):
    line(at)
    assert (read(at), read(at + SETTLING / 2)) == ([], [])


@pytest.mark.django_db
def test_rows_are_read_once_while_more_come_in(at):
    written, found = [], []
    for number in range(6):
        written += [line(at).pk for _ in range(3)]
        found += read(at + number * STEP)
    found += read(at + 6 * STEP) + read(at + 7 * STEP)
    assert found == written


@pytest.mark.django_db
def test_an_empty_table_is_read_to_nothing(at):
    assert read(at) + read(at + STEP) == []
    keys = [line(at).pk]
    assert read(at + 2 * STEP) + read(at + 3 * STEP) == keys


@pytest.mark.django_db
def test_two_readers_have_horizons_of_their_own(at):
    line(at)
    read(at)
    read(at + STEP)
    horizon, _ = safe_key("other", Line.objects.all(), at=at)
    assert horizon.read_to == 0


@on_postgresql
def test_a_slower_writers_row_is_not_skipped(slow_writer, at):
    slow_writer.step("draw")
    slow_writer.step("write")
    later = line(at).pk
    found = read(at) + read(at + STEP) + read(at + 2 * STEP)
    assert found == []
    slow_writer.step("commit")
    found = read(at + 3 * STEP) + read(at + 4 * STEP)
    assert found == [slow_writer.key, later]


@on_postgresql
def test_stopping_at_the_greatest_key_would_skip_it(slow_writer, at):
    slow_writer.step("draw")
    slow_writer.step("write")
    later = line(at).pk
    assert read(at, greatest_key) == [later]
    slow_writer.step("commit")
    assert slow_writer.key not in read(at + STEP, greatest_key)


@on_postgresql
def test_a_row_whose_key_was_drawn_before_its_transaction_had_a_number_is_not_skipped(
    slow_writer, at
):
    slow_writer.step("draw")
    later = line(at).pk
    found = read(at)
    # Only now, well within the time to settle, it gets its number, and then it takes its time.
    slow_writer.step("write")
    found += read(at + STEP) + read(at + 2 * STEP) + read(at + 3 * STEP)
    assert found == []
    slow_writer.step("commit")
    found = read(at + 4 * STEP) + read(at + 5 * STEP)
    assert found == [slow_writer.key, later]


@on_postgresql
def test_a_long_transaction_that_began_later_holds_nobody_up(slow_writer, at):
    keys = [line(at).pk]
    assert read(at) == []
    found = read(at + STEP)
    slow_writer.step("draw")
    slow_writer.step("write")
    assert found + read(at + 2 * STEP) == keys


@on_postgresql
def test_what_the_readers_own_transaction_wrote_holds_nobody_up(shared_database, at):
    with transaction.atomic():
        keys = [line(at).pk]
        assert read(at) + read(at + STEP) == keys


def test_two_readers_at_once_read_each_row_once(shared_database, at):
    keys = [line(at).pk for _ in range(3)]
    read_before = read(at)
    found = each_at_once(lambda _: read(at + STEP), list(range(4)))
    assert sorted(read_before + [key for each in found for key in each]) == keys


@on_postgresql
def test_a_long_transaction_in_another_database_holds_nobody_up(shared_database, at):
    import psycopg

    settings = connection.get_connection_params()
    settings = {
        name: settings[name] for name in ("host", "port", "user", "password") if settings.get(name)
    }
    with psycopg.connect(dbname="postgres", **settings) as other:
        other.execute("SELECT pg_current_xact_id()")
        keys = [line(at).pk]
        assert read(at) + read(at + STEP) == keys


@on_postgresql
def test_a_long_transaction_in_this_database_is_waited_for(slow_writer, at):
    # The control: only what other databases do is left out.
    slow_writer.step("draw")
    slow_writer.step("write")
    line(at)
    assert read(at) + read(at + STEP) + read(at + 2 * STEP) == []
