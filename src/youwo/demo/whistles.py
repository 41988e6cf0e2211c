"""Whistles at every level and with every state of the clock, as seen from today.

Everything goes through the same actions that people use, at moments counted back in working time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from youwo.almanac.queries import deadline, working_minutes
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.pairings import PROPERTY_UNIT
from youwo.demo.places import COUNTY, JINSHUI
from youwo.demo.signins import first_workers
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import person_name, phone, read
from youwo.dispatch import actions, queries
from youwo.dispatch.models import Extension, Objection, Status, Whistle
from youwo.dispatch.sweep import sweep
from youwo.needs.actions import Contact, problems
from youwo.needs.models import Problem, ProblemKind, Voice
from youwo.organizations.models import Mandate, Organization
from youwo.people.models import ConsentText, Person
from youwo.service import actions as service

_COUNTY = "盐湖区"
_STEP = timedelta(minutes=20)
_FAR = timedelta(days=60)
_ENDED = ["closed", "withdrawn"]


def ago(now: datetime, hours: float, area_code: str) -> datetime:
    """Return the moment from which so many working hours lead to now."""
    early, late = now - _FAR, now
    for _ in range(24):
        middle = early + (late - early) / 2
        if working_minutes(middle, now, area_code=area_code) >= hours * 60:
            early = middle
        else:
            late = middle
    return early.replace(second=0, microsecond=0)


@dataclass
class _Cast:
    """Who plays: communities with their workers, units with who acts for them, coordinators."""

    communities: list[Area]
    workers: dict[str, Person]
    second: Person
    tax_office: Organization
    property_company: Organization
    county_units: dict[str, Organization]
    acting: dict[int, Person]
    coordinator: Person
    consent: ConsentText | None
    kinds: dict[str, ProblemKind]


def _cast(on: date) -> _Cast:
    workers = first_workers()
    mandates = Mandate.objects.filter(ends_on__isnull=True).select_related("person").order_by("-pk")
    acting = {mandate.organization_id: mandate.person for mandate in mandates}
    county = Organization.objects.in_force(on).filter(area=COUNTY).order_by("pk")
    signed_in = Person.objects.in_bulk(["county", "worker2"], field_name="username")
    neighbours = sorted(code for code in workers if code != JINSHUI and code.startswith(COUNTY))
    places = Area.objects.in_bulk([JINSHUI, *neighbours[:8]])
    return _Cast(
        communities=[places[code] for code in [JINSHUI, *neighbours[:8]] if code in places],
        workers=workers,
        second=signed_in["worker2"],
        tax_office=Organization.objects.get(name=TAX_OFFICE),
        property_company=Organization.objects.get(name=PROPERTY_UNIT),
        county_units={unit.name.removeprefix(_COUNTY): unit for unit in county},
        acting=acting,
        coordinator=signed_in["county"],
        consent=ConsentText.objects.order_by("-version").first(),
        kinds=ProblemKind.objects.in_bulk(),
    )


class _Stage:
    """One whistle after the other, each brought to its state step by step."""

    def __init__(self, cast: _Cast, draw: Random, now: datetime) -> None:
        self.cast, self.draw, self.now = cast, draw, now
        self.voices = 0

    def unit(self, name: str) -> Organization:
        """Return a unit by its name in a scene; in a small city the tax office."""
        cast = self.cast
        known = {"tax": cast.tax_office, "property": cast.property_company, **cast.county_units}
        return known.get(name, cast.tax_office)

    def speaker(self, unit: Organization, whistle: Whistle) -> Person:
        """Return who acts for a unit; where nobody does, the community writes it down."""
        return self.cast.acting.get(unit.pk) or whistle.whistled_by

    def problem(self, scene: dict[str, Any], community: Area, at: datetime) -> Problem:
        """Let a neighbour report it, and the community take it on the list."""
        worker = self.cast.workers[community.pk]
        self.voices += 1
        report = problems.report(
            scene["matter"],
            kind=self.cast.kinds[scene["kind"]],
            community=community,
            contact=Contact(phone(90_000 + self.voices), person_name(self.draw)),
            consent=self.cast.consent,
            consent_given_by=Voice.Consent.SPOKEN,
            channel="telephone",
            nonce=nonce(self.draw),
            by=worker,
            at=at,
        )
        return problems.accept(
            report.problem,
            public_title=scene["title"],
            public_text=scene["matter"],
            kind=self.cast.kinds[scene["kind"]],
            by=worker,
            at=at + timedelta(minutes=10),
        )

    def play(self, scene: dict[str, Any]) -> None:
        """Bring one whistle into the state of its scene."""
        place = self.cast.communities[min(scene.get("place", 0), len(self.cast.communities) - 1)]
        at = ago(self.now, scene["blown"], place.pk)
        about = self.problem(scene, place, at - timedelta(hours=2))
        level = next(rung for rung in queries.ladder(local_day(at)) if rung.code == scene["level"])
        units = [self.unit(name) for name in scene["units"]]
        whistle = actions.blow(
            scene["title"],
            scene["matter"],
            level=level,
            community=place,
            organizations=units,
            field=scene["field"],
            nonce=nonce(self.draw),
            problem=about,
            by=self.cast.workers[place.pk],
            at=at,
        )
        getattr(self, f"_{scene['state']}")(whistle, units[0], scene, at)

    def _tick(self, whistle: Whistle) -> None:
        """Let the clock do what it did until now."""
        whistle.refresh_from_db()
        while whistle.rings_at is not None and whistle.rings_at <= self.now:
            sweep(whistle.rings_at)
            whistle.refresh_from_db()

    def _fresh(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        pass

    _soon = _fresh

    def _climbed(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._tick(whistle)

    def _object(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> Objection:
        return actions.object_to(
            whistle,
            organization=unit,
            reason=scene["words"],
            by=self.speaker(unit, whistle),
            at=at + _STEP,
        )

    def _objected(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._object(whistle, unit, scene, at)

    def _rejected(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        objection = self._object(whistle, unit, scene, at)
        actions.decide(
            objection,
            upheld=False,
            reason=scene["decision"],
            by=self.cast.coordinator,
            at=at + 2 * _STEP,
        )

    def _upheld(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        objection = self._object(whistle, unit, scene, at)
        other = self.unit(scene["instead"])
        if other == unit:
            # In a small city there are few to call.
            other = self.cast.property_company
        actions.decide(
            objection,
            upheld=True,
            reason=scene["decision"],
            instead=[other],
            by=self.cast.coordinator,
            at=at + 2 * _STEP,
        )
        self._answer(whistle, other, "两位执法人员", at + 3 * _STEP)
        self._tick(whistle)

    def _answer(self, whistle: Whistle, unit: Organization, who: str, at: datetime) -> None:
        actions.answer(
            whistle,
            organization=unit,
            who=who,
            arrives_at=at + timedelta(hours=1),
            by=self.speaker(unit, whistle),
            at=at,
        )
        whistle.refresh_from_db()

    def _answered(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answer(whistle, unit, scene["who"], at + _STEP)

    def _paused(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        actions.pause(
            whistle,
            reason=scene["words"],
            last=deadline(self.now, hours=11, area_code=whistle.community_id).at,
            by=self.speaker(unit, whistle),
            at=ago(self.now, 4, whistle.community_id),
        )

    def _extended(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        actions.extend(
            whistle,
            hours=Decimal("7.5"),
            reason=scene["words"],
            by=self.speaker(unit, whistle),
            at=ago(self.now, 6, whistle.community_id),
        )

    def _asked(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        asked: Extension = actions.extend(
            whistle,
            hours=Decimal("37.5"),
            reason=scene["words"],
            by=self.speaker(unit, whistle),
            at=ago(self.now, 1.5, whistle.community_id),
        )
        assert asked.granted is None  # noqa: S101 (more than a unit takes by itself)

    def _overdue(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        self._tick(whistle)

    def _handed(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        actions.hand_on(
            whistle,
            organization=self.unit(scene["instead"]),
            reason=scene["words"],
            by=self.speaker(unit, whistle),
            at=ago(self.now, 1, whistle.community_id),
        )

    def _helped(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        other = self.unit(scene["instead"])
        asked_at = ago(self.now, 5, whistle.community_id)
        actions.ask_help(
            whistle,
            organizations=[other],
            words=scene["words"],
            by=self.speaker(unit, whistle),
            at=asked_at,
        )
        actions.help_out(
            whistle,
            organization=other,
            who="司机一位，货车一辆",
            by=self.speaker(other, whistle),
            at=asked_at + timedelta(minutes=40),
        )

    def _delivered(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._answered(whistle, unit, scene, at)
        done_at = ago(self.now, 3, whistle.community_id)
        if whistle.item is None:
            raise ValueError(whistle.pk)
        service.deliver(
            whistle.item,
            organization=unit,
            occurred_on=local_day(done_at),
            minutes=150,
            people=3,
            what=scene["done"],
            by=self.speaker(unit, whistle),
            at=done_at,
        )
        actions.follow(whistle.item, at=done_at)
        whistle.refresh_from_db()

    def _closed(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        self._delivered(whistle, unit, scene, at)
        if whistle.item is None:
            raise ValueError(whistle.pk)
        closed_at = ago(self.now, 1, whistle.community_id)
        service.close(
            whistle.item,
            asked="当面问过三户老人，都说好用了",
            by=self.cast.second,
            at=closed_at,
        )
        actions.follow(whistle.item, at=closed_at)

    def _withdrawn(self, whistle: Whistle, unit: Organization, scene: Any, at: datetime) -> None:
        actions.withdraw(
            whistle, reason=scene["words"], by=whistle.whistled_by, at=at + timedelta(hours=1)
        )


def build(seed: int, *, now: datetime) -> int:
    """Blow the whistles of the demo city, and return how many are open."""
    actions.load_ladder(at=now - _FAR)
    _play(_Stage(_cast(local_day(now)), dice(seed, "whistles"), now), ended=True)
    return Whistle.objects.exclude(status__in=[Status.CLOSED, Status.WITHDRAWN]).count()


def retell(seed: int, *, now: datetime) -> None:
    """Blow on a later day those that are not over."""
    day = local_day(now)
    _play(_Stage(_cast(day), dice(seed, "whistles", day), now), ended=False)


def _play(stage: _Stage, *, ended: bool) -> None:
    # The longest ago first, so that the clock runs in one direction.
    for scene in sorted(read("whistles")["scene"], key=lambda one: -one["blown"]):
        if ended or scene["state"] not in _ENDED:
            stage.play(scene)
