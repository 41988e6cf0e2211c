"""What holds for every template, found by reading it."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import youwo

PACKAGE = Path(youwo.__file__).parent
TEMPLATES = PACKAGE / "web/templates"
VENDOR = PACKAGE / "web/static/vendor"
NAMES = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.rglob("*")
    if path.suffix in (".html", ".txt", ".svg")
)


def _pages():
    return [name for name in NAMES if name.endswith(".html")]


def _text(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_template_parses(name):
    get_template(name)


@pytest.mark.parametrize("name", _pages())
def test_template_has_nothing_inline_that_the_policy_refuses(name):
    text = _text(name)

    assert re.findall(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\shx-on", text) == []
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []


@pytest.mark.parametrize("name", _pages())
def test_template_takes_nothing_from_other_sites(name):
    assert re.findall(r"(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", _text(name)) == []


@pytest.mark.parametrize("name", _pages())
def test_control_of_htmx_also_works_without_scripts(name):
    """Whatever writes by htmx is a form or a button in one; a link that fetches has an address."""
    tags = re.findall(r"<(\w+)\b([^>]*\shx-(?:get|post|put|delete|patch)=[^>]*)>", _text(name))

    writing = {tag for tag, rest in tags if not re.search(r"\shx-get=", rest)}
    assert writing <= {"form", "button"}
    assert [rest for tag, rest in tags if tag == "a" and "href=" not in rest] == []


@pytest.mark.parametrize("name", _pages())
def test_form_that_writes_carries_its_token(name):
    forms = re.findall(r"<form\b[^>]*method=[\"']?post.*?</form>", _text(name), re.DOTALL | re.I)

    assert [form[:80] for form in forms if "{% csrf_token %}" not in form] == []


def test_vendored_icons_are_those_in_use():
    there = {path.stem for path in VENDOR.glob("tabler-icons-*/*.svg")}
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for pattern in ("web/**/*.html", "**/*.py")
        for path in PACKAGE.glob(pattern)
    )
    words = set(re.findall(r"[\"']([a-z0-9-]+)[\"']", source))

    assert sorted(there - words) == []


@pytest.mark.parametrize("name", _pages())
def test_icon_of_a_template_is_vendored(name):
    used = set(re.findall(r"{% icon \"([^\"]+)\"", _text(name)))
    used |= set(re.findall(r"\bicon=\"([^\"]+)\"", _text(name)))

    assert [
        icon for icon in sorted(used) if not any(VENDOR.glob(f"tabler-icons-*/{icon}.svg"))
    ] == []
