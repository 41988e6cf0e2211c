"""Who signs in to the demo city, and the other staff that its communities and counties have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.demo.draws import dice
from youwo.demo.places import COUNTY, JINSHUI
from youwo.demo.size import BEGIN
from youwo.demo.words import person_name
from youwo.journal import actions as journal
from youwo.people import actions
from youwo.people.models import Grant, Person, Role

PASSWORD = "youwo-demo"  # noqa: S105 -- printed on the screen, for invented people


@dataclass(frozen=True)
class SignIn:
    """One account to try the demo with. Without a role it belongs to no staff."""

    username: str
    name: str
    label: object
    role: str = ""
    area: str = ""


STAFF = (
    SignIn("admin", "荆晓峰", gettext_lazy("administrator"), Role.ADMINISTRATOR, settings.CITY),
    SignIn(
        "city", "崔立新", gettext_lazy("coordinator of the city"), Role.COORDINATOR, settings.CITY
    ),
    SignIn(
        "county", "王振国", gettext_lazy("coordinator of Yanhu district"), Role.COORDINATOR, COUNTY
    ),
    SignIn("worker", "李桂兰", gettext_lazy("worker of Jinshui community"), Role.WORKER, JINSHUI),
    SignIn(
        "worker2",
        "郭秀梅",
        gettext_lazy("second worker of Jinshui community, for call-backs"),
        Role.WORKER,
        JINSHUI,
    ),
    SignIn("auditor", "卫国栋", gettext_lazy("auditor"), Role.AUDITOR, settings.CITY),
)
RESIDENT = SignIn("resident", "张敬之", gettext_lazy("resident of Jinshui community"))
# They are the first two members of the tax office.
UNIT = SignIn("unit", "姬文静", gettext_lazy("coordinator of the tax office"))
MEMBER = SignIn("member", "赵明远", gettext_lazy("member of the tax office, volunteer"))
# They act for two of Jinshui's own units; its residents' committee is acted for by its worker.
PROPERTY = SignIn("property", "董海生", gettext_lazy("property company of Jinshui community"))
OWNERS = SignIn("owners", "樊玉琴", gettext_lazy("owners' committee of Jinshui community"))
COMMITTEE_WORKER = "worker"

ALL = (
    RESIDENT,
    *STAFF[3:5],
    UNIT,
    MEMBER,
    PROPERTY,
    OWNERS,
    STAFF[2],
    STAFF[1],
    STAFF[5],
    STAFF[0],
)


def appoint(seed: int, communities: Sequence[Area], *, at: datetime) -> None:
    """Enter the staff: who signs in, a worker for each model community, a county's coordinator."""
    administrator: Person | None = None
    for number, one in enumerate(STAFF):
        person = actions.create(
            name=one.name,
            phone=f"199002{number:05d}",
            username=one.username,
            password=PASSWORD,
            by=administrator,
            at=at,
        )
        _grant(person, one.role, one.area, by=administrator, at=at)
        administrator = administrator or person
    draw = dice(seed, "staff")
    counties = Area.objects.filter(kind=Area.Kind.COUNTY).exclude(pk=COUNTY).order_by("code")
    posts = [(Role.COORDINATOR, area.code) for area in counties]
    posts += [(Role.WORKER, area.code) for area in communities if area.code != JINSHUI]
    for number, (role, code) in enumerate(posts, start=100):
        person = actions.create(
            name=person_name(draw), phone=f"199002{number:05d}", by=administrator, at=at
        )
        _grant(person, role, code, by=administrator, at=at)
    joined = at.replace(year=2025, month=3, day=5)
    resident = actions.create(
        name=RESIDENT.name,
        phone="19900299999",
        username=RESIDENT.username,
        password=PASSWORD,
        birth_year=1956,
        by=None,
        at=joined,
    )
    actions.give_consent(resident, purpose="account", by=resident, at=joined)


def _grant(person: Person, role: str, code: str, *, by: Person | None, at: datetime) -> None:
    area = Area.objects.get(pk=code)
    actions.grant(person, role=role, area=area, starts_on=BEGIN, by=by, at=at)


def name_members(people: Sequence[Person], *, at: datetime) -> None:
    """Let the first two members of the tax office sign in."""
    for person, one in zip(people, (UNIT, MEMBER), strict=False):
        person.name, person.username = one.name, one.username
        person.set_password(PASSWORD)
        person.save(update_fields=["name", "username", "password"])
        journal.write("set_password", person, by=person, at=at)


def workers() -> dict[str, list[Person]]:
    """Return the workers of each place, places and workers in the order of their appointment."""
    grants = Grant.objects.filter(role=Role.WORKER, ends_on__isnull=True)
    found: dict[str, list[Person]] = {}
    for grant in grants.select_related("person").order_by("pk"):
        found.setdefault(grant.area_id, []).append(grant.person)
    return found


def first_workers() -> dict[str, Person]:
    """Return who was appointed first in each place."""
    return {code: people[0] for code, people in workers().items()}
