"""The pages for people who read the code lead somewhere, and leave nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from youwo.config.periodic import JOBS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
_LINK = re.compile(r'\]\(([^)\s]+)\)|src="([^"]+)"')
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def links(page: Path) -> list[str]:
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    return [one or other for one, other in _LINK.findall(text)]


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page_or_file(page):
    broken = []
    for link in links(page):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(link)

    assert broken == []


def test_every_decision_is_in_the_list_in_order():
    written = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    listed = re.findall(r"\((0[\w-]+\.md)\)", (DOCS / "decisions" / "README.md").read_text())

    assert listed == written
    assert [int(name[:4]) for name in written] == list(range(1, len(written) + 1))


def test_the_map_leads_to_every_how_to():
    written = {f"howto/{path.name}" for path in (DOCS / "howto").glob("*.md")}
    linked = {link.partition("#")[0] for link in links(DOCS / "map.md")}

    assert written - linked == set()


def test_the_map_names_everything_that_happens_by_itself():
    text = (DOCS / "map.md").read_text(encoding="utf-8")

    assert [job.name for job in JOBS if job.function.removeprefix("youwo.") not in text] == []


def test_both_readmes_show_the_same_pictures_and_figures():
    english, chinese = ((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
    figures = re.compile(r"^(\w+ v\d+ .*)$", re.MULTILINE)
    pictures = re.compile(r"docs/images/[\w-]+\.png")

    assert figures.findall(english) == figures.findall(chinese) != []
    assert pictures.findall(english) == pictures.findall(chinese) != []
