"""What else somebody who works can open: the links below the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from youwo.needs.rules import ANSWERING
from youwo.organizations.rules import KEEPERS
from youwo.people.models import Role
from youwo.web.access import mandates_of, powers_of
from youwo.web.addresses import address

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_READERS = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)


def _holds(*roles: str) -> Callable[[HttpRequest], bool]:
    return lambda request: powers_of(request).holds(*roles)


def _everybody(request: HttpRequest) -> bool:
    return True


def _with_units(request: HttpRequest) -> bool:
    return powers_of(request).holds(*_READERS) or bool(mandates_of(request))


def _keeps_robots(request: HttpRequest) -> bool:
    return powers_of(request).holds(*KEEPERS) or bool(mandates_of(request))


def _keeps_households(request: HttpRequest) -> bool:
    return any(role == Role.WORKER and len(code) == 12 for role, code in powers_of(request).grants)


@dataclass(frozen=True)
class Link:
    """A page by the name of its address, its words, and for whom it is."""

    page: str
    words: StrPromise
    opens: Callable[[HttpRequest], bool] = _everybody


# What belongs together stands together, under its heading.
MENU: list[tuple[StrPromise, list[Link]]] = [
    (
        _("Cases"),
        [
            Link("hearings:list", _("Hearings"), _holds(*_READERS)),
            Link("needs:staff-list", _("All wishes of my area"), _holds(*_READERS)),
            Link("problems:staff-list", _("All problems of my area"), _holds(*_READERS)),
            Link("service:meetings", _("Joint meetings"), _with_units),
            Link("service:list", _("Problem list and service list"), _holds(*_READERS)),
            Link("service:items", _("Service items"), _with_units),
            Link("dispatch:index", _("Whistles"), _with_units),
            Link("needs:suggestions", _("Complaints and suggestions"), _holds(*ANSWERING)),
        ],
    ),
    (
        _("Places and units"),
        [
            Link("compounds:index", _("Compounds")),
            Link("assets:index", _("Assets"), _with_units),
            Link("organizations:units", _("Units and enrolments"), _with_units),
            Link("pairings:index", _("Pairings"), _with_units),
            Link("pairings:households", _("Households of my community"), _keeps_households),
            Link("evaluation:rounds", _("Evaluations"), _holds(*_READERS)),
        ],
    ),
    (
        _("My own"),
        [
            Link("near:index", _("Near me now")),
            Link("needs:mine", _("My wishes and promises")),
            Link("needs:follow", _("See how far it is")),
            Link("near:record", _("My record")),
            Link("evaluation:mine", _("My evaluations")),
            Link("notices:inbox", _("Messages")),
        ],
    ),
    (
        _("City and system"),
        [
            Link("insight:figures", _("Figures")),
            Link("keeping:index", _("City tables"), _holds(Role.ADMINISTRATOR, Role.WORKER)),
            Link("evaluation:templates", _("Evaluation sheets"), _holds(Role.ADMINISTRATOR)),
            Link("notices:robots", _("Group robots"), _keeps_robots),
            Link("people:index", _("People and roles"), _holds(Role.ADMINISTRATOR)),
            Link("people:journal", _("Journal"), _holds(Role.AUDITOR, Role.ADMINISTRATOR)),
        ],
    ),
]


def links(request: HttpRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return, under their headings, address and words of what this visitor can open."""
    groups = [
        (
            str(heading),
            [(address(link.page), str(link.words)) for link in shown if link.opens(request)],
        )
        for heading, shown in MENU
    ]
    return [(heading, shown) for heading, shown in groups if shown]
