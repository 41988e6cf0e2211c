"""Keeping the catalogue of problems: what is recorded, when it opens and closes, who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.models import ProblemKind
from youwo.needs.triage import catalogue
from youwo.people.models import Person, Role
from youwo.people.rules import powers

_BETWEEN_WORDS = re.compile(r"[\s,;、，；。]+")


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What is entered of a kind: the six columns, the words for it, and where it is found."""

    group: str
    name: str
    record: str
    opens: str
    hours: int
    closes: str
    responsible: str
    responsible_kind: str
    words: str = ""
    duty: bool = True
    urban: bool = True
    rural: bool = True
    place: int = 0


_KEPT = tuple(field.name for field in fields(Entered))


def may_keep_catalogue(by: Person, on: date) -> bool:
    """Say whether somebody keeps the catalogue: it is the whole city's."""
    return powers(by, on).cover(settings.CITY, Role.ADMINISTRATOR)


def _refuse_others(by: Person, at: datetime) -> None:
    if not may_keep_catalogue(by, local_day(at)):
        raise Refused(_("The catalogue is kept by the city's administrators."))


def _checked(entered: Entered, *, code: str = "") -> dict[str, object]:
    if not (entered.urban or entered.rural):
        raise Refused(_("Please say where it is found: compounds, villages or both."), "urban")
    if ProblemKind.objects.filter(name=entered.name).exclude(pk=code).exists():
        raise Refused(_("The catalogue has a kind of this name already."), "name")
    values = {name: getattr(entered, name) for name in _KEPT}
    words = dict.fromkeys(word for word in _BETWEEN_WORDS.split(entered.words) if word)
    return {**values, "words": " ".join(words)}


@acting()
def add_kind(entered: Entered, *, by: Person, at: datetime) -> ProblemKind:
    """Add a kind to the catalogue. It holds at once."""
    _refuse_others(by, at)
    kind = ProblemKind.objects.create(code=new_reference("K"), **_checked(entered))
    journal.write("add", kind, by=by, at=at)
    catalogue.forget_after_change()
    return kind


@acting()
def change_kind(kind: ProblemKind, entered: Entered, *, by: Person, at: datetime) -> ProblemKind:
    """Change a kind; the journal keeps how it read before. What is open keeps its time."""
    _refuse_others(by, at)
    kind = ProblemKind.objects.select_for_update().get(pk=kind.pk)
    values = _checked(entered, code=kind.pk)
    before = {name: getattr(kind, name) for name in _KEPT}
    changed = [name for name in _KEPT if before[name] != values[name]]
    if not changed:
        return kind
    for name in changed:
        setattr(kind, name, values[name])
    kind.save(update_fields=changed)
    journal.write("change", kind, by=by, at=at, before={name: before[name] for name in changed})
    catalogue.forget_after_change()
    return kind


@acting()
def switch_kind(kind: ProblemKind, *, active: bool, by: Person, at: datetime) -> ProblemKind:
    """Switch a kind off, so that it is no longer offered, or on again."""
    _refuse_others(by, at)
    kind = ProblemKind.objects.select_for_update().get(pk=kind.pk)
    if kind.active == active:
        return kind
    kind.active = active
    kind.save(update_fields=["active"])
    journal.write("switch_on" if active else "switch_off", kind, by=by, at=at)
    catalogue.forget_after_change()
    return kind
