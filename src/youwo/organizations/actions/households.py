"""Members who stay in touch with households: agreed to, noted, ended, withdrawn, forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.journal.actions import write
from youwo.notices.actions import tell
from youwo.notices.models import Kind as NoticeKind
from youwo.organizations import rules
from youwo.organizations.actions.enrolments import check_day, clean_reason
from youwo.organizations.models import Contact, HouseholdPairing, MemberEnrolment
from youwo.people.models import ConsentText, Person

PURPOSE = "household"
# As the text of consent says: a year after the pairing has ended.
KEPT = timedelta(days=365)
# A note is of these days; an older one helps nobody.
_LATEST_NOTE = timedelta(days=60)
_BATCH = 500
_LONGEST_WORDS = 200
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Household:
    """Whom to ask for, where, and by which number, if there is one."""

    name: str
    door: str
    phone: str = ""


def consent_text(on: date) -> ConsentText | None:
    """Return the words that a household agrees to on a day."""
    rows = ConsentText.objects.filter(purpose=PURPOSE, valid_from__lte=on)
    return rows.order_by("-version").first()


@acting()
def pair_household(
    person: Person,
    household: Household,
    *,
    community: Area,
    consent_given: str,
    consent_on: date,
    starts_on: date,
    nonce: UUID,
    by: Person,
    at: datetime,
    compound: Area | None = None,
) -> HouseholdPairing:
    """Let a member stay in touch with a household that has agreed to it.

    The community's workers may. The member is enrolled with the community. Sent twice, it is
    entered once.
    """
    on = local_day(at)
    if not rules.keeps_households(by, community.pk, on):
        raise Refused(_("Only the community's own workers enter its households."), "community")
    name, door = " ".join(household.name.split())[:40], " ".join(household.door.split())[:80]
    if not name:
        raise Refused(_("Please enter whom to ask for."), "name")
    if not door:
        raise Refused(_("Please enter the building and the door."), "door")
    if compound is not None and compound.parent_id != community.pk:
        raise Refused(_("This compound lies in another community."), "compound")
    check_day(starts_on, at=at)
    if consent_on > min(starts_on, on):
        raise Refused(_("The household must have agreed before it begins."), "consent_on")
    text = consent_text(on)
    if text is None:
        raise Refused(_("There is no consent text yet. Please ask your administrator."))
    known = HouseholdPairing.objects.filter(nonce=nonce).first()
    if known is not None:
        return known
    enrolment = (
        MemberEnrolment.objects.holding(on).filter(person=person, community=community).first()
    )
    if enrolment is None:
        raise Refused(_("This member is not enrolled with your community."), "member")
    try:
        with transaction.atomic():
            pairing = HouseholdPairing.objects.create(
                person=person,
                organization_id=enrolment.organization_id,
                community=community,
                compound=compound,
                name=name,
                door=door,
                phone=household.phone,
                consent_text=text,
                consent_given=consent_given,
                consent_on=consent_on,
                starts_on=starts_on,
                recorded_by=by,
                recorded_at=at,
                nonce=nonce,
            )
    except IntegrityError:
        # The same form, sent a second time in the same moment.
        return HouseholdPairing.objects.get(nonce=nonce)
    write("pair", pairing, by=by, at=at, area_code=community.pk)
    tell(
        [person] if person.pk != by.pk else [],
        kind=NoticeKind.ACCOUNT,
        subject=format_lazy(
            gettext_lazy("A household in {place} looks forward to hearing from you"),
            place=str(compound or community),
        ),
        link="/me/households/",
        cause=f"household:{pairing.pk}",
        at=at,
    )
    return pairing


def _lock(pairing: HouseholdPairing) -> HouseholdPairing:
    return HouseholdPairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)


@acting()
def note_contact(
    pairing: HouseholdPairing, *, on: date, words: str = "", by: Person, at: datetime
) -> Contact:
    """Note that both sides were in touch on a day.

    The member notes their own; what a worker of the community notes is what the household has
    said. Noted twice for one day, the later words stand.
    """
    today = local_day(at)
    if pairing.person_id == by.pk:
        side = Contact.Side.MEMBER
    elif rules.keeps_households(by, pairing.community_id, today):
        side = Contact.Side.HOUSEHOLD
    else:
        raise Refused(_("Only the member and the community's workers note this."))
    if not today - _LATEST_NOTE <= on <= today:
        raise Refused(_("Please choose a day within the last two months."), "on")
    pairing = _lock(pairing)
    if not pairing.is_in_force(on):
        raise Refused(_("The pairing did not hold on this day."), "on")
    contact, _new = Contact.objects.update_or_create(
        pairing=pairing,
        on=on,
        side=side,
        defaults={
            "words": " ".join(words.split())[:_LONGEST_WORDS],
            "by": by,
            "recorded_at": at,
        },
    )
    write("note_contact", pairing, by=by, at=at, area_code=pairing.community_id, side=side.value)
    return contact


@acting()
def reveal_household(
    pairing: HouseholdPairing, *, reason: str, by: Person, at: datetime
) -> Household:
    """Return whom to ask for, where and by which number, and write down who saw it and why."""
    if not rules.may_reach_household(by, pairing, local_day(at)):
        raise Refused(_("Only the member and the community's workers may see this."))
    reason = clean_reason(reason)
    if pairing.forgotten_at is not None:
        raise Refused(_("Name, door and number have been deleted."))
    write("unmask", pairing, by=by, at=at, area_code=pairing.community_id, reason=reason)
    return Household(pairing.name, pairing.door, pairing.phone)


@acting()
def end_household(
    pairing: HouseholdPairing, *, on: date, reason: str, by: Person, at: datetime
) -> HouseholdPairing:
    """End that a member stays in touch: the member or a worker of the community does so."""
    today = local_day(at)
    if pairing.person_id != by.pk and not rules.keeps_households(by, pairing.community_id, today):
        raise Refused(_("Only the member and the community's workers end this."))
    reason = clean_reason(reason)
    check_day(on, at=at, field="on")
    pairing = _lock(pairing)
    if pairing.ends_on is not None:
        raise Refused(_("This pairing has ended on %(day)s.") % {"day": pairing.ends_on}, "on")
    if on < pairing.starts_on:
        raise Refused(_("The end lies before the beginning."), "on")
    pairing.ends_on, pairing.end_reason = on, reason
    pairing.save(update_fields=["ends_on", "end_reason"])
    write("end", pairing, by=by, at=at, area_code=pairing.community_id, reason=reason)
    return pairing


@acting()
def withdraw_household(pairing: HouseholdPairing, *, by: Person, at: datetime) -> HouseholdPairing:
    """Withdraw a household's consent: it ends today, and who they are is forgotten at once."""
    today = local_day(at)
    if not rules.keeps_households(by, pairing.community_id, today):
        raise Refused(_("Only the community's own workers enter its households."))
    pairing = _lock(pairing)
    if pairing.withdrawn_at is not None:
        raise Refused(_("The consent has been withdrawn already."))
    ends_on = max(today, pairing.starts_on)
    pairing.ends_on = min(pairing.ends_on, ends_on) if pairing.ends_on else ends_on
    pairing.end_reason = pairing.end_reason or WITHDRAWN
    pairing.withdrawn_at = pairing.forgotten_at = at
    pairing.name = pairing.door = pairing.phone = ""
    pairing.save(
        update_fields=[
            "ends_on",
            "end_reason",
            "withdrawn_at",
            "forgotten_at",
            "name",
            "door",
            "phone",
        ]
    )
    pairing.contacts.update(words="")
    write("withdraw_consent", pairing, by=by, at=at, area_code=pairing.community_id)
    tell(
        [pairing.person] if pairing.person_id != by.pk else [],
        kind=NoticeKind.ACCOUNT,
        subject=gettext_lazy("A household no longer wishes to be contacted"),
        link="/me/households/",
        cause=f"household:{pairing.pk}:withdrawn",
        at=at,
    )
    return pairing


def forget_households(*, at: datetime) -> int:
    """Delete names, doors, numbers and words of pairings that ended a year ago; run daily.

    Those of a member who has closed their account end, and are forgotten with it.
    """
    forgotten = 0
    while batch := _forget_some(at):
        forgotten += batch
    return forgotten


@acting()
def _forget_some(at: datetime) -> int:
    today = local_day(at)
    long_ago, account_closed = Q(ends_on__lte=today - KEPT), Q(person__is_active=False)
    rows = list(
        HouseholdPairing.objects.select_for_update(of=("self",))
        .filter(long_ago | account_closed, forgotten_at__isnull=True)
        .order_by("pk")[:_BATCH]
    )
    Contact.objects.filter(pairing__in=rows).update(words="")
    HouseholdPairing.objects.filter(pk__in=[row.pk for row in rows]).update(
        name="",
        door="",
        phone="",
        forgotten_at=at,
        ends_on=Coalesce("ends_on", Greatest("starts_on", Value(today))),
    )
    journal.write_all(
        journal.line("forget", row, by=None, at=at, area_code=row.community_id) for row in rows
    )
    return len(rows)
