"""The packages keep their order, and the tree holds nothing that belongs to one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
ORDER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][
    0
]["layers"]
HEIGHT = {name: height for height, name in enumerate(reversed(ORDER))}
# A machine's own folders, and where packages come from: the reader has others.
FOREIGN = re.compile(
    r"(?<![\w./$}~-])/(?:home|root|Users|opt|mnt)/\w"
    r"|\b(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com)\b"
)
# The lock file names its index, and the list of vendored files says where each came from.
MAY_NAME_SOURCES = {"uv.lock"}


def ours():
    return [config for config in apps.get_app_configs() if config.name.startswith("youwo.")]


def tree() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not in a checkout")
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_every_package_has_its_place_in_the_order():
    packages = {path.parent.name for path in (ROOT / "src" / "youwo").glob("*/__init__.py")}

    assert packages == set(ORDER)


@pytest.mark.parametrize("config", ours(), ids=lambda config: config.label)
def test_foreign_keys_point_only_to_packages_below(config):
    pointing_up = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in config.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is not None
        for target in [field.related_model._meta.app_config]
        if target.name.startswith("youwo.")
        and HEIGHT[target.name.split(".")[1]] > HEIGHT[config.name.split(".")[1]]
    ]

    assert pointing_up == []


def test_the_map_names_every_package():
    listed = re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "map.md").read_text(), re.MULTILINE)

    assert listed == list(reversed(ORDER))


def test_every_package_and_module_says_what_it_holds():
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src" / "youwo").rglob("*.py")
        if "migrations" not in path.parts
        and "management" not in path.parts
        and not path.read_text().lstrip().startswith('"""')
    ]

    assert silent == []


def test_the_tree_belongs_to_no_machine():
    found = []
    for path in tree():
        if path.name in MAY_NAME_SOURCES or path.suffix in {".csv", ".geojson", ".png", ".webp"}:
            continue
        if "vendor" in path.parts or path == Path(__file__) or not path.is_file():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in FOREIGN.findall(text)]

    assert found == []


def test_every_command_says_what_it_does():
    commands = {name: app for name, app in get_commands().items() if app.startswith("youwo.")}

    silent = [name for name, app in commands.items() if not load_command_class(app, name).help]

    assert {"backup", "demo", "restore", "serve", "work"} <= set(commands)
    assert silent == []
