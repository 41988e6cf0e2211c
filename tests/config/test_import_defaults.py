"""A new installation gets the words to agree to, and knows what lies outside."""

import pytest
from django.core.management import call_command

from youwo.core.recent import forget_all
from youwo.needs.models import OutsideMatter
from youwo.needs.triage import outside
from youwo.people.models import ConsentText, Skill

pytestmark = pytest.mark.django_db


def test_a_new_installation_has_words_to_agree_to_for_an_account_and_for_a_wish(capsys):
    call_command("import", "defaults")

    assert set(ConsentText.objects.values_list("purpose", flat=True)) == {"account", "wish"}
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

    assert ConsentText.objects.count() == 2
    assert OutsideMatter.objects.get(code="fire").where_to_go == "本地的说法"
