"""People who keep the roles, at three heights."""

import pytest
from django.utils import translation

from tests import factories


@pytest.fixture
def in_english():
    """Sentences as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def administrator(jinshui):
    """An administrator of the county that Jinshui lies in."""
    return factories.granted("administrator", jinshui.parent.parent, name="周文静")


@pytest.fixture
def city_administrator(jinshui):
    return factories.granted("administrator", jinshui.parent.parent.parent, name="吴建华")


@pytest.fixture
def foreign_administrator(elsewhere):
    """An administrator of another county."""
    return factories.granted("administrator", elsewhere.parent.parent, name="郭海燕")


@pytest.fixture
def texts(db):
    """The words for an account and for a wish."""
    return [
        factories.ConsentTextFactory(purpose="account", text="同意建立账号。"),
        factories.ConsentTextFactory(purpose="wish"),
    ]
