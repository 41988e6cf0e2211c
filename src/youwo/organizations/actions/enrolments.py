"""Units entered, enrolled, joined, left, carried along. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core.acts import acting, attempt, hold
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal.actions import write
from youwo.notices.actions import tell
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations import credit_codes, rules
from youwo.organizations.models import (
    MOVED,
    RETIRED,
    Branch,
    Mandate,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.organizations.queries import fresh_references, service_fields
from youwo.people.models import Person
from youwo.people.queries import skills as known_skills

EARLIEST = date(2000, 1, 1)
_FARTHEST_AHEAD = timedelta(days=366)
_SHORTEST_REASON = 4
_END = ("ends_on", "ended_at", "end_reason")

_Enrolment = TypeVar("_Enrolment", bound=UnitEnrolment | MemberEnrolment)


def check_day(day: date, *, at: datetime, field: str = "starts_on") -> None:
    """Refuse a day that must be a slip of the pen: before 2000, or more than a year ahead."""
    if not EARLIEST <= day <= local_day(at) + _FARTHEST_AHEAD:
        raise Refused(_("This day is too far away. Please check the year."), field)


def clean_reason(text: str) -> str:
    """Return a reason on one line; refuse one that says nothing."""
    text = " ".join(text.split())
    if len(text) < _SHORTEST_REASON:
        raise Refused(_("Please say in a few words why."), "reason")
    return text[:200]


def _is_community(area: Area) -> None:
    if area.kind != Area.Kind.COMMUNITY:
        raise Refused(_("Please choose a community or a village."), "community")


@acting()
def found(
    *,
    name: str,
    kind: str,
    area: Area,
    starts_on: date,
    by: Person,
    at: datetime,
    short_name: str = "",
    credit_code: str = "",
    parent: Organization | None = None,
) -> Organization:
    """Enter a unit, under its place and, if it has one, its parent in its own system."""
    name, short_name = " ".join(name.split()), " ".join(short_name.split())
    if not name:
        raise Refused(_("Please enter the unit's name."), "name")
    if not rules.may_found(by, area, local_day(at)):
        raise Refused(_("This place lies outside your area."), "area")
    check_day(starts_on, at=at)
    code = credit_codes.normalise(credit_code) if credit_code.strip() else None
    if Organization.objects.filter(area=area, name=name, ends_on__isnull=True).exists():
        raise Refused(_("There is already a unit of this name here."), "name")
    if code and Organization.objects.filter(credit_code=code).exists():
        raise Refused(_("A unit with this credit code is known already."), "credit_code")
    try:
        with transaction.atomic():
            organization = Organization.objects.create(
                name=name,
                short_name=short_name,
                kind=kind,
                credit_code=code,
                area=area,
                parent=parent,
                starts_on=starts_on,
                search_terms=terms(name, short_name),
                recorded_at=at,
            )
    except IntegrityError as error:
        raise Refused(_("Somebody has just entered this unit."), "name") from error
    write("found", organization, by=by, at=at, area_code=area.pk)
    return organization


@acting()
def change_unit(
    organization: Organization,
    *,
    name: str,
    short_name: str,
    kind: str,
    by: Person,
    at: datetime,
) -> Organization:
    """Correct or change what a unit is called and what sort of unit it is.

    By its former names it is still found.
    """
    name, short_name = " ".join(name.split()), " ".join(short_name.split())
    if not name:
        raise Refused(_("Please enter the unit's name."), "name")
    if not rules.may_change_unit(by, organization, local_day(at)):
        raise Refused(_("You do not keep this unit's records."))
    unit = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    others = Organization.objects.filter(area=unit.area_id, name=name, ends_on__isnull=True)
    if others.exclude(pk=unit.pk).exists():
        raise Refused(_("There is already a unit of this name here."), "name")
    changed = [
        field
        for field, value in (("name", name), ("short_name", short_name), ("kind", kind))
        if getattr(unit, field) != value
    ]
    if not changed:
        return unit
    if "name" in changed:
        former = [one for one in unit.former_names or [] if one != name]
        unit.former_names = [*former, unit.name]
    unit.name, unit.short_name, unit.kind = name, short_name, kind
    unit.search_terms = terms(name, short_name, *(unit.former_names or []))
    try:
        with transaction.atomic():
            unit.save(update_fields=["name", "short_name", "kind", "former_names", "search_terms"])
    except IntegrityError as error:
        raise Refused(_("Somebody has just entered this unit."), "name") from error
    write("change", unit, by=by, at=at, area_code=unit.area_id, fields=changed)
    return unit


@acting()
def add_branch(
    organization: Organization, *, name: str, by: Person, at: datetime, level: str = "branch"
) -> Branch:
    """Add a party organisation to a unit; one of the same name is returned as it is."""
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please enter the branch's name."), "branch")
    if not rules.may_manage(by, organization, local_day(at)):
        raise Refused(_("You do not keep this unit's records."))
    try:
        with attempt():
            branch = Branch.objects.create(organization=organization, name=name, level=level)
    except IntegrityError:
        return Branch.objects.get(organization=organization, name=name)
    write("add_branch", branch, by=by, at=at, area_code=organization.area_id)
    return branch


@acting()
def enrol_unit(
    organization: Organization,
    *,
    community: Area,
    starts_on: date,
    by: Person,
    at: datetime,
    branch: Branch | None = None,
) -> UnitEnrolment:
    """Enrol a unit's party organisation with a community, from a day on.

    Refuses a second enrolment over the same days.
    """
    _is_community(community)
    if not rules.may_enrol(by, organization, community, local_day(at)):
        raise Refused(_("You do not act for this unit, nor for this community."), "community")
    if branch is not None and branch.organization_id != organization.pk:
        raise Refused(_("This branch belongs to another unit."), "branch")
    check_day(starts_on, at=at)

    # Locked, because unit and community often enter the same enrolment in the same minute.
    organization = hold(organization, "area")
    if organization.ends_on is not None and organization.ends_on <= starts_on:
        raise Refused(_("The unit no longer exists on this day."), "starts_on")
    earlier = UnitEnrolment.objects.filter(organization=organization, community=community)
    _refuse_overlap(_lasting(earlier, starts_on))
    enrolment = UnitEnrolment.objects.create(
        reference=fresh_references(1)[0],
        organization=organization,
        branch=branch,
        community=community,
        starts_on=starts_on,
        recorded_by=by,
        recorded_at=at,
    )
    write("enrol", enrolment, by=by, at=at, area_code=community.pk)
    _tell_unit(
        enrolment,
        by=by,
        at=at,
        subject=format_lazy(
            gettext_lazy("{unit} is enrolled with {community}"),
            unit=str(organization),
            community=str(community),
        ),
    )
    return enrolment


def _lasting(rows: Any, starts_on: date) -> list[Any]:
    """Return the enrolments that last beyond a day, or begin after it."""
    standing = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on), voided_at=None)
    return list(standing.select_related("community").order_by("pk"))


def _refuse_overlap(lasting: Sequence[UnitEnrolment | MemberEnrolment]) -> None:
    """Refuse where one with the same community lasts."""
    if not lasting:
        return
    last = lasting[0]
    if last.ends_on is None:
        raise Refused(
            _("This enrolment exists already, since %(day)s.") % {"day": last.starts_on},
            "community",
        )
    raise Refused(
        _("An earlier enrolment lasted until %(day)s. Please begin on that day or later.")
        % {"day": last.ends_on},
        "starts_on",
    )


def _tell_unit(enrolment: Any, *, by: Person, at: datetime, subject: object) -> None:
    """Tell those who act for the unit what somebody else has entered for it."""
    on = local_day(at)
    acting = Person.objects.filter(
        pk__in=Mandate.objects.in_force(on)
        .filter(organization=enrolment.organization_id)
        .values("person")
    ).exclude(pk=by.pk)
    tell(
        acting,
        kind=NoticeKind.ACCOUNT,
        subject=subject,
        link=f"/work/units/{enrolment.organization_id}/",
        cause=f"{enrolment._meta.label_lower}:{enrolment.pk}:{at.isoformat()}",
        at=at,
    )


@acting()
def join(
    person: Person,
    *,
    organization: Organization,
    starts_on: date,
    by: Person,
    at: datetime,
    branch: Branch | None = None,
    standing: str = Membership.Standing.SERVING,
) -> Membership:
    """Note that somebody belongs to a unit; who belongs to it already is returned as they are.

    Refuses a serving member of another unit: `transfer` carries their history along.
    """
    if not rules.may_manage(by, organization, local_day(at)):
        raise Refused(_("You do not keep this unit's records."))
    check_day(starts_on, at=at)
    if branch is not None and branch.organization_id != organization.pk:
        raise Refused(_("This branch belongs to another unit."), "branch")
    # Locked, because a person has one serving membership, which no constraint can say.
    return _join(
        hold(person),
        organization=organization,
        branch=branch,
        standing=standing,
        starts_on=starts_on,
        by=by,
        at=at,
    )


def _join(
    person: Person,
    *,
    organization: Organization,
    branch: Branch | None,
    standing: str,
    starts_on: date,
    by: Person,
    at: datetime,
) -> Membership:
    open_ones = list(
        Membership.objects.filter(person=person, ends_on__isnull=True).select_related(
            "organization"
        )
    )
    for known in open_ones:
        if known.organization_id == organization.pk:
            return known
    serving = Membership.Standing.SERVING
    for known in open_ones:
        if standing == serving and known.standing == serving:
            raise Refused(
                _("This person serves in another unit. Please transfer them instead."), "phone"
            )
    membership = Membership.objects.create(
        person=person,
        organization=organization,
        branch=branch,
        standing=standing,
        starts_on=starts_on,
    )
    write("join", membership, by=by, at=at, area_code=organization.area_id)
    return membership


@acting()
def enrol_member(
    person: Person,
    *,
    organization: Organization,
    community: Area,
    starts_on: date,
    by: Person,
    at: datetime,
    compound: Area | None = None,
    occupation: str = "",
    skills: Collection[str] = (),
    service_wishes: Collection[str] = (),
    branch: Branch | None = None,
) -> MemberEnrolment:
    """Enrol a serving member with the community and the compound where they live.

    Who does not belong to the unit yet joins it. Refuses members who are enrolled elsewhere on
    these days: they live in one place.
    """
    _is_community(community)
    if not rules.may_enrol(by, organization, community, local_day(at)):
        raise Refused(_("You do not act for this unit, nor for this community."), "community")
    check_day(starts_on, at=at)
    if compound is not None and compound.parent_id != community.pk:
        raise Refused(_("This compound lies in another community."), "compound")
    if unknown := [code for code in skills if code not in known_skills()]:
        raise Refused(_("There is no such skill: %(code)s.") % {"code": unknown[0]}, "skills")

    # Locked, because unit and community often enter the same member in the same minute.
    person = hold(person)
    if not person.is_active:
        raise Refused(_("This account has been closed."), "phone")
    membership = _join(
        person,
        organization=organization,
        branch=branch,
        standing=Membership.Standing.SERVING,
        starts_on=starts_on,
        by=by,
        at=at,
    )
    if membership.standing != Membership.Standing.SERVING:
        raise Refused(_("Retired members serve through the talent pool instead."))
    lasting = _lasting(MemberEnrolment.objects.filter(person=person), starts_on)
    _refuse_overlap([one for one in lasting if one.community_id == community.pk])
    elsewhere = next((one for one in lasting if one.starts_on <= starts_on), None)
    if elsewhere is not None:
        raise Refused(
            _("This member is enrolled with %(community)s. Please end that enrolment first.")
            % {"community": elsewhere.community},
            "community",
        )
    enrolment = MemberEnrolment.objects.create(
        reference=fresh_references(1)[0],
        person=person,
        organization=organization,
        community=community,
        compound=compound,
        occupation=" ".join(occupation.split())[:40],
        skills=sorted(set(skills)),
        service_wishes=sorted(set(service_wishes)),
        starts_on=starts_on,
        recorded_by=by,
        recorded_at=at,
    )
    write("enrol", enrolment, by=by, at=at, area_code=community.pk)
    if person.pk != by.pk:
        tell(
            [person],
            kind=NoticeKind.ACCOUNT,
            subject=format_lazy(
                gettext_lazy("You are enrolled with {community}"), community=str(community)
            ),
            link=f"/e/{enrolment.reference}/",
            cause=f"enrolment:{enrolment.reference}",
            at=at,
        )
    return enrolment


def _lock(enrolment: _Enrolment) -> _Enrolment:
    rows: Any = type(enrolment).objects
    locked: _Enrolment = rows.select_for_update(of=("self",)).get(pk=enrolment.pk)
    return locked


@acting()
def choose_service(
    enrolment: MemberEnrolment,
    *,
    skills: Collection[str],
    service_wishes: Collection[str],
    by: Person,
    at: datetime,
) -> MemberEnrolment:
    """Let a member say what they can do, and what they would like to do. Refuses anybody else."""
    enrolment = MemberEnrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.person_id != by.pk or not enrolment.is_in_force(local_day(at)):
        raise Refused(_("You can change this for your own enrolment in force only."))
    enrolment.skills = sorted(known_skills().keys() & set(skills))
    fields = {code for code, _label in service_fields()}
    enrolment.service_wishes = sorted(fields.intersection(service_wishes))
    enrolment.save(update_fields=["skills", "service_wishes"])
    write("choose_service", enrolment, by=by, at=at, area_code=enrolment.community_id)
    return enrolment


@acting()
def end_enrolment(
    enrolment: _Enrolment, *, on: date, reason: str, by: Person, at: datetime
) -> _Enrolment:
    """End an enrolment: `on` is the first day on which it no longer holds."""
    if not rules.may_change(by, enrolment, local_day(at)):
        raise Refused(_("You do not act for this unit, nor for this community."))
    reason = clean_reason(reason)
    check_day(on, at=at, field="on")
    enrolment = _lock(enrolment)
    if enrolment.voided_at is not None:
        raise Refused(_("This enrolment has been voided."))
    if enrolment.ends_on is not None:
        raise Refused(_("This enrolment has ended on %(day)s.") % {"day": enrolment.ends_on}, "on")
    if on < enrolment.starts_on:
        raise Refused(_("The end lies before the beginning."), "on")
    _set_end(enrolment, on=on, reason=reason, at=at)
    enrolment.save(update_fields=_END)
    write("end", enrolment, by=by, at=at, area_code=enrolment.community_id, reason=reason)
    return enrolment


def _set_end(
    enrolment: UnitEnrolment | MemberEnrolment, *, on: date, reason: str, at: datetime
) -> None:
    # An enrolment that begins later never came into force.
    enrolment.ends_on = max(on, enrolment.starts_on)
    enrolment.ended_at, enrolment.end_reason = at, reason


@acting()
def void(enrolment: _Enrolment, *, reason: str, by: Person, at: datetime) -> _Enrolment:
    """Take back an enrolment that was entered by mistake: it counts no more, and is kept."""
    if not rules.may_change(by, enrolment, local_day(at)):
        raise Refused(_("You do not act for this unit, nor for this community."))
    reason = clean_reason(reason)
    enrolment = _lock(enrolment)
    if enrolment.voided_at is not None:
        raise Refused(_("This enrolment has been voided already."))
    enrolment.voided_at, enrolment.void_reason = at, reason
    enrolment.save(update_fields=["voided_at", "void_reason"])
    write("void", enrolment, by=by, at=at, area_code=enrolment.community_id, reason=reason)
    return enrolment


def _end_membership(person: Person, *, organization: Organization | None, on: date) -> Membership:
    """End somebody's serving membership on a day. The caller has locked the person."""
    serving = Membership.objects.filter(
        person=person, standing=Membership.Standing.SERVING, ends_on__isnull=True
    ).select_related("organization")
    membership = serving.first()
    if membership is None:
        raise Refused(_("This person does not serve in any unit."))
    if organization is not None and membership.organization_id == organization.pk:
        raise Refused(_("The person belongs to this unit already."), "organization")
    if on < membership.starts_on:
        raise Refused(
            _("They joined the unit on %(day)s. Please choose a later day.")
            % {"day": membership.starts_on},
            "on",
        )
    membership.ends_on = on
    membership.save(update_fields=["ends_on"])
    return membership


def _end_open(
    person: Person, *, on: date, reason: str, by: Person, at: datetime
) -> list[MemberEnrolment]:
    """End every open enrolment of a member, and return them."""
    rows = MemberEnrolment.objects.select_for_update(of=("self",)).order_by("pk")
    ended = list(rows.filter(person=person, ends_on__isnull=True, voided_at__isnull=True))
    for enrolment in ended:
        _set_end(enrolment, on=on, reason=reason, at=at)
        write("end", enrolment, by=by, at=at, area_code=enrolment.community_id, reason=reason)
    if ended:
        MemberEnrolment.objects.bulk_update(ended, _END)
    return ended


@acting()
def transfer(
    person: Person, *, to_organization: Organization, on: date, by: Person, at: datetime
) -> Membership:
    """Move a serving member to another unit. Enrolments go on there; the history stays.

    Whoever keeps the records of the unit that they leave may do so.
    """
    check_day(on, at=at, field="on")
    person = hold(person)
    left = _end_membership(person, organization=to_organization, on=on)
    if not rules.may_manage(by, left.organization, local_day(at)):
        raise Refused(_("You do not keep this unit's records."))
    membership = Membership.objects.create(
        person=person, organization=to_organization, starts_on=on
    )
    ended = _end_open(person, on=on, reason=MOVED, by=by, at=at)
    references = fresh_references(len(ended))
    carried = [
        MemberEnrolment(
            reference=reference,
            person=person,
            organization=to_organization,
            community_id=enrolment.community_id,
            compound_id=enrolment.compound_id,
            occupation=enrolment.occupation,
            skills=enrolment.skills,
            service_wishes=enrolment.service_wishes,
            starts_on=max(on, enrolment.starts_on),
            recorded_by=by,
            recorded_at=at,
        )
        for reference, enrolment in zip(references, ended, strict=True)
    ]
    MemberEnrolment.objects.bulk_create(carried)
    for before, after in zip(ended, carried, strict=True):
        write("carry", after, by=by, at=at, area_code=after.community_id, after=before.pk)
    write(
        "transfer",
        membership,
        by=by,
        at=at,
        area_code=to_organization.area_id,
        left=left.organization_id,
    )
    return membership


@acting()
def retire(person: Person, *, on: date, by: Person, at: datetime) -> Membership:
    """Note that a serving member retires: they stay with the unit and may join the talent pool.

    Their enrolments as a serving member end on that day, with everything they did kept.
    """
    check_day(on, at=at, field="on")
    person = hold(person)
    left = _end_membership(person, organization=None, on=on)
    if not rules.may_manage(by, left.organization, local_day(at)):
        raise Refused(_("You do not keep this unit's records."))
    membership = Membership.objects.create(
        person=person,
        organization=left.organization,
        branch_id=left.branch_id,
        standing=Membership.Standing.RETIRED,
        starts_on=on,
    )
    _end_open(person, on=on, reason=RETIRED, by=by, at=at)
    write("retire", membership, by=by, at=at, area_code=left.organization.area_id)
    return membership


@acting()
def give_mandate(
    person: Person, *, organization: Organization, starts_on: date, by: Person, at: datetime
) -> Mandate:
    """Let somebody act for a unit, from a day on."""
    if not rules.may_appoint(by, organization, local_day(at)):
        raise Refused(_("You do not appoint who acts for this unit."))
    check_day(starts_on, at=at)
    person = hold(person)
    if not person.is_active:
        raise Refused(_("This account has been closed."), "phone")
    open_ones = Mandate.objects.filter(person=person, organization=organization)
    if open_ones.filter(ends_on__isnull=True).exists():
        raise Refused(_("This person acts for the unit already."), "phone")
    mandate = Mandate.objects.create(
        person=person, organization=organization, starts_on=starts_on, given_by=by, given_at=at
    )
    write("give_mandate", mandate, by=by, at=at, area_code=organization.area_id, person=person.pk)
    tell(
        [person],
        kind=NoticeKind.ACCOUNT,
        subject=format_lazy(gettext_lazy("You act for {unit}"), unit=str(organization)),
        link=f"/work/units/{organization.pk}/",
        cause=f"mandate:{mandate.pk}",
        at=at,
    )
    return mandate


@acting()
def end_mandate(mandate: Mandate, *, on: date, by: Person, at: datetime) -> Mandate:
    """End that somebody acts for a unit: `on` is the first day on which they no longer do."""
    if not rules.may_appoint(by, mandate.organization, local_day(at)):
        raise Refused(_("You do not appoint who acts for this unit."))
    mandate = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=mandate.pk)
    )
    if mandate.ends_on is not None:
        raise Refused(_("This has ended already."))
    mandate.ends_on = max(on, mandate.starts_on)
    mandate.save(update_fields=["ends_on"])
    write(
        "end_mandate",
        mandate,
        by=by,
        at=at,
        area_code=mandate.organization.area_id,
        person=mandate.person_id,
    )
    return mandate
