"""People at the pages about people."""

from tests.people.conftest import *  # noqa: F403
