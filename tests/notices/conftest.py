"""A chat platform that robots reach over real HTTP."""

import pytest

from tests.notices import receiver
from tests.notices.factories import RobotFactory


@pytest.fixture
def platform(settings):
    """A platform on this machine; robots may post to it."""
    found = receiver.start()
    settings.ROBOT_TEST_HOSTS = [found.host]
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def robot_at(platform, db):
    """Make a robot of one kind whose group is at the platform."""

    def make(kind: str, **values):
        return RobotFactory(platform=kind, address=platform.address(kind), **values)

    return make
