"""Taking over official codes, adding and renaming compounds, ending codes, and compounds' facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.areas import definitions, queries, rules
from youwo.areas.models import CORRECTED, Area, CompoundFact, DefinitionChoice
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal

_LOADED = ("kind", "name", "official_name", "parent_id", "rural", "statistical")
_LAST_NUMBER = 9999
_LONGEST_DETAIL = CompoundFact._meta.get_field("detail").max_length or 0


@dataclass(frozen=True)
class Loaded:
    """What a load did: how many places were added and changed, and codes the source left out."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)


def _read(rows: Iterable[Mapping[str, str]]) -> dict[str, Area]:
    """Make unsaved places from rows, and refuse rows that fit nowhere, naming the first of them."""
    places: dict[str, Area] = {}
    for number, row in enumerate(rows, start=2):
        code, name = (row.get("code") or "").strip(), (row.get("name") or "").strip()
        if row.get("level") == "province":
            continue
        kind = rules.kind_of(code)
        if kind is None or not name:
            raise Refused(
                _("Row %(number)s has no official code and name of a place: “%(code)s”.")
                % {"number": number, "code": code}
            )
        if code in places:
            raise Refused(
                _("Row %(number)s repeats the code %(code)s.") % {"number": number, "code": code}
            )
        places[code] = Area(
            code=code,
            kind=kind,
            name=rules.short_name(name),
            official_name=name,
            parent_id=rules.code_above(code),
            rural=rules.is_rural(name),
            statistical=rules.is_statistical(code, name),
        )
    return places


@acting()
def load(rows: Iterable[Mapping[str, str]], at: datetime) -> Loaded:
    """Take over official codes and names (columns code, name, level), set-based and repeatable.

    Refuses a row without a code or name, a code given twice, and a place without one above it.
    Places that the rows leave out stay as they are; `Loaded.missing` lists them, for somebody to
    `end` with a successor.
    """
    places = _read(rows)
    known = {
        code: values
        for code, *values in Area.objects.exclude(kind=Area.Kind.COMPOUND).values_list(
            "code", *_LOADED
        )
    }
    for code, place in places.items():
        above = place.parent_id
        if above is not None and above not in places and above not in known:
            raise Refused(
                _("The place above %(code)s, %(above)s, is missing.")
                % {"code": code, "above": above}
            )
    added = [place for code, place in places.items() if code not in known]
    changed = [
        place
        for code, place in places.items()
        if code in known and known[code] != [getattr(place, name) for name in _LOADED]
    ]
    # Those above come first: a database may check the reference row by row.
    added.sort(key=lambda place: len(place.code))
    Area.objects.bulk_create(added, batch_size=1000)
    Area.objects.bulk_create(
        changed,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[name.removesuffix("_id") for name in _LOADED],
    )
    roots = [code for code in places if places[code].parent_id not in places]
    if (added or changed) and roots:
        journal.write(
            "load",
            places[roots[0]],
            by=None,
            at=at,
            area_code=roots[0],
            added=len(added),
            changed=len(changed),
        )
    covered = models.Q(pk__in=[])
    for root in roots:
        covered |= queries.within(root, "code")
    missing = (
        Area.objects.exclude(kind=Area.Kind.COMPOUND)
        .filter(covered, valid_to__isnull=True)
        .exclude(code__in=places if len(places) < 500 else [])
        .order_by("code")
        .values_list("code", flat=True)
    )
    return Loaded(
        added=len(added),
        changed=len(changed),
        unchanged=len(places) - len(added) - len(changed),
        missing=[code for code in missing if code not in places],
    )


@acting()
def add_compound(
    community: Area,
    *,
    name: str,
    by: models.Model | None,
    at: datetime,
    on: date | None = None,
    longitude: Any = None,
    latitude: Any = None,
) -> Area:
    """Add a compound (小区) to a community, under the next local number: `140802005022-0001`.

    Refuses places other than communities in force, and a name already in use there.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please give the compound a name."), "name")
    if len(name) > 60:
        raise Refused(_("A compound's name has at most 60 characters."), "name")

    # Locked, because two people may add compounds at once and each needs a number of its own.
    # Rows that point to the community are not kept waiting.
    community = Area.objects.select_for_update(no_key=True).get(pk=community.pk)
    if community.kind != Area.Kind.COMMUNITY:
        raise Refused(_("Only a community or village can have compounds."))
    if community.valid_to is not None:
        raise Refused(_("The code of this community has ended. Please choose its successor."))
    below = Area.objects.filter(parent=community, kind=Area.Kind.COMPOUND)
    if below.filter(name=name, valid_to__isnull=True).exists():
        raise Refused(_("This community already has a compound of that name."), "name")

    greatest = below.aggregate(greatest=Max("code"))["greatest"]
    number = int(greatest.partition("-")[2]) + 1 if greatest else 1
    if number > _LAST_NUMBER:
        raise Refused(_("This community has no compound numbers left."))
    compound = Area.objects.create(
        code=f"{community.code}-{number:04d}",
        kind=Area.Kind.COMPOUND,
        name=name,
        official_name=name,
        parent=community,
        rural=community.rural,
        valid_from=on,
        longitude=longitude,
        latitude=latitude,
    )
    journal.write("add", compound, by=by, at=at, area_code=compound.code)
    return compound


@acting()
def rename_compound(compound: Area, *, name: str, by: models.Model | None, at: datetime) -> Area:
    """Give a compound the name that people use for it now.

    Refuses official places, whose names come with their codes, and a name already in use there.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please give the compound a name."), "name")
    if len(name) > 60:
        raise Refused(_("A compound's name has at most 60 characters."), "name")
    if compound.kind != Area.Kind.COMPOUND:
        raise Refused(_("Names of official places come with their codes and stay as they are."))

    # The community is locked as where compounds are added, so that no name is given twice.
    Area.objects.select_for_update(no_key=True).get(pk=compound.parent_id)
    compound = Area.objects.get(pk=compound.pk)
    if compound.valid_to is not None:
        raise Refused(_("This code has already ended."))
    beside = Area.objects.filter(parent=compound.parent_id, kind=Area.Kind.COMPOUND)
    if beside.filter(name=name, valid_to__isnull=True).exclude(pk=compound.pk).exists():
        raise Refused(_("This community already has a compound of that name."), "name")
    before, compound.name, compound.official_name = compound.name, name, name
    compound.save(update_fields=["name", "official_name"])
    journal.write(
        "rename", compound, by=by, at=at, area_code=compound.code, before=before, name=name
    )
    queries.current.forget_after_change()
    return compound


@acting()
def end(
    area: Area, *, on: date, successor: Area | None, by: models.Model | None, at: datetime
) -> Area:
    """End a code on a day, its first day without force, and say which code follows it.

    Facts keep the code under which they happened; `queries.spans` finds them from the successor.
    Refuses a code that has ended, that other places in force still lie below, or a successor that
    is of another kind, no longer in force, or leads back to the code itself.
    """
    rows = Area.objects.select_for_update(no_key=True, of=("self",))
    # Locked in the order of their codes, so that two people at once cannot wait for each other.
    codes = sorted({area.code, *([successor.code] if successor else [])})
    locked = {row.code: row for row in rows.filter(code__in=codes).order_by("code")}
    area = locked[area.code]
    successor = locked[successor.code] if successor else None
    if area.valid_to is not None:
        raise Refused(_("This code has already ended."))
    if area.valid_from is not None and on <= area.valid_from:
        raise Refused(_("A code cannot end before it has begun."), "on")
    below = Area.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), parent=area).count()
    if below:
        raise Refused(
            ngettext(
                "%(count)s place below is still in force. Please end it first.",
                "%(count)s places below are still in force. Please end them first.",
                below,
            )
            % {"count": below}
        )
    if successor is not None:
        _refuse_successor(area, successor, on)

    area.valid_to, area.successor = on, successor
    area.save(update_fields=["valid_to", "successor"])
    journal.write(
        "end",
        area,
        by=by,
        at=at,
        area_code=area.code,
        on=on.isoformat(),
        successor=successor.code if successor else "",
    )
    queries.successors.forget_after_change()
    queries.current.forget_after_change()
    return area


def _refuse_successor(area: Area, successor: Area, on: date) -> None:
    if successor.kind != area.kind:
        raise Refused(_("The successor must be the same kind of place."), "successor")
    begun = successor.valid_from is None or successor.valid_from <= on
    if not begun or (successor.valid_to is not None and successor.valid_to <= on):
        raise Refused(_("The successor is not in force on that day."), "successor")
    following: Area | None = successor
    while following is not None:
        if following.pk == area.pk:
            raise Refused(_("The successor leads back to this code."), "successor")
        following = following.successor


@dataclass(frozen=True)
class Told:
    """What somebody says of a compound: that it has a thing, or has it not, from a day on."""

    compound: Area
    kind: str
    present: bool
    starts_on: date
    detail: str = ""


@acting()
def record_facts(
    told: Iterable[Told], *, by: models.Model | None, at: datetime
) -> list[CompoundFact]:
    """Record what compounds have and lack, set-based, and return the new facts.

    What is already known for that day makes no new fact. Another answer for the same day corrects
    the one before. Refuses places other than compounds in force, and days that are still to come.
    """
    told = [_checked(one, at) for one in told]
    codes = sorted({one.compound.pk for one in told})
    # Locked in the order of their codes: two people may describe the same compound at once.
    rows = Area.objects.select_for_update(no_key=True, of=("self",)).order_by("code")
    locked = {area.pk: area for area in rows.filter(pk__in=codes)}
    if any(area.valid_to is not None for area in locked.values()):
        raise Refused(_("The code of this compound has ended. Please choose its successor."))
    known: dict[tuple[str, str], list[CompoundFact]] = {}
    for fact in CompoundFact.objects.standing().filter(area__in=codes):
        known.setdefault((fact.area_id, fact.kind), []).append(fact)

    added: list[CompoundFact] = []
    corrected: list[CompoundFact] = []
    for one in told:
        standing = known.setdefault((one.compound.pk, one.kind), [])
        before = definitions.in_force(standing, one.starts_on).get(one.kind)
        if before and (before.present, before.detail) == (one.present, one.detail):
            continue
        if before and before.starts_on == one.starts_on:
            standing.remove(before)
            (added.remove if before in added else corrected.append)(before)
        fact = CompoundFact(
            area=locked[one.compound.pk],
            kind=one.kind,
            present=one.present,
            detail=one.detail,
            starts_on=one.starts_on,
            recorded_at=at,
        )
        standing.append(fact)
        added.append(fact)
    for fact in corrected:
        fact.withdrawn_at, fact.withdrawn_reason = at, CORRECTED
    CompoundFact.objects.bulk_update(
        corrected, ["withdrawn_at", "withdrawn_reason"], batch_size=500
    )
    _end_in_turn(known.values())
    CompoundFact.objects.bulk_create(added, batch_size=1000)
    journal.write_all(
        [
            journal.line("record_fact", fact, by=by, at=at, area_code=fact.area_id, kind=fact.kind)
            for fact in added
        ],
    )
    return added


def _checked(one: Told, at: datetime) -> Told:
    detail = " ".join(one.detail.split())
    if one.compound.kind != Area.Kind.COMPOUND:
        raise Refused(_("Only compounds are described in this way."))
    if one.kind not in CompoundFact.Kind.values:
        raise ValueError(one.kind)
    if one.starts_on > local_day(at):
        raise Refused(_("This day is still to come. Please enter it when it has happened."), "on")
    if len(detail) > _LONGEST_DETAIL:
        raise Refused(_("Please say it in at most 80 characters."), "detail")
    return replace(one, detail=detail)


def _end_in_turn(chains: Iterable[list[CompoundFact]]) -> None:
    """Have each fact end where the next of its kind begins."""
    changed = []
    for chain in chains:
        chain.sort(key=lambda fact: fact.starts_on)
        for fact, following in zip_longest(chain, chain[1:]):
            ends_on = following.starts_on if following else None
            if fact.ends_on != ends_on:
                fact.ends_on = ends_on
                if fact.pk is not None:
                    changed.append(fact)
    CompoundFact.objects.bulk_update(changed, ["ends_on"], batch_size=500)


@acting()
def withdraw_fact(
    fact: CompoundFact, *, reason: str, by: models.Model | None, at: datetime
) -> CompoundFact:
    """Take back a wrong entry about a compound; what was known before it holds again.

    Refuses to do it without a reason, or twice.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Please say what was wrong."), "reason")
    if len(reason) > 200:
        raise Refused(_("Please say it in at most 200 characters."), "reason")
    Area.objects.select_for_update(no_key=True).get(pk=fact.area_id)
    chain = list(CompoundFact.objects.standing().filter(area=fact.area_id, kind=fact.kind))
    standing = next((one for one in chain if one.pk == fact.pk), None)
    if standing is None:
        raise Refused(_("This entry has already been taken back."))
    standing.withdrawn_at, standing.withdrawn_reason = at, reason
    standing.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    chain.remove(standing)
    _end_in_turn([chain])
    journal.write(
        "withdraw_fact", standing, by=by, at=at, area_code=standing.area_id, kind=standing.kind
    )
    return standing


@acting()
def choose_definition(
    definition: definitions.Definition, *, starts_on: date, by: models.Model | None, at: datetime
) -> DefinitionChoice:
    """Go by a version of a status from a day on. A second choice for the same day replaces it."""
    choice, _made = DefinitionChoice.objects.update_or_create(
        name=definition.name,
        starts_on=starts_on,
        defaults={"version": definition.version, "recorded_at": at},
    )
    journal.write(
        "choose_definition",
        choice,
        by=by,
        at=at,
        name=definition.name,
        version=definition.version,
        on=starts_on.isoformat(),
    )
    queries.choices.forget_after_change()
    return choice
