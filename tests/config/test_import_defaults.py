"""A new installation gets the words to agree to, and knows what lies outside."""

import pytest
from django.core.management import call_command

from youwo.core.recent import forget_all
from youwo.needs.defaults import load_problem_kinds
from youwo.needs.models import OutsideMatter, ProblemKind
from youwo.needs.triage import outside
from youwo.people.models import ConsentText, Skill

pytestmark = pytest.mark.django_db


def test_a_new_installation_has_words_to_agree_to_for_all_that_it_takes_down(capsys):
    call_command("import", "defaults")

    assert set(ConsentText.objects.values_list("purpose", flat=True)) == {
        "account",
        "household",
        "problem",
        "wish",
    }
    assert Skill.objects.exists()


def test_a_new_installation_knows_an_emergency(capsys):
    call_command("import", "defaults")
    forget_all()

    matter = outside("家里着火了")

    assert matter is not None
    assert (matter.kind, matter.telephone) == ("emergency", "119")


def test_a_second_time_adds_nothing_and_leaves_what_people_changed(capsys):
    call_command("import", "defaults")
    OutsideMatter.objects.filter(code="fire").update(where_to_go="本地的说法")

    call_command("import", "defaults")

    assert ConsentText.objects.count() == 4
    assert OutsideMatter.objects.get(code="fire").where_to_go == "本地的说法"


def test_a_new_installation_has_a_catalogue_of_problems(capsys):
    call_command("import", "defaults")

    assert (ProblemKind.objects.count() > 60, load_problem_kinds()) == (True, 0)


def test_every_kind_of_the_usual_catalogue_can_be_kept_as_it_is(capsys):
    call_command("import", "defaults")

    for kind in ProblemKind.objects.all():
        kind.full_clean()
