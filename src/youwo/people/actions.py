"""What happens to people: entered, granted roles, agreeing, corrected, shown, forgotten."""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib import resources
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting, as_held, attempt
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.people import documents, phones, queries, rules
from youwo.people.models import Consent, ConsentText, Grant, Person, Role, Session, Skill
from youwo.people.queries import consent_texts

_SHORTEST_REASON = 5
_MAY_UNMASK = ("name", "phone", "document_number", "email")


def _reason(text: str) -> str:
    text = text.strip()
    if len(text) < _SHORTEST_REASON:
        raise Refused(_("Please say in a few words why; it is written in the journal."), "reason")
    return text[:300]


def _name(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Please enter a name."), "name")
    if len(text) > 40:
        raise Refused(_("A name has at most 40 characters."), "name")
    return text


def _username(text: str) -> str:
    text = text.strip().lower()
    if len(text) > 60:
        raise Refused(_("A user name has at most 60 characters."), "username")
    try:
        phones.normalise(text)
    except Refused:
        return text
    raise Refused(_("A user name cannot be a telephone number."), "username")


def _refuse_known(person: Person) -> None:
    """Refuse a user name or number that somebody else has."""
    others = Person.objects.exclude(pk=person.pk)
    if person.username and others.filter(username=person.username).exists():
        raise Refused(_("This user name is taken. Please choose another one."), "username")
    if person.phone and others.with_phone(person.phone).exists():
        raise Refused(_("Somebody is already known under this telephone number."), "phone")
    if (
        person.document_number
        and others.with_document(person.document_kind, person.document_number).exists()
    ):
        raise Refused(_("Somebody is already known under this document number."), "document_number")


def _save_once(person: Person) -> None:
    try:
        with attempt():
            person.save()
    except IntegrityError:
        # Who has the name or the number already is only asked now.
        _refuse_known(person)
        raise


@acting()
def create(
    *,
    name: str,
    phone: str = "",
    username: str = "",
    document_kind: str = "",
    document_number: str = "",
    email: str = "",
    birth_year: int | None = None,
    password: str | None = None,
    by: Person | None,
    at: datetime,
) -> Person:
    """Enter somebody whom the programme did not know. Without a password they cannot sign in.

    `by` is None where people enter themselves. Refuses names and numbers that cannot be, and those
    under which somebody is known already.
    """
    if document_number and document_kind == Person.Document.RESIDENT:
        document_number = documents.normalise_resident(document_number)
        day = documents.birth_date(document_number)
        birth_year = birth_year or (day.year if day else None)
    person = Person(
        name=_name(name),
        phone=phones.normalise(phone) if phone.strip() else "",
        username=_username(username) if username.strip() else None,
        document_kind=document_kind if document_number else "",
        document_number=document_number.strip(),
        email=email.strip(),
        birth_year=birth_year,
        joined_at=at,
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    _save_once(person)
    journal.write("create", person, by=by or person, at=at)
    return as_held(person)


@acting()
def sign_up(*, name: str, phone: str, password: str, text: ConsentText, at: datetime) -> Person:
    """Open an account for somebody who has read and agreed to a text.

    Refuses a text that has been replaced meanwhile, and what `create` refuses.
    """
    if text != queries.text_in_force(text.purpose, local_day(at)):
        raise Refused(_("The text has just been changed. Please read it once more."), "agreed")
    person = create(name=name, phone=phone, password=password, by=None, at=at)
    give_consent(person, purpose=text.purpose, by=person, at=at)
    return person


@acting()
def set_password(person: Person, *, password: str, by: Person, at: datetime) -> Person:
    """Give somebody a new password. All other devices are signed out by it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    journal.write("set_password", person, by=by, at=at)
    return person


@acting()
def invite(person: Person, *, reason: str, by: Person, at: datetime) -> Person:
    """Write down that somebody is handed a one-time link to set a password.

    Refuses people who do not keep all the roles that the person holds: whoever could set the
    password of somebody with wider powers would have these powers.
    """
    reason = _reason(reason)
    on = local_day(at)
    held = Grant.objects.in_force(on).filter(person=person).values_list("area_id", flat=True)
    if not rules.powers(by, on).holds(Role.ADMINISTRATOR) or not all(
        rules.may_grant(by, code, on) for code in held
    ):
        raise Refused(_("This person holds roles beyond your area. Please ask the level above."))
    if person.anonymised_at or not person.is_active:
        raise Refused(_("This account has been closed."))
    journal.write("invite", person, by=by, at=at, reason=reason)
    return person


@acting()
def grant(
    person: Person,
    *,
    role: str,
    area: Area,
    starts_on: date,
    by: Person | None,
    at: datetime,
    ends_on: date | None = None,
) -> Grant:
    """Let somebody act in a role in an area and everything below it.

    `by` is None for the first administrator, who is appointed at the server. Refuses people who do
    not keep the area's roles, oneself, closed accounts, and a role that is held already.
    """
    if role not in Role.values:
        raise Refused(_("Please choose a role."), "role")
    if by is not None and by.pk == person.pk:
        raise Refused(_("Nobody grants roles to themselves. Please ask another administrator."))
    if by is not None and not rules.may_grant(by, area.pk, local_day(at)):
        raise Refused(_("You do not keep the roles of this area."), "area")
    if ends_on is not None and ends_on <= starts_on:
        raise Refused(_("The last day lies before the first."), "ends_on")

    # Locked, because the same form may arrive twice.
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.anonymised_at or not person.is_active:
        raise Refused(_("This account has been closed."))
    if Grant.objects.in_force(starts_on).filter(person=person, role=role, area=area).exists():
        raise Refused(_("The person already holds this role there."), "role")
    if (
        ends_on is None
        and Grant.objects.filter(person=person, role=role, area=area, ends_on__isnull=True).exists()
    ):
        raise Refused(_("The person is already going to hold this role there."), "starts_on")

    granted = Grant.objects.create(
        person=person,
        role=role,
        area=area,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=by,
        granted_at=at,
    )
    journal.write(
        "grant", granted, by=by, at=at, area_code=area.pk, person=person.pk, role=str(role)
    )
    return granted


@acting()
def end_grant(
    grant: Grant, *, reason: str, by: Person, at: datetime, ends_on: date | None = None
) -> Grant:
    """End a role, from a day on; by default from today on.

    Refuses people who do not keep the area's roles, a role that has ended, and the last
    administrator of an area that nobody above it keeps.
    """
    reason = _reason(reason)
    today = local_day(at)
    ends_on = ends_on or today
    if not rules.may_grant(by, grant.area_id, today):
        raise Refused(_("You do not keep the roles of this area."))

    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if grant.ends_on is not None and grant.ends_on <= today:
        raise Refused(_("This role has already ended."))
    if rules.is_last_administrator(grant, today):
        raise Refused(_("Nobody else keeps this area's roles. Please appoint a successor first."))
    grant.ends_on = max(ends_on, grant.starts_on)
    grant.save(update_fields=["ends_on"])
    journal.write(
        "end_grant",
        grant,
        by=by,
        at=at,
        area_code=grant.area_id,
        reason=reason,
        person=grant.person_id,
        role=grant.role,
    )
    return grant


@acting()
def publish_consent_text(
    *, purpose: str, text: str, valid_from: date, by: Person | None, at: datetime
) -> ConsentText:
    """Publish new words for a purpose, as its next version. Earlier consents stay what they were.

    Only the city's administrators may; `by` is None for the words that come with the product.
    """
    if by is not None and not any(
        len(code) == 4 for code in rules.powers(by, local_day(at)).codes(Role.ADMINISTRATOR)
    ):
        raise Refused(_("Only the city's administrators publish these texts."))
    if not text.strip():
        raise Refused(_("Please enter the text."), "text")
    last = ConsentText.objects.filter(purpose=purpose).aggregate(last=models.Max("version"))
    published = ConsentText.objects.create(
        purpose=purpose,
        version=(last["last"] or 0) + 1,
        text=text.strip(),
        valid_from=valid_from,
    )
    journal.write("publish_consent_text", published, by=by, at=at, purpose=purpose)
    consent_texts.forget_after_change()
    return published


@acting()
def give_consent(
    person: Person,
    *,
    purpose: str,
    by: Person,
    at: datetime,
    guardian: Person | None = None,
) -> Consent:
    """Record that somebody agrees to the words in force; saying it twice is one consent.

    Under 14 a guardian agrees. `by` is who enters it, also on somebody's behalf.
    """
    on = local_day(at)
    text = queries.text_in_force(purpose, on)
    if text is None:
        raise Refused(_("There is no text yet that people could agree to."))
    if guardian is None and rules.needs_guardian(person, on):
        raise Refused(_("For a child under 14, a parent or guardian has to agree."), "guardian")
    if guardian is not None and not rules.may_guard(guardian, person, on):
        raise Refused(_("A guardian is another person, and of age."), "guardian")
    consent, new = Consent.objects.get_or_create(
        person=person,
        text=text,
        withdrawn_at=None,
        defaults={
            "given_by": Consent.Giver.GUARDIAN if guardian else Consent.Giver.SELF,
            "guardian": guardian,
            "given_at": at,
        },
    )
    if new:
        journal.write("give_consent", consent, by=by, at=at, purpose=purpose, version=text.version)
    return consent


@acting()
def withdraw_consent(consent: Consent, *, by: Person, at: datetime) -> Consent:
    """Withdraw a consent. What was done before stays lawful; nothing more is done on its ground."""
    if by.pk not in (consent.person_id, consent.guardian_id):
        raise Refused(_("A consent is withdrawn by the person who gave it."))
    consent = (
        Consent.objects.select_for_update(of=("self",)).select_related("text").get(pk=consent.pk)
    )
    if consent.withdrawn_at is None:
        consent.withdrawn_at = at
        consent.save(update_fields=["withdrawn_at"])
        journal.write("withdraw_consent", consent, by=by, at=at, purpose=consent.text.purpose)
    return consent


@acting()
def unmask(
    target: models.Model,
    *,
    field: str,
    reason: str,
    by: Person,
    at: datetime,
    area_code: str | None = None,
) -> str:
    """Return what is hidden, once, and write down who saw it and why.

    The target's own area counts where it has one; for a person, who has none, the caller names an
    area that the person belongs to. Refuses people whose work does not cover it.
    """
    reason = _reason(reason)
    area_code = (
        getattr(target, "area_id", None) or getattr(target, "community_id", None) or area_code
    )
    if area_code is None:
        raise ValueError(target)
    if isinstance(target, Person) and field not in _MAY_UNMASK:
        raise ValueError(field)
    if not rules.may_unmask(by, area_code, local_day(at)):
        raise Refused(_("This lies outside the area you work in."))
    journal.write("unmask", target, by=by, at=at, area_code=area_code, reason=reason, field=field)
    return str(getattr(target, field) or "")


@acting()
def export_own_data(person: Person, *, at: datetime) -> dict[str, Any]:
    """Return everything kept here about a person, for that person, and write down that it left."""
    journal.write("export_own_data", person, by=person, at=at)
    return queries.own_data(person)


@acting()
def correct_own(person: Person, *, name: str, email: str, at: datetime) -> Person:
    """Let somebody correct their own name and e-mail address."""
    person.name = _name(name)
    person.email = email.strip()
    person.save(update_fields=["name", "email"])
    journal.write("correct_own", person, by=person, at=at)
    return person


@acting()
def anonymise(person: Person, *, by: Person, at: datetime) -> Person:
    """Forget who somebody is. The row stays, so that everything counted stays counted.

    People may do it to themselves, and the city's administrators on request. Refuses the last
    administrator of an area.
    """
    on = local_day(at)
    if by.pk != person.pk and not any(
        len(code) == 4 for code in rules.powers(by, on).codes(Role.ADMINISTRATOR)
    ):
        raise Refused(_("Only the person or the city's administrators may close an account."))

    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.anonymised_at is not None:
        return person
    held = list(Grant.objects.filter(person=person).exclude(ends_on__lte=on))
    if any(rules.is_last_administrator(grant, on) for grant in held):
        raise Refused(
            _("You are the only administrator of an area. Please appoint a successor first.")
        )
    for row in held:
        row.ends_on = max(on, row.starts_on)
    Grant.objects.bulk_update(held, ["ends_on"])
    Consent.objects.filter(person=person, withdrawn_at__isnull=True).update(withdrawn_at=at)
    Session.objects.filter(person=person).delete()

    person.name = person.phone = person.email = person.language = ""
    person.document_kind = person.document_number = ""
    person.username = person.birth_year = person.phone_verified_at = None
    person.is_active = False
    person.anonymised_at = at
    person.set_unusable_password()
    person.save()
    journal.write("anonymise", person, by=by, at=at)
    return person


@acting()
def load_defaults(*, at: datetime) -> None:
    """Enter the consent texts and skills that come with the product, where there are none yet."""
    data = json.loads(resources.files("youwo.people").joinpath("data/defaults.json").read_text())
    for purpose, text in data["consent_texts"].items():
        if not ConsentText.objects.filter(purpose=purpose).exists():
            publish_consent_text(
                purpose=purpose,
                text="\n".join(text),
                valid_from=date(2025, 1, 1),
                by=None,
                at=at,
            )
    Skill.objects.bulk_create(
        [
            Skill(code=code, name=name, place=place)
            for place, (code, name) in enumerate(data["skills"].items(), start=1)
        ],
        ignore_conflicts=True,
    )
    queries.skills.forget_after_change()
