"""The documented settings hold what they promise, and the server refuses what is amiss."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def youwo(home, *words, **variables):
    return subprocess.run(
        [sys.executable, "-c", "from youwo.config.command import main; main()", *words],
        env={"PATH": "", "PYTHONPATH": str(ROOT / "src"), "YOUWO_HOME": str(home), **variables},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def documented() -> dict[str, str]:
    """The settings of the example file, with secrets filled in."""
    text = (ROOT / "docs" / "deploy" / "youwo.env").read_text()
    found = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    secrets = {"YOUWO_SECRET_KEY": KEY * 2, "YOUWO_FIELD_KEYS": f"k1:{KEY}", "YOUWO_BLIND_KEY": KEY}
    assert [name for name in secrets if found[name]] == []
    return {**found, **secrets}


def test_the_documented_settings_pass_every_check_for_production(tmp_path):
    variables = {**documented(), "YOUWO_HOME": str(tmp_path)}

    done = youwo(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **variables)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("missing", ["YOUWO_SECRET_KEY", "YOUWO_FIELD_KEYS", "YOUWO_BLIND_KEY"])
def test_no_secret_has_a_default_outside_the_demo(missing, tmp_path):
    variables = {**documented(), "YOUWO_HOME": str(tmp_path)}
    del variables[missing]

    done = youwo(tmp_path, "check", **variables)

    assert done.returncode != 0
    assert missing in done.stderr


def test_the_demo_makes_its_secrets_once_for_its_owner_alone(tmp_path):
    for _ in range(2):
        assert youwo(tmp_path, "check", YOUWO_DEMO="1").returncode == 0

    secrets = sorted((tmp_path / "secrets").iterdir())
    assert [path.name for path in secrets] == ["blind", "field", "signing"]
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def test_the_server_refuses_a_database_that_was_not_migrated(tmp_path):
    done = youwo(tmp_path, "serve", YOUWO_DEMO="1")

    assert done.returncode != 0
    assert "Run `youwo migrate` first." in done.stderr


@pytest.mark.django_db
def test_the_server_refuses_to_start_without_static_files(installation):
    assert "Run `youwo collect` first." in installation.youwo("serve", ok=False)


@pytest.mark.django_db
def test_the_work_that_is_due_is_done_once_from_cron(installation):
    assert installation.youwo("work", "--once") == ""


def test_every_setting_is_documented():
    settings = (ROOT / "src" / "youwo" / "config" / "settings.py").read_text()
    commands = "".join(
        path.read_text()
        for path in (ROOT / "src" / "youwo" / "config" / "management" / "commands").glob("*.py")
    )
    names = set(re.findall(r'"(YOUWO_[A-Z_]+|DATABASE_URL)"', settings + commands))
    page = (ROOT / "docs" / "howto" / "deploy.md").read_text()

    assert sorted(name for name in names if f"`{name}`" not in page) == []
