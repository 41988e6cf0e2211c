"""`youwo demo`: what it prints, and what it leaves alone."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.factories import PersonFactory
from youwo.demo import city, signins
from youwo.people.models import Person


def run(*options: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("demo", "--build-only", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def _demo(settings, db):
    settings.DEMO = True


@pytest.mark.usefixtures("_demo")
def test_it_prints_one_sign_in_for_each_role():
    printed = run("--part", "0.004")

    lines = [line.split(maxsplit=1) for line in printed.splitlines()[2:]]
    with translation.override("en"):
        assert lines == [[one.username, str(one.label)] for one in signins.ALL]
    assert signins.PASSWORD in printed


@pytest.mark.usefixtures("_demo")
def test_a_second_run_builds_nothing():
    run("--part", "0.004")
    people, found = Person.objects.count(), city.built()

    run()

    assert (Person.objects.count(), city.built()) == (people, found)


@pytest.mark.usefixtures("_demo")
def test_another_seed_needs_a_rebuild():
    run("--part", "0.004", "--seed", "3")

    with pytest.raises(CommandError):
        run("--seed", "4")


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize("options", [[], ["--rebuild"]])
def test_a_city_of_real_people_is_left_alone(options):
    person = PersonFactory()

    with pytest.raises(CommandError):
        run(*options)
    assert list(Person.objects.all()) == [person]


def test_it_refuses_to_run_outside_the_demo(settings, db):
    settings.DEMO = False

    with pytest.raises(CommandError):
        run()
