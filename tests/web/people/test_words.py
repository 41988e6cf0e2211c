"""Every verb that is written into the journal has words for those who read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import youwo
from youwo.web.people import words

SOURCE = Path(youwo.__file__).parent
WRITERS = {"write", "line"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def first(call: ast.Call) -> ast.expr | None:
    return call.args[0] if call.args else None


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


class Module:
    """A module that writes into the journal, and the verbs it writes."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.journal: set[str] = set()
        self.writers: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "youwo.journal":
                self.journal |= {one.asname or one.name for one in node.names}
            elif isinstance(node, ast.Import):
                self.journal |= {
                    one.asname for one in node.names if one.asname and "journal" in one.name
                }
            elif isinstance(node, ast.ImportFrom) and node.module == "youwo.journal.actions":
                named = [one for one in node.names if one.name in WRITERS]
                self.writers |= {one.asname or one.name for one in named}

    def writes(self, call: ast.Call) -> bool:
        function = call.func
        if isinstance(function, ast.Name):
            return function.id in self.writers
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            return False
        return function.attr in WRITERS and function.value.id in self.journal

    def verbs(self) -> set[str]:
        given = [first(call) for call in calls(self.tree) if self.writes(call)]
        found = {text for one in given for text in constants(one)}
        return found | {text for name in names(given) for text in self.of_name(name)}

    def of_name(self, name: str) -> set[str]:
        """Return what a name stands for: what is assigned, passed, or first in a row of them."""
        passing = self.passing(name)
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, FUNCTIONS) and self.hands_on(node, name, passing):
                assigned = [one for one in ast.walk(node) if isinstance(one, ast.Assign)]
                chosen = [one.value for one in assigned if names(one.targets) == {name}]
                found |= {text for one in chosen for text in constants(one)}
            elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and not passing:
                found |= constants(node.elts[0])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found |= constants(argument(node, passing.get(node.func.id), name))
        return found

    def passing(self, name: str) -> dict[str, int]:
        """Return the functions that write what they are given under a name, and its place."""
        functions = [node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS)]
        places = {
            node.name: [one.arg for one in node.args.args].index(name)
            for node in functions
            if name in [one.arg for one in node.args.args]
        }
        found: dict[str, int] = {}
        while True:
            more = {
                node.name: places[node.name]
                for node in functions
                if node.name in places
                and node.name not in found
                and self.hands_on(node, name, found)
            }
            if not more:
                return found
            found |= more

    def hands_on(self, function: ast.AST, name: str, passing: dict[str, int]) -> bool:
        """Say whether a function writes what stands under a name, or passes it to one that does."""
        return any(
            name in names([first(call)])
            if self.writes(call)
            else isinstance(call.func, ast.Name)
            and name in names([argument(call, passing.get(call.func.id), name)])
            for call in calls(function)
        )


def argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    if place is None:
        return None
    if place < len(call.args):
        return call.args[place]
    return next((one.value for one in call.keywords if one.arg == name), None)


def names(nodes: list[ast.expr | None] | list[ast.expr]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def constants(node: ast.expr | None) -> set[str]:
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return {node.value} if is_text else set()


def written() -> set[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        source = path.read_text("utf-8")
        if "journal" in source:
            found |= Module(ast.parse(source)).verbs()
    return found


VERBS = sorted(written())


def test_the_verbs_are_found_however_they_are_written():
    """Some are written out, some chosen between two, some passed on, some in rows."""
    assert {"accept", "switch_off", "enter", "decline", "uphold", "join", "upload"} <= {*VERBS}
    assert not {"find_sound", "sent", "due_at"} & {*VERBS}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_words(verb):
    assert verb in words._VERBS


@pytest.mark.parametrize("verb", sorted(words._VERBS))
def test_the_words_of_a_verb_stand_by_themselves(verb):
    """What it was done to stands on a line of its own, or nowhere."""
    for language in ("en", "zh-hans", "zh-hant"):
        with translation.override(language):
            assert not words.verb(verb).endswith((":", "："))
