"""A database that threads share for real."""

from tests.capacity.conftest import at_once, shared_database  # noqa: F401 (fixtures)
