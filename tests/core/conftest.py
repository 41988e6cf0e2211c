"""A database that threads share for real."""

from tests.capacity.conftest import shared_database  # noqa: F401 (a fixture)
