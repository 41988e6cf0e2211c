"""What pages say of reasons that the system gives, and of plans that are not possible."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from youwo.areas import queries as areas
from youwo.organizations.actions.households import WITHDRAWN
from youwo.organizations.actions.plans import PLANNED, UNDONE

_OWN_REASONS = {
    PLANNED: gettext_lazy("a plan of pairs gave the place to another unit"),
    UNDONE: gettext_lazy("a plan of pairs was taken back"),
    WITHDRAWN: gettext_lazy("the household withdrew its consent"),
}


def ended_why(reason: str) -> str:
    """Return a reason in words; people's own stand as they are."""
    return str(_OWN_REASONS.get(reason, reason))


def trouble(found: dict[str, Any]) -> str:
    """Say why a plan is not possible, and what must be loosened."""
    kind = found.get("kind")
    if kind == "failed":
        return _("Something went wrong while it was worked out. Please ask for the plan once more.")
    if kind == "no_places":
        return _(
            "There is no such place in this area yet. Choose others, or enter compounds first."
        )
    if kind == "no_units":
        return _("No unit is enrolled or paired here yet. Enrol units first.")
    if kind == "too_little_room":
        return _(
            "%(places)s places wait for a unit, but the units may take only %(room)s more."
            " Let each have at least %(needed)s, or allow more than the fair share."
        ) % {"places": found["places"], "room": found["room"], "needed": found["needed"]}
    if kind == "too_few_places":
        return _(
            "The units must get %(asked)s places in all, but only %(places)s are free."
            " Allow fewer than the fair share, or do not keep today's pairs."
        ) % {"asked": found["asked"], "places": found["places"]}
    named = areas.for_codes(found.get("named", []))
    names = "、".join(
        f"{area.parent.name if area.parent else ''}{area.name}" for area in named.values()
    )
    return ngettext(
        "For %(places)s place no unit near enough has room: %(names)s."
        " Allow a longer way, or more than the fair share.",
        "For %(places)s places no unit near enough has room, among them: %(names)s."
        " Allow a longer way, or more than the fair share.",
        found.get("places", 0),
    ) % {"places": found.get("places", 0), "names": names}


def kilometres(hundreds: float | None) -> str:
    """Return a distance in hundreds of metres as kilometres."""
    return "" if hundreds is None else f"{hundreds / 10:.1f}"
