import pytest
from django.db import transaction

from youwo.core import recent
from youwo.core.recent import Recent


@pytest.fixture
def counted():
    calls = []

    @Recent
    def load():
        """Count the calls."""
        calls.append(1)
        return len(calls)

    yield load
    Recent.made.remove(load)


def test_what_was_loaded_is_kept(counted):
    assert (counted(), counted()) == (1, 1)


def test_after_a_minute_it_is_loaded_anew(counted, monkeypatch):
    now = 1000.0
    monkeypatch.setattr("youwo.core.recent.time.monotonic", lambda: now)
    assert counted() == 1
    now += 60
    assert counted() == 1
    now += 0.1
    assert counted() == 2


def test_what_is_forgotten_is_loaded_anew(counted):
    counted()
    counted.forget()
    assert counted() == 2
    recent.forget_all()
    assert counted() == 3


@pytest.mark.django_db
def test_a_change_is_seen_at_once_and_after_the_commit(counted, django_capture_on_commit_callbacks):
    counted()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        counted.forget_after_change()
        assert counted() == 2
    assert counted() == 3


def test_it_is_called_what_it_loads(counted):
    assert (counted.__name__, counted.__doc__) == ("load", "Count the calls.")
