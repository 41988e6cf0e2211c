"""Which people an administrator sees: those tied to the area, and whoever gave their number."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from youwo.areas.models import within
from youwo.core.refused import Refused
from youwo.organizations.models import MemberEnrolment, Membership
from youwo.people import phones, queries
from youwo.people.models import Person, PersonQuerySet, Role
from youwo.web.access import powers_of

_FOUND = "people_found"
_REMEMBERED = 20


def codes_of(request: HttpRequest) -> list[str]:
    """Return the areas whose roles the signed-in person keeps."""
    return powers_of(request).codes(Role.ADMINISTRATOR)


def _anywhere(codes: list[str], field: str) -> Q:
    inside = Q(pk__in=[])
    for code in codes:
        inside |= within(code, field)
    return inside


def tied_to(codes: list[str]) -> PersonQuerySet:
    """People with a role, a unit or an enrolment in one of some areas; everybody for a city."""
    people: PersonQuerySet = Person.objects.all()
    if any(len(code) == 4 for code in codes):
        return people
    of = OuterRef("pk")
    units = Membership.objects.filter(_anywhere(codes, "organization__area_id"), person=of)
    enrolled = MemberEnrolment.objects.filter(_anywhere(codes, "community_id"), person=of)
    return people.filter(queries.with_grants_in(codes) | Exists(units) | Exists(enrolled))


def staff_of(codes: list[str]) -> PersonQuerySet:
    """People who hold or held a role in one of some areas."""
    people: PersonQuerySet = Person.objects.all()
    return people.filter(queries.with_grants_in(codes))


def search(request: HttpRequest, words: str) -> PersonQuerySet:
    """Find people by whole name among those tied to the area, or by exact number or user name.

    Whoever can say a person's whole number or user name has it from that person, so they are found
    without a tie; their page stays open for this session.
    """
    people: PersonQuerySet = Person.objects.filter(anonymised_at__isnull=True)
    try:
        exact = people.with_phone(phones.normalise(words))
    except Refused:
        exact = people.filter(username=words.lower())
    keys = list(exact.values_list("pk", flat=True)[:1])
    if keys:
        known = [key for key in request.session.get(_FOUND, []) if key not in keys]
        request.session[_FOUND] = [*known, *keys][-_REMEMBERED:]
        return people.filter(pk__in=keys)
    return tied_to(codes_of(request)).filter(anonymised_at__isnull=True, name=words)


def remember(request: HttpRequest, person: Person) -> None:
    """Keep the page of somebody just entered open for this session."""
    request.session[_FOUND] = [*request.session.get(_FOUND, []), person.pk][-_REMEMBERED:]


def get_person(request: HttpRequest, key: int) -> Person:
    """Return a person whom the signed-in administrator may see; nobody else exists for them."""
    if key in request.session.get(_FOUND, []):
        return get_object_or_404(Person, pk=key)
    return get_object_or_404(tied_to(codes_of(request)), pk=key)


def shared_area(request: HttpRequest, person: Person) -> str:
    """Return the code of an area of the administrator's that the person belongs to."""
    codes = codes_of(request)
    for code in codes:
        if len(code) == 4:
            return code
        if tied_to([code]).filter(pk=person.pk).exists():
            return code
    raise Http404
