"""Reading what is known of people: the text in force, grants, one's own data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONArray

from youwo.areas.models import within
from youwo.core.gathering import Gathered
from youwo.core.recent import Recent
from youwo.people import masking
from youwo.people.models import Consent, ConsentText, Grant, Person, Skill


@Recent
def consent_texts() -> list[ConsentText]:
    """Return all words that people agree to, newest first; read at most once a minute."""
    return list(ConsentText.objects.order_by("-version"))


def text_in_force(purpose: str, on: date) -> ConsentText | None:
    """Return the newest words of a purpose that hold on a day."""
    in_force = (
        text for text in consent_texts() if text.purpose == purpose and text.valid_from <= on
    )
    return next(in_force, None)


@Recent
def skills() -> dict[str, str]:
    """Return the names of all skills by their codes, in their order; read at most once a minute."""
    return dict(Skill.objects.values_list("code", "name"))


def consents_in_force(person: Person) -> list[Consent]:
    """Return what somebody has agreed to and not withdrawn, with the words, oldest first."""
    return list(
        person.consents.filter(withdrawn_at__isnull=True)
        .select_related("text", "guardian")
        .order_by("given_at", "pk")
    )


def with_grants_in(codes: Iterable[str]) -> Exists:
    """Make the condition that a person holds or held a role in one of some areas or below it."""
    inside = Q(pk__in=[])
    for code in codes:
        inside |= within(code, "area_id")
    return Exists(Grant.objects.filter(inside, person=OuterRef("pk")))


def gathered_grants(on: date, person: str = "person") -> Subquery:
    """Make a column with the grants in force of the person that a row names: [role, area code].

    `person` is the row's column with the person's key.
    """
    grants = Grant.objects.in_force(on).filter(person=OuterRef(person))
    return Subquery(grants.values(all=Gathered(JSONArray("role", "area_id"))))


def masked_people(keys: Iterable[int | str]) -> dict[int, str]:
    """Return the masked names of people by key, in one query."""
    rows = Person.objects.filter(pk__in={int(key) for key in keys}).values_list("pk", "name")
    return {key: masking.name(name) for key, name in rows}


def own_data(person: Person) -> dict[str, Any]:
    """Return everything this package keeps about a person, unmasked, for that person alone."""
    return {
        "account": {
            "name": person.name,
            "username": person.username or "",
            "phone": person.phone,
            "document_kind": person.document_kind,
            "document_number": person.document_number,
            "email": person.email,
            "birth_year": person.birth_year,
            "language": person.language,
            "joined_at": person.joined_at,
        },
        "grants": [
            {
                "role": grant.role,
                "area_code": grant.area_id,
                "area": grant.area.name,
                "starts_on": grant.starts_on,
                "ends_on": grant.ends_on,
            }
            for grant in person.grants.select_related("area").order_by("starts_on", "pk")
        ],
        "consents": [
            {
                "purpose": consent.text.purpose,
                "version": consent.text.version,
                "text": consent.text.text,
                "given_by": consent.given_by,
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
            }
            for consent in person.consents.select_related("text").order_by("given_at", "pk")
        ],
    }
