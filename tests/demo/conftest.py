"""A small demo city, built once for the tests that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from youwo.core.recent import forget_all
from youwo.demo import city

SEED, PART = 7, 0.02
# A Wednesday morning, so that everything is in office hours.
NOW = datetime(2026, 3, 18, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def build(**options) -> city.Built:
    """Build a small city at the usual moment, with nothing left of what other tests read."""
    forget_all()
    given = {"now": NOW, "part": PART, **options}
    return city.build(given.pop("seed", SEED), progress=lambda *_: None, **given)


@pytest.fixture(scope="module")
def _built(django_db_setup, django_db_blocker) -> Iterator[city.Built]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def small_city(_built, db) -> city.Built:
    """The small city, as it was right after its build."""
    return _built
