"""The command that appoints the first administrator."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from youwo.people import rules
from youwo.people.management.commands import administrator as command
from youwo.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _typed(monkeypatch):
    """Somebody types a password at the terminal."""
    monkeypatch.setattr(command, "getpass", lambda prompt: "清早的杏花全开了")


def test_the_first_administrator_keeps_the_whole_city(jinshui, capsys):
    call_command("administrator", "zhou", name="周文静")
    person = Person.objects.get(username="zhou")
    assert person.check_password("清早的杏花全开了")
    assert rules.powers(person, date(2099, 1, 1)).cover(jinshui.pk, "administrator")
    assert "zhou" in capsys.readouterr().out


def test_a_place_that_is_not_loaded_is_named():
    with pytest.raises(CommandError, match="140899"):
        call_command("administrator", "zhou", area="140899")
    assert not Person.objects.exists()


def test_a_weak_password_is_refused(jinshui, monkeypatch):
    monkeypatch.setattr(command, "getpass", lambda prompt: "12345678")
    with pytest.raises(CommandError):
        call_command("administrator", "zhou")
    assert not Person.objects.exists()


def test_a_user_name_is_not_taken_over(jinshui):
    call_command("administrator", "zhou")
    with pytest.raises(CommandError):
        call_command("administrator", "zhou")
    assert Person.objects.count() == 1
