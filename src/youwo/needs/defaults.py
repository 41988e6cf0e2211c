"""The usual list of what lies outside, to begin with; each place edits its own."""

from __future__ import annotations

import json
from importlib.resources import files

from youwo.needs.models import OutsideMatter
from youwo.needs.triage import outside_matters


def load_outside_matters() -> int:
    """Add the usual outside matters that are not there yet, and return how many were added."""
    rows = json.loads(files("youwo.needs").joinpath("data/outside.json").read_text("utf-8"))
    known = set(OutsideMatter.objects.values_list("code", flat=True))
    new = [OutsideMatter(**row) for row in rows if row["code"] not in known]
    OutsideMatter.objects.bulk_create(new)
    outside_matters.forget_after_change()
    return len(new)
