"""The figures that the programme publishes, each under a name, with its definition in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


class Clock(Enum):
    """How a cut-off date is read."""

    IN_FORCE = "in force"
    SINCE = "since"

    @property
    def label(self) -> Text:
        return _CLOCKS[self]


_CLOCKS: dict[Clock, Text] = {
    Clock.IN_FORCE: _("What is in force on the cut-off day."),
    Clock.SINCE: _(
        "What happened from 1 January of the year of the cut-off day, or from the first day given,"
        " up to and including the cut-off day."
    ),
}


@dataclass(frozen=True)
class Definition:
    """What a figure counts. A change of meaning makes a new version; the name stays."""

    name: str
    version: int
    title: Text
    short: Text
    # Its sentences.
    text: tuple[Text, ...]
    # What one of them is called, after the number.
    unit: Text
    clock: Clock
    source: Text
    # What the list behind the figure holds, and what one must know beside the number.
    opens: Text
    note: Text = ""
    # The kinds of ledger entry it is made of; none for enrolments.
    kinds: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_in_force(self) -> bool:
        return self.clock is Clock.IN_FORCE


_PLACES: Text = _(
    "Counted in the place where it happened and in every place above it. A place whose code has"
    " ended counts under its successor."
)
_REVERSED: Text = _("An entry taken back by a correction counts no more from that moment on.")


_ALL = (
    Definition(
        name="enrolled_units",
        version=1,
        title=_("Enrolled unit organisations"),
        short=pgettext_lazy("column of figures", "Units"),
        text=(
            _(
                "Distinct units whose party organisation has an enrolment with a community that"
                " is in force on the cut-off day."
            ),
            _(
                "A unit enrolled with several communities counts once in each of them, and once in"
                " every place that holds them all; so the parts may add up to more than the whole."
            ),
            _("Enrolments recorded by mistake and voided do not count."),
            _("A community whose code has ended counts under its successor."),
        ),
        unit=pgettext_lazy("unit of a figure: unit organisations", "organisations"),
        clock=Clock.IN_FORCE,
        source=_(
            "Double enrolment: a unit's party organisation enrols with the community (chapter 1"
            " of the programme)."
        ),
        opens=_("One enrolment for each unit."),
    ),
    Definition(
        name="enrolled_members",
        version=1,
        title=_("Enrolled serving members"),
        short=pgettext_lazy("column of figures", "Members"),
        text=(
            _(
                "Distinct people whose enrolment as a serving member, with a community and the"
                " compound where they live, is in force on the cut-off day."
            ),
            _("Whoever retires or moves away counts until the day their enrolment ends."),
            _(
                "Somebody enrolled with several communities counts once in each of them, and once"
                " in every place that holds them all."
            ),
            _("Enrolments recorded by mistake and voided do not count."),
            _("A community whose code has ended counts under its successor."),
        ),
        unit=pgettext_lazy("unit of a figure: members", "people"),
        clock=Clock.IN_FORCE,
        source=_(
            "Double enrolment: a serving member enrols with the community and the compound where"
            " they live (chapter 1 of the programme)."
        ),
        opens=_("One enrolment for each person, with the name masked."),
    ),
    Definition(
        name="activities",
        version=1,
        title=_("Volunteer activities"),
        short=pgettext_lazy("column of figures", "Activities"),
        text=(
            _("Volunteer activities that took place. What was only announced does not count."),
            _("An activity counts on the day on which it took place."),
            _REVERSED,
            _PLACES,
        ),
        unit=pgettext_lazy("unit of a figure: activities", "activities"),
        clock=Clock.SINCE,
        source=_(
            "Regulations on Volunteer Service (State Council Decree No. 685): records are true,"
            " free of charge and complete."
        ),
        opens=_("The entries of these activities in the ledger."),
        kinds=("activity",),
    ),
    Definition(
        name="deeds",
        version=1,
        title=_("Good deeds done"),
        short=pgettext_lazy("column of figures", "Deeds"),
        text=(
            _(
                "Deeds that their recipient accepted, by themselves or through somebody who wrote"
                " down their word. What waits for acceptance does not count."
            ),
            _("A deed counts on the day on which it was done."),
            _REVERSED,
            _PLACES,
        ),
        unit=pgettext_lazy("unit of a figure: deeds", "deeds"),
        clock=Clock.SINCE,
        source=_("The programme's own rule: only the recipient says that a deed is done."),
        opens=_("The entries of these deeds in the ledger."),
        kinds=("deed",),
    ),
    Definition(
        name="person_times",
        version=1,
        title=_("Person-times served"),
        short=pgettext_lazy("column of figures", "Person-times"),
        text=(
            _(
                "The sum of the people served by each volunteer activity and each deed. These are"
                " person-times, not people: somebody served twice counts twice."
            ),
            _(
                "Each entry says how its number was found: each one known, counted on the spot, or"
                " estimated."
            ),
            _REVERSED,
            _PLACES,
        ),
        unit=pgettext_lazy("unit of a figure: person-times", "person-times"),
        clock=Clock.SINCE,
        source=_("Follows the definitions of activities and deeds, version 1 each."),
        opens=_("The entries whose numbers add up to this sum."),
        note=_("Somebody served twice counts twice."),
        kinds=("activity", "deed"),
    ),
)

DEFINITIONS: Mapping[str, Definition] = MappingProxyType({d.name: d for d in _ALL})


def as_markdown() -> str:
    """Write the definitions as the page docs/definitions.md."""
    lines = [
        "# Definitions of the figures",
        "",
        "Written by `youwo figures --definitions` from `youwo/insight/definitions.py`;"
        " do not edit it by hand.",
        "",
        "A figure is a query over recorded facts with a cut-off day and, where asked, a moment"
        " *as known at*: what was recorded after that moment is left out. A figure for a place"
        " covers everything below it. Values of 1 and 2 in communities and compounds are not"
        " shown to the public.",
    ]
    for definition in DEFINITIONS.values():
        lines += [
            "",
            f"## {definition.title}",
            "",
            f"`{definition.name}`, version {definition.version}. Counted in {definition.unit}.",
            "",
            " ".join(map(str, definition.text)),
            "",
            f"- Clock: {definition.clock.label}",
            f"- Behind it: {definition.opens}",
            f"- Source: {definition.source}",
        ]
    return "\n".join(lines) + "\n"
