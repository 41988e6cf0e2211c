"""The command `youwo figures`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import area
from tests.insight.factories import entry, unit_enrolment

DOCS = Path(__file__).parents[2] / "docs"


def figures(*args):
    out = StringIO()
    call_command("figures", *args, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_figures_are_printed_as_json(jinshui):
    entry(jinshui, served=3)
    unit_enrolment(jinshui)
    answer = json.loads(figures("--area", "1408", "--as-of", "2025-04-30", "--format", "json"))
    assert {name: one["value"] for name, one in answer["figures"].items()} == {
        "enrolled_units": 1,
        "enrolled_members": 0,
        "activities": 0,
        "deeds": 1,
        "person_times": 3,
    }


@pytest.mark.django_db
def test_places_below_are_printed_when_asked(jinshui):
    entry(jinshui)
    answer = json.loads(figures("--as-of", "2025-04-30", "--format", "json", "--by-child"))
    assert [(child["area"]["code"], child["figures"]["deeds"]) for child in answer["children"]] == [
        ("140802", 1)
    ]


@pytest.mark.django_db
def test_figures_are_printed_as_a_table(jinshui):
    entry(jinshui, served=1234)
    lines = figures("--as-of", "2025-04-30", "--by-child").splitlines()
    assert lines[5].split() == ["person_times", "v1", "1,234", "(a", "year", "before:", "0)"]


@pytest.mark.django_db
def test_what_was_recorded_later_is_left_out(jinshui):
    entry(jinshui)
    printed = figures("--as-of", "2025-04-30", "--known-at", "2025-01-02T08:00", "--format=json")
    assert json.loads(printed)["figures"]["deeds"]["value"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "args",
    [
        ["--as-of", "2025-02-30"],
        ["--as-of", "yesterday"],
        ["--as-of", "2999-01-01"],
        ["--as-of", "1999-01-01"],
        ["--as-of", "2025-04-30", "--since", "2025-05-01"],
        ["--as-of", "2025-04-30", "--since", "1999-05-01"],
        ["--known-at", "noon"],
        ["--known-at", "2025-13-01T10:00"],
        ["--known-at", "2999-01-01T10:00"],
        ["--area", "999999"],
    ],
)
def test_what_makes_no_sense_is_refused_in_words(args):
    area("1408")
    with pytest.raises(CommandError):
        figures(*args)


def test_the_page_of_definitions_is_current():
    written = (DOCS / "definitions.md").read_text(encoding="utf-8")
    assert written == figures("--definitions")
