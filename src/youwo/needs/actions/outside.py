"""Keeping the list of what lies outside the programme, and where people go with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs.models import OutsideMatter
from youwo.needs.triage import outside_matters
from youwo.people.models import Person, Role
from youwo.people.rules import powers

_KEPT = ("kind", "name", "words", "where_to_go", "telephone", "area_id", "place")
_BETWEEN_WORDS = re.compile(r"[\s,;、，；。]+")
_TELEPHONE = re.compile(r"[0-9+][0-9 -]{1,18}[0-9]")
_SHORTEST = 2
_MOST_WORDS = 60


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is entered of a matter: what it is, the words for it, and where people go with it."""

    kind: str
    name: str
    words: str
    where_to_go: str
    telephone: str = ""
    area: Area | None = None
    place: int = 0


def may_keep_outside(by: Person, area_code: str | None, on: date) -> bool:
    """Say whether somebody keeps the matters of an area; those of everywhere are the city's."""
    held = powers(by, on)
    if area_code is None:
        return any(len(code) == 4 for code in held.codes(Role.ADMINISTRATOR))
    return held.cover(area_code, Role.ADMINISTRATOR)


def _refuse_others(by: Person, area_code: str | None, at: datetime) -> None:
    if may_keep_outside(by, area_code, local_day(at)):
        return
    if area_code is None:
        raise Refused(_("What holds everywhere is kept by the city's administrators."), "area")
    raise Refused(_("This is kept by the administrators of its place."), "area")


def _words(text: str) -> str:
    """Return the words once each, with single spaces. Refuses words that would catch too much."""
    words = list(dict.fromkeys(word for word in _BETWEEN_WORDS.split(text) if word))
    if not words:
        raise Refused(_("Please give at least one word that people use for it."), "words")
    if len(words) > _MOST_WORDS:
        raise Refused(_("Please give at most %(count)s words.") % {"count": _MOST_WORDS}, "words")
    for word in words:
        if len(word) < _SHORTEST:
            raise Refused(
                _("“%(word)s” alone stands in too many wishes. Please use longer words.")
                % {"word": word},
                "words",
            )
    return " ".join(words)


def _checked(entered: Matter) -> dict[str, object]:
    """Return the values to keep. Refuses what would leave people without a way."""
    name, where_to_go = " ".join(entered.name.split()), entered.where_to_go.strip()
    telephone = entered.telephone.strip()
    if not name:
        raise Refused(_("Please give it a name."), "name")
    if not where_to_go:
        raise Refused(_("Please say where people go with it."), "where_to_go")
    if telephone and not _TELEPHONE.fullmatch(telephone):
        raise Refused(_("Please write the telephone number in digits, such as 12345."), "telephone")
    if entered.kind == OutsideMatter.Kind.EMERGENCY and not telephone:
        raise Refused(_("In an emergency people need a number to ring."), "telephone")
    return {
        "kind": entered.kind,
        "name": name,
        "words": _words(entered.words),
        "where_to_go": where_to_go,
        "telephone": telephone,
        "area_id": entered.area.pk if entered.area else None,
        "place": entered.place,
    }


@acting()
def add_outside_matter(entered: Matter, *, by: Person, at: datetime) -> OutsideMatter:
    """Add a matter that this programme does not take on."""
    values = _checked(entered)
    area_code = entered.area.pk if entered.area else None
    _refuse_others(by, area_code, at)
    matter = OutsideMatter.objects.create(code=new_reference("M"), **values)
    journal.write("add", matter, by=by, at=at, area_code=area_code or "")
    outside_matters.forget_after_change()
    return matter


@acting()
def change_outside_matter(
    matter: OutsideMatter, entered: Matter, *, by: Person, at: datetime
) -> OutsideMatter:
    """Change a matter; the journal keeps how it read before."""
    values = _checked(entered)
    matter = OutsideMatter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    _refuse_others(by, matter.area_id, at)
    _refuse_others(by, entered.area.pk if entered.area else None, at)
    before = {name: getattr(matter, name) for name in _KEPT}
    changed = [name for name in _KEPT if before[name] != values[name]]
    if not changed:
        return matter
    for name in changed:
        setattr(matter, name, values[name])
    matter.save(update_fields=[name.removesuffix("_id") for name in changed])
    journal.write(
        "change",
        matter,
        by=by,
        at=at,
        area_code=matter.area_id or "",
        before={name: before[name] for name in changed},
    )
    outside_matters.forget_after_change()
    return matter


@acting()
def switch_outside_matter(
    matter: OutsideMatter, *, active: bool, by: Person, at: datetime
) -> OutsideMatter:
    """Switch a matter off, so that its words lead nowhere any more, or on again."""
    matter = OutsideMatter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    _refuse_others(by, matter.area_id, at)
    if matter.active == active:
        return matter
    matter.active = active
    matter.save(update_fields=["active"])
    verb = "switch_on" if active else "switch_off"
    journal.write(verb, matter, by=by, at=at, area_code=matter.area_id or "")
    outside_matters.forget_after_change()
    return matter
