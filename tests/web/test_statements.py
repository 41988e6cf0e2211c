"""The limit of statements holds for every request, and a page beyond it fails its test."""

from __future__ import annotations

import pytest

from tests.web import statements

pytestmark = pytest.mark.django_db


def test_a_page_that_costs_too_much_fails_its_test(client, monkeypatch):
    monkeypatch.setattr(statements, "MOST", 0)
    with pytest.raises(AssertionError, match="figures costs"):
        client.get("/figures/")
