"""What comes with the product to begin with: what lies outside, and the catalogue of problems.

Each place edits its own.
"""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

from youwo.needs.models import OutsideMatter, ProblemKind
from youwo.needs.triage import catalogue, outside_matters


def load_outside_matters() -> int:
    """Add the usual outside matters that are not there yet, and return how many were added."""
    rows = json.loads(files("youwo.needs").joinpath("data/outside.json").read_text("utf-8"))
    known = set(OutsideMatter.objects.values_list("code", flat=True))
    new = [OutsideMatter(**row) for row in rows if row["code"] not in known]
    OutsideMatter.objects.bulk_create(new)
    outside_matters.forget_after_change()
    return len(new)


def load_problem_kinds() -> int:
    """Add the usual kinds of problems that are not there yet, and return how many were added."""
    table = tomllib.loads(files("youwo.needs").joinpath("data/problems.toml").read_text("utf-8"))
    known = ProblemKind.objects.values_list("code", "name")
    codes, names = {code for code, _ in known}, {name for _, name in known}
    new = [
        ProblemKind(place=place, **row)
        for place, row in enumerate(table["kind"], start=1)
        if row["code"] not in codes and row["name"] not in names
    ]
    ProblemKind.objects.bulk_create(new)
    catalogue.forget_after_change()
    return len(new)
