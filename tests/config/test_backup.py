"""What is backed up while people work comes back whole."""

from __future__ import annotations

import json
import os
import tarfile

import pytest

# For the copy of the tests' database that every installation begins with.
pytestmark = pytest.mark.django_db

WRITE_PAIRS = """
from django.db import transaction
from django.utils import timezone
from youwo.journal.actions import write
from youwo.people.models import Person

number = 0
while True:
    with transaction.atomic():
        at = timezone.now()
        person = Person.objects.create(name="郑安", phone=f"139{number:08d}", joined_at=at)
        write("join", person, by=None, at=at)
    number += 1
    if number == 20:
        print("writing", flush=True)
"""

COUNT = """
from django.apps import apps
import json
print(json.dumps({model._meta.label: model._default_manager.count()
                  for model in apps.get_models(include_auto_created=True)}))
"""


def counts(installation):
    return json.loads(installation.python(COUNT))


def fill(installation):
    installation.python(
        "from django.utils import timezone\n"
        "from youwo.people.models import Person\n"
        "from youwo.journal.actions import write\n"
        "at = timezone.now()\n"
        "for n in range(30):\n"
        "    p = Person.objects.create(name='张敬之', phone=f'138{n:08d}', joined_at=at)\n"
        "    write('join', p, by=None, at=at, reason='制表\\t换行\\n反斜\\\\线')\n"
    )


def test_a_backup_made_while_people_write_is_of_one_moment(make_installation, tmp_path):
    source, target = make_installation(), make_installation()
    with source.start(WRITE_PAIRS) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            source.youwo("backup", str(tmp_path / "whole.tar.gz"))
        finally:
            writer.kill()
    target.youwo("restore", str(tmp_path / "whole.tar.gz"))

    found = counts(target)
    assert found["people.Person"] == found["journal.Line"]
    assert 20 <= found["people.Person"] < counts(source)["people.Person"]


def test_everything_comes_back_and_goes_on(make_installation, tmp_path):
    source, target = make_installation(), make_installation()
    fill(source)
    (source.home / "media" / "wishes").mkdir(parents=True)
    (source.home / "media" / "wishes" / "photo.webp").write_bytes(b"picture")

    source.youwo("backup", str(tmp_path / "whole.tar.gz"))
    target.youwo("restore", str(tmp_path / "whole.tar.gz"))

    assert counts(target) == counts(source)
    assert (target.home / "media" / "wishes" / "photo.webp").read_bytes() == b"picture"
    same = (
        "from youwo.journal.models import Line\n"
        "print(list(Line.objects.order_by('pk').values_list('pk', 'at', 'reason')))"
    )
    assert target.python(same) == source.python(same)
    # New rows take new keys.
    add_one = (
        "from django.db.models import Max\n"
        "from django.utils import timezone\n"
        "from youwo.people.models import Person\n"
        "last = Person.objects.aggregate(last=Max('pk'))['last']\n"
        "print(Person.objects.create(name='新', joined_at=timezone.now()).pk - last)"
    )
    assert target.python(add_one) == "1"


def test_restored_tables_still_refuse_changes(make_installation, tmp_path):
    source, target = make_installation(), make_installation()
    fill(source)
    source.youwo("backup", str(tmp_path / "whole.tar.gz"))
    target.youwo("restore", str(tmp_path / "whole.tar.gz"))

    triggers = (
        "from django.db import connection\n"
        "c = connection.cursor()\n"
        "c.execute(\"SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name\""
        " if connection.vendor == 'sqlite' else 'SELECT tgname FROM pg_trigger"
        " WHERE NOT tgisinternal')\n"
        "print(c.fetchall())"
    )
    assert target.python(triggers) == source.python(triggers)


def test_a_database_with_people_is_replaced_only_when_told(make_installation, tmp_path):
    source, target = make_installation(), make_installation()
    fill(source)
    fill(target)
    fill_again = "from youwo.people.models import Person\nPerson.objects.update(name='旧')"
    target.python(fill_again)
    source.youwo("backup", str(tmp_path / "whole.tar.gz"))

    refusal = target.youwo("restore", str(tmp_path / "whole.tar.gz"), ok=False)
    assert "already holds people" in refusal
    target.youwo("restore", "--replace", str(tmp_path / "whole.tar.gz"))

    names = (
        "from youwo.people.models import Person\n"
        "print(set(Person.objects.values_list('name', flat=True)))"
    )
    assert target.python(names) == "{'张敬之'}"


def test_a_damaged_backup_is_refused_before_anything_is_touched(make_installation, tmp_path):
    source, target = make_installation(), make_installation()
    fill(source)
    source.youwo("backup", str(tmp_path / "whole.tar.gz"))
    with tarfile.open(tmp_path / "whole.tar.gz") as tar:
        tar.extractall(tmp_path / "parts", filter="data")
    part = next(p for p in (tmp_path / "parts").rglob("*") if p.is_file() and p.stat().st_size > 9)
    part = next((p for p in (tmp_path / "parts").rglob("people_person") if p.is_file()), part)
    if part.name == "manifest.json":
        part = tmp_path / "parts" / "database"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    with tarfile.open(tmp_path / "changed.tar.gz", "w:gz") as tar:
        for path in sorted((tmp_path / "parts").rglob("*")):
            if path.is_file():
                tar.add(path, path.relative_to(tmp_path / "parts").as_posix())

    assert "is damaged" in target.youwo("restore", str(tmp_path / "changed.tar.gz"), ok=False)
    (tmp_path / "cut.tar.gz").write_bytes((tmp_path / "whole.tar.gz").read_bytes()[:2000])
    assert "damaged" in target.youwo("restore", str(tmp_path / "cut.tar.gz"), ok=False)
    assert counts(target)["people.Person"] == 0


def test_a_backup_never_overwrites_a_file_and_is_for_its_owner_alone(installation, tmp_path):
    installation.youwo("backup", str(tmp_path / "one.tar.gz"))

    assert "exists already" in installation.youwo("backup", str(tmp_path / "one.tar.gz"), ok=False)
    assert os.stat(tmp_path / "one.tar.gz").st_mode & 0o777 == 0o600


def test_a_database_in_use_is_not_replaced(make_installation, tmp_path):
    source, target = make_installation(), make_installation()
    source.youwo("backup", str(tmp_path / "whole.tar.gz"))
    if not target.database_url.startswith("sqlite"):
        return
    reader = (
        "from django.db import connection\n"
        "connection.cursor().execute('SELECT 1 FROM people_person')\n"
        "print('open', flush=True); import time; time.sleep(60)"
    )
    with target.start(reader) as user:
        try:
            assert user.stdout is not None
            assert user.stdout.readline() == "open\n"
            refusal = target.youwo("restore", str(tmp_path / "whole.tar.gz"), ok=False)
        finally:
            user.kill()
    assert "Stop the server" in refusal
