"""Opening a hearing: where, when, with whom, and who is there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from youwo.almanac.queries import deadline
from youwo.areas.models import Area
from youwo.core.acts import acting, attempt, hold
from youwo.core.clock import local_day, start_of
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.models import Attendee, Hearing
from youwo.needs.terms import DAY
from youwo.organizations.models import Organization
from youwo.people.models import ConsentText, Person, Role
from youwo.people.rules import powers
from youwo.turns import actions as turns
from youwo.turns.actions import Wanted

# Within this time after it was held, what was said is handed on: nobody waits longer unseen.
HOURS = DAY
MOST_ATTENDEES = 100


@dataclass(frozen=True)
class About:
    """What is known of a hearing before anybody has spoken."""

    held_on: date
    place: str
    topic: str
    consent_given_by: str
    organization: Organization | None = None


def begin(
    about: About,
    *,
    community: Area,
    consent: ConsentText | None,
    nonce: uuid.UUID,
    by: Person,
    at: datetime,
) -> Hearing:
    """Open a hearing. The same nonce makes no second one.

    Consent is asked once, for all who speak. Refuses workers of other communities.
    """
    if not powers(by, local_day(at)).cover(community.pk, *rules.DEALING):
        raise Refused(_("You can open hearings of your own community only."), "community")
    try:
        return _begin(about, community=community, consent=consent, nonce=nonce, by=by, at=at)
    except IntegrityError:
        earlier = Hearing.objects.filter(nonce=nonce, recorded_by=by).first()
        if earlier is not None:
            return earlier
        # Otherwise two random references met: once in hundreds of thousands.
        return _begin(about, community=community, consent=consent, nonce=nonce, by=by, at=at)


@attempt()
def _begin(
    about: About,
    *,
    community: Area,
    consent: ConsentText | None,
    nonce: uuid.UUID,
    by: Person,
    at: datetime,
) -> Hearing:
    hearing = Hearing.objects.create(
        **asdict(about) | {"organization": about.organization},
        reference=new_reference("H"),
        nonce=nonce,
        community=community,
        consent_text=consent,
        recorded_by=by,
        recorded_at=at,
        search_terms=_terms(about),
    )
    if about.organization is not None:
        Attendee.objects.create(
            hearing=hearing, organization=about.organization, role=Attendee.Role.UNIT
        )
    turns.put(hearing, turns_of(hearing, since=at))
    journal.write("begin", hearing, by=by, at=at, area_code=community.pk)
    return hearing


def turns_of(hearing: Hearing, *, since: datetime) -> list[Wanted]:
    """Return whose turn an open hearing is: the community hands on what was said."""
    begun = max(since, start_of(hearing.held_on + timedelta(days=1)))
    return [
        Wanted(
            kind="hearing.close",
            reference=hearing.reference,
            title=hearing.topic,
            detail=" · ".join([hearing.community.name, hearing.place]),
            area=hearing.community_id,
            role=Role.WORKER,
            since=since,
            due_at=deadline(begun, hours=HOURS, area_code=hearing.community_id).at,
        )
    ]


def _terms(about: About) -> str:
    unit = about.organization
    return terms(about.topic, about.place, unit.name if unit else "", str(unit) if unit else "")


def must_deal(hearing: Hearing, by: Person, at: datetime) -> None:
    """Refuse people who do not deal with what is said in this community."""
    if not rules.may_deal(by, hearing, local_day(at)):
        raise Refused(_("This hearing belongs to another community."))


def locked(hearing: Hearing) -> Hearing:
    """Lock a hearing: two people may type and close at the same moment."""
    return hold(hearing, "community", "consent_text")


@acting()
def change(hearing: Hearing, about: About, *, by: Person, at: datetime) -> Hearing:
    """Correct what is known of an open hearing."""
    must_deal(hearing, by, at)
    hearing = locked(hearing)
    if not hearing.is_open:
        raise closed_already()
    for name in ("held_on", "place", "topic", "consent_given_by", "organization"):
        setattr(hearing, name, getattr(about, name))
    hearing.search_terms = _terms(about)
    hearing.save(
        update_fields=[
            "held_on",
            "place",
            "topic",
            "consent_given_by",
            "organization",
            "search_terms",
        ]
    )
    turns.put(hearing, turns_of(hearing, since=hearing.recorded_at))
    journal.write("change", hearing, by=by, at=at, area_code=hearing.community_id)
    return hearing


def closed_already() -> Refused:
    """Make the refusal of an act that comes after the closing."""
    return Refused(_("This hearing is closed. Open it once more to add something."))


@acting()
def note_attendees(
    hearing: Hearing,
    names: Sequence[str],
    *,
    role: str,
    organization: Organization | None,
    person: Person | None = None,
    by: Person,
    at: datetime,
) -> list[Attendee]:
    """Write down who is there: names, a unit, or somebody with an account. Nobody twice.

    Without names and person it is the unit alone. Refuses an entry that names nobody.
    """
    must_deal(hearing, by, at)
    if not names and organization is None and person is None:
        raise Refused(_("Please say who is there: a name, or a unit."), "names")
    hearing = locked(hearing)
    known = list(hearing.attendees.all())
    if len(known) + len(names) > MOST_ATTENDEES:
        raise Refused(_("This hearing holds 100 names at most. Please write a group as one name."))
    listed = {(one.name, one.organization_id, one.person_id) for one in known}
    unit = organization.pk if organization else None
    wanted: list[tuple[str, Person | None]] = [(name, None) for name in names]
    if person is not None or not wanted:
        wanted.append(("", person))
    added = [
        Attendee(hearing=hearing, name=name, person=whom, organization=organization, role=role)
        for name, whom in dict.fromkeys(wanted)
        if (name, unit, whom.pk if whom else None) not in listed
        and (whom is None or whom.pk not in {one.person_id for one in known})
    ]
    Attendee.objects.bulk_create(added)
    if added:
        journal.write(
            "note_attendees",
            hearing,
            by=by,
            at=at,
            area_code=hearing.community_id,
            count=len(added),
        )
    return added


@acting()
def drop_attendee(attendee: Attendee, *, by: Person, at: datetime) -> None:
    """Take somebody off the list of who was there."""
    must_deal(attendee.hearing, by, at)
    hearing = attendee.hearing
    journal.write("drop_attendee", hearing, by=by, at=at, area_code=hearing.community_id)
    attendee.delete()
