"""Plans of a city's pairs: asked for, changed by people, put into force, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area, within
from youwo.core.acts import acting, attempt, hold
from youwo.core.clock import local_day
from youwo.core.references import new_references
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.journal.actions import write
from youwo.journal.models import Line
from youwo.notices.actions import tell
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations import rules, tasks
from youwo.organizations.models import (
    Adoption,
    Mandate,
    Organization,
    Pairing,
    Plan,
    Proposed,
)
from youwo.organizations.planning.reading import distances_to
from youwo.organizations.queries import fresh_references
from youwo.people.models import Person

# A plan that has shown nothing for this long is not coming back.
PATIENCE = timedelta(minutes=10)
# Reasons that the system itself gives.
PLANNED = "planned"
UNDONE = "undone"
_BATCH = 500
_PLANNED_KINDS = (Area.Kind.CITY, Area.Kind.COUNTY, Area.Kind.TOWN)


@acting()
def ask(
    area: Area,
    *,
    by: Person,
    at: datetime,
    places: str = Plan.Places.BOTH,
    villages: bool = False,
    share: str = Plan.Share.EQUAL,
    slack: int = 1,
    ceiling: int | None = None,
    farthest_km: int | None = None,
    keep: bool = True,
) -> Plan:
    """Ask for a plan of an area's pairs; it is worked out in the background."""
    if area.kind not in _PLANNED_KINDS:
        raise Refused(_("Please choose a city, a county or a town."), "area")
    if not rules.may_plan(by, area.pk, local_day(at)):
        raise Refused(_("This place lies outside your area."), "area")
    plan = Plan.objects.create(
        area=area,
        places=places,
        villages=villages,
        share=share,
        slack=slack,
        ceiling=ceiling,
        farthest_km=farthest_km,
        keep=keep,
        made_by=by,
        made_at=at,
        started_at=at,
    )
    write("ask_plan", plan, by=by, at=at, area_code=area.pk)
    tasks.work_out_plan.enqueue(plan.pk)
    return plan


def is_stuck(plan: Plan, at: datetime) -> bool:
    """Say whether a plan has been on its way for so long that somebody should start it again."""
    return plan.is_moving and at - plan.started_at > PATIENCE


@acting()
def start_again(plan: Plan, *, by: Person, at: datetime) -> Plan:
    """Start once more a plan that got stuck."""
    plan = _lock(plan, by=by, at=at)
    if not is_stuck(plan, at):
        raise Refused(_("This plan is still being worked out."))
    plan.state, plan.progress, plan.started_at = Plan.State.WAITING, 0, at
    plan.save(update_fields=["state", "progress", "started_at"])
    write("restart_plan", plan, by=by, at=at, area_code=plan.area_id)
    tasks.work_out_plan.enqueue(plan.pk)
    return plan


def _lock(plan: Plan, *, by: Person, at: datetime) -> Plan:
    if not rules.may_plan(by, plan.area_id, local_day(at)):
        raise Refused(_("This place lies outside your area."))
    return hold(plan, "area")


@acting()
def drop(plan: Plan, *, by: Person, at: datetime) -> Plan:
    """Put a plan away. What was adopted from it stays in force."""
    plan = _lock(plan, by=by, at=at)
    if plan.state == Plan.State.DROPPED:
        raise Refused(_("This plan has been put away already."))
    plan.state = Plan.State.DROPPED
    plan.save(update_fields=["state"])
    write("drop_plan", plan, by=by, at=at, area_code=plan.area_id)
    return plan


@acting()
def move(row: Proposed, *, organization: Organization | None, by: Person, at: datetime) -> Proposed:
    """Give a place of a plan to another unit, or to none. Refuses what is in force already."""
    on = local_day(at)
    if not rules.may_plan(by, row.area_id, on):
        raise Refused(_("This place lies outside your area."))
    row = (
        Proposed.objects.select_for_update(of=("self",))
        .select_related("plan", "area__parent")
        .get(pk=row.pk)
    )
    if row.plan.state != Plan.State.READY:
        raise Refused(_("This plan can no longer be changed."))
    if row.adoption_id is not None:
        raise Refused(_("This place's proposal is in force already. Please take that back first."))
    if organization is None:
        row.organization = row.distance = None
    else:
        if not row.plan.units.filter(organization=organization).exists():
            raise Refused(_("The plan does not count with this unit."), "organization")
        units = Organization.objects.filter(pk=organization.pk)
        row.organization, row.distance = organization, distances_to(row.area, units, on)[0][1]
    row.save(update_fields=["organization", "distance"])
    write(
        "move",
        row.plan,
        by=by,
        at=at,
        area_code=row.area_id,
        unit=organization.pk if organization else None,
    )
    return row


@acting()
def adopt(plan: Plan, *, area: Area, by: Person, at: datetime) -> Adoption:
    """Put a plan into force in its whole area or a part of it, from today on.

    Places get the unit proposed for them, and units that they had otherwise are ended; places
    that the plan leaves out stay as they are. Refuses a part in which all is in force already.
    """
    on = local_day(at)
    if not rules.may_plan(by, area.pk, on):
        raise Refused(_("This place lies outside your area."), "area")
    plan = hold(plan, "area")
    if plan.state != Plan.State.READY:
        raise Refused(_("This plan can no longer be adopted."))
    rows = list(
        plan.rows.filter(
            within(area.pk, "area_id"), adoption__isnull=True, organization__isnull=False
        ).order_by("pk")
    )
    if not rows:
        raise Refused(_("Nothing of this plan is left to adopt here."), "area")
    here = Proposed.objects.filter(pk__in=[row.pk for row in rows])
    wanted = {(row.area_id, row.organization_id) for row in rows}
    # Locked, because somebody may end one of them by hand in the same minute.
    standing = list(
        Pairing.objects.select_for_update(of=("self",))
        .filter(area__in=here.values("area"), ends_on__isnull=True, voided_at__isnull=True)
        .order_by("pk")
    )
    ended = [one for one in standing if (one.area_id, one.organization_id) not in wanted]
    there = {(one.area_id, one.organization_id) for one in standing}
    fresh = [pair for pair in sorted(wanted) if pair not in there]
    adoption = Adoption.objects.create(
        plan=plan, area=area, created=len(fresh), ended=len(ended), by=by, at=at
    )
    begun = _begin(fresh, adoption, by, at)
    _end(ended, adoption, on, at)
    here.update(adoption=adoption)
    journal.write_all(_lines(begun, ended, by=by, at=at))
    write(
        "adopt",
        plan,
        by=by,
        at=at,
        area_code=area.pk,
        begun=len(begun),
        ended=len(ended),
        adoption=adoption.pk,
    )
    _tell(adoption, {one.organization_id for one in [*begun, *ended]}, by=by, at=at)
    return adoption


def _tell(adoption: Adoption, units: Any, *, by: Person, at: datetime) -> None:
    """Tell those who act for the units whose places change, in as many statements as one."""
    acting = Mandate.objects.in_force(local_day(at)).filter(organization__in=units)
    tell(
        Person.objects.filter(pk__in=acting.values("person")).exclude(pk=by.pk),
        kind=NoticeKind.ACCOUNT,
        subject=gettext_lazy("The places that your unit looks after have changed."),
        link="/work/pairings/",
        cause=f"adoption:{adoption.pk}:{at.isoformat()}",
        at=at,
    )


def _begin(
    pairs: list[tuple[str, Any]], adoption: Adoption, by: Person, at: datetime
) -> list[Pairing]:
    try:
        with attempt():
            return _pair(pairs, new_references("B", len(pairs)), adoption, by, at)
    except IntegrityError:
        # Among many, some were drawn that are taken.
        return _pair(pairs, fresh_references(len(pairs), letter="B"), adoption, by, at)


def _pair(
    pairs: list[tuple[str, Any]],
    references: list[str],
    adoption: Adoption,
    by: Person,
    at: datetime,
) -> list[Pairing]:
    return Pairing.objects.bulk_create(
        [
            Pairing(
                reference=reference,
                organization_id=unit,
                area_id=code,
                starts_on=local_day(at),
                recorded_by=by,
                recorded_at=at,
                adoption=adoption,
            )
            for reference, (code, unit) in zip(references, pairs, strict=True)
        ],
        batch_size=_BATCH,
    )


def _end(pairings: list[Pairing], adoption: Adoption, on: date, at: datetime) -> None:
    """End pairings today; one that begins later never comes into force."""
    if not pairings:
        return
    Pairing.objects.filter(pk__in=[one.pk for one in pairings]).update(
        ends_on=Case(When(starts_on__gt=on, then=F("starts_on")), default=on),
        ended_at=at,
        end_reason=PLANNED,
        ended_by=adoption,
    )


def _lines(
    begun: list[Pairing], ended: list[Pairing], *, by: Person, at: datetime
) -> Iterator[Line]:
    for one in begun:
        yield journal.line("pair", one, by=by, at=at, area_code=one.area_id)
    for one in ended:
        yield journal.line("end", one, by=by, at=at, area_code=one.area_id, reason=PLANNED)


@acting()
def undo(adoption: Adoption, *, by: Person, at: datetime) -> Adoption:
    """Take an adoption back: what it began is void, what it ended holds again.

    Refuses as soon as something else has changed there, for that would be lost.
    """
    if not rules.may_plan(by, adoption.area_id, local_day(at)):
        raise Refused(_("This place lies outside your area."))
    plan = hold(adoption.plan)
    adoption = hold(adoption)
    if adoption.undone_at is not None:
        raise Refused(_("This has been taken back already."))
    if changed_since(adoption).exists():
        raise Refused(
            _("Something has changed there since. Please end or enter single pairings instead.")
        )
    adoption.undone_at, adoption.undone_by = at, by
    adoption.save(update_fields=["undone_at", "undone_by"])
    touched = Pairing.objects.filter(Q(adoption=adoption) | Q(ended_by=adoption))
    _tell(adoption, touched.values("organization"), by=by, at=at)
    adoption.begun.update(voided_at=at, void_reason=UNDONE)
    adoption.ended_ones.update(ends_on=None, ended_at=None, end_reason="", ended_by=None)
    adoption.rows.update(adoption=None)
    write(
        "undo",
        plan,
        by=by,
        at=at,
        area_code=adoption.area_id,
        adoption=adoption.pk,
    )
    return adoption


def changed_since(adoption: Adoption) -> QuerySet[Pairing]:
    """Return the pairings that people changed after an adoption, at the places it touched."""
    touched = Proposed.objects.filter(adoption=adoption, area=OuterRef("area"))
    begun_changed = Q(adoption=adoption) & (Q(voided_at__isnull=False) | Q(ends_on__isnull=False))
    ended_changed = Q(ended_by=adoption, voided_at__isnull=False)
    others = (Q(adoption__isnull=True) | ~Q(adoption=adoption)) & (
        Q(recorded_at__gt=adoption.at) | Q(ended_at__gt=adoption.at) | Q(voided_at__gt=adoption.at)
    )
    return Pairing.objects.filter(
        Exists(touched),
        begun_changed | ended_changed | others,
    )
