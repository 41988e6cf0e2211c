"""Units paired with communities and compounds, and what ends it."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal.actions import write
from youwo.notices.actions import tell
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations import rules
from youwo.organizations.actions.enrolments import check_day, clean_reason
from youwo.organizations.models import Mandate, Organization, Pairing
from youwo.organizations.queries import fresh_references
from youwo.people.models import Person

_PAIRED_KINDS = (Area.Kind.COMMUNITY, Area.Kind.COMPOUND)


@acting()
def pair(
    organization: Organization,
    *,
    area: Area,
    starts_on: date,
    by: Person,
    at: datetime,
    reason: str = "",
) -> Pairing:
    """Pair a unit with a community or a compound, from a day on.

    Refuses who does not keep the place, and a second pairing over the same days.
    """
    if area.kind not in _PAIRED_KINDS:
        raise Refused(_("Please choose a community, a village or a compound."), "area")
    if not rules.may_pair(by, area.pk, local_day(at)):
        raise Refused(_("This place lies outside your area."), "area")
    check_day(starts_on, at=at)

    # Locked, because two people often enter the same pairing in the same minute.
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if organization.ends_on is not None and organization.ends_on <= starts_on:
        raise Refused(_("The unit no longer exists on this day."), "starts_on")
    standing = Pairing.objects.filter(organization=organization, area=area, voided_at__isnull=True)
    last = standing.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on)).first()
    if last is not None and last.ends_on is None:
        raise Refused(
            _("These two are paired already, since %(day)s.") % {"day": last.starts_on}, "area"
        )
    if last is not None:
        raise Refused(
            _("An earlier pairing lasted until %(day)s. Please begin on that day or later.")
            % {"day": last.ends_on},
            "starts_on",
        )
    pairing = Pairing.objects.create(
        reference=fresh_references(1, letter="B")[0],
        organization=organization,
        area=area,
        reason=" ".join(reason.split())[:200],
        starts_on=starts_on,
        recorded_by=by,
        recorded_at=at,
    )
    write("pair", pairing, by=by, at=at, area_code=area.pk)
    _tell(
        pairing,
        by=by,
        at=at,
        subject=format_lazy(
            gettext_lazy("{unit} is paired with {place}"), unit=str(organization), place=str(area)
        ),
    )
    return pairing


def _tell(pairing: Pairing, *, by: Person, at: datetime, subject: object) -> None:
    """Tell those who act for the unit what somebody else has entered."""
    acting = Mandate.objects.in_force(local_day(at)).filter(organization=pairing.organization_id)
    tell(
        Person.objects.filter(pk__in=acting.values("person")).exclude(pk=by.pk),
        kind=NoticeKind.ACCOUNT,
        subject=subject,
        link=f"/work/pairings/{pairing.reference}/",
        cause=f"pairing:{pairing.pk}:{at.isoformat()}",
        at=at,
    )


def _lock(pairing: Pairing) -> Pairing:
    rows = Pairing.objects.select_for_update(of=("self",))
    return rows.select_related("organization", "area").get(pk=pairing.pk)


@acting()
def end_pairing(pairing: Pairing, *, on: date, reason: str, by: Person, at: datetime) -> Pairing:
    """End a pairing: `on` is the first day on which it no longer holds."""
    if not rules.may_pair(by, pairing.area_id, local_day(at)):
        raise Refused(_("This place lies outside your area."))
    reason = clean_reason(reason)
    check_day(on, at=at, field="on")
    pairing = _lock(pairing)
    if pairing.voided_at is not None:
        raise Refused(_("This pairing has been voided."))
    if pairing.ends_on is not None:
        raise Refused(_("This pairing has ended on %(day)s.") % {"day": pairing.ends_on}, "on")
    if on < pairing.starts_on:
        raise Refused(_("The end lies before the beginning."), "on")
    pairing.ends_on, pairing.ended_at, pairing.end_reason = on, at, reason
    pairing.save(update_fields=["ends_on", "ended_at", "end_reason"])
    write("end", pairing, by=by, at=at, area_code=pairing.area_id, reason=reason)
    _tell(
        pairing,
        by=by,
        at=at,
        subject=format_lazy(
            gettext_lazy("{unit} is no longer paired with {place}"),
            unit=str(pairing.organization),
            place=str(pairing.area),
        ),
    )
    return pairing


@acting()
def void_pairing(pairing: Pairing, *, reason: str, by: Person, at: datetime) -> Pairing:
    """Take back a pairing that was entered by mistake: it never counted, and is kept."""
    if not rules.may_pair(by, pairing.area_id, local_day(at)):
        raise Refused(_("This place lies outside your area."))
    reason = clean_reason(reason)
    pairing = _lock(pairing)
    if pairing.voided_at is not None:
        raise Refused(_("This pairing has been voided already."))
    pairing.voided_at, pairing.void_reason = at, reason
    pairing.save(update_fields=["voided_at", "void_reason"])
    write("void", pairing, by=by, at=at, area_code=pairing.area_id, reason=reason)
    return pairing
