"""What holds in every test of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web import statements


@pytest.fixture(autouse=True, scope="session")
def _no_page_costs_too_much() -> Iterator[None]:
    with statements.kept_in_every_request():
        yield
