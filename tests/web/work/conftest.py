"""One morning at work."""

from tests.web.needs.conftest import _now, at_work, helper, unit  # noqa: F401
