"""Who keeps the city's tables, each with a browser."""

import pytest
from django.test import Client
from django.utils import translation

from tests.factories import granted


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def keeper(jinshui):
    """An administrator of the whole city."""
    return granted("administrator", jinshui.parent.parent.parent, name="吴建华")


@pytest.fixture
def administrator(jinshui):
    """An administrator of the county that Jinshui lies in."""
    return granted("administrator", jinshui.parent.parent, name="周文静")


@pytest.fixture
def city_desk(keeper):
    return browser(keeper)


@pytest.fixture
def county_desk(administrator):
    return browser(administrator)


@pytest.fixture
def worker_desk(worker):
    return browser(worker)
