"""The robots of chat groups: who keeps those of a place or a unit, and what keepers do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.core.sealing import blind
from youwo.journal import actions as journal
from youwo.notices import queries
from youwo.notices.models import GroupKind, Post, Robot
from youwo.notices.robots import platforms, tasks
from youwo.notices.robots.answers import Answer
from youwo.notices.robots.platforms import Line
from youwo.organizations.models import Organization
from youwo.organizations.queries import in_any
from youwo.organizations.rules import KEEPERS, mandates
from youwo.people.models import Person
from youwo.people.rules import powers


def may_keep(by: Person, *, area_code: str | None, organization: int | None, on: date) -> bool:
    """Say whether somebody keeps the robots of a place, or of a unit (its key)."""
    if organization is not None:
        return organization in mandates(by, on)
    return area_code is not None and powers(by, on).cover(area_code, *KEEPERS)


def robots_kept_by(person: Person, on: date) -> QuerySet[Robot]:
    """Return the robots of the places and units that somebody keeps."""
    kept = Q(organization__in=mandates(person, on))
    codes = powers(person, on).codes(*KEEPERS)
    if codes:
        kept |= in_any(codes, "area_id")
    return Robot.objects.filter(kept, removed_at__isnull=True)


def posts_kept_by(person: Person, on: date) -> QuerySet[Post]:
    """Return what was posted by the robots that somebody keeps."""
    return Post.objects.filter(robot__in=robots_kept_by(person, on))


@dataclass(frozen=True, kw_only=True)
class Wished:
    """What a keeper enters about a robot. An empty address or secret keeps the one there is."""

    name: str
    wanted: Collection[str]
    address: str = ""
    secret: str = ""
    keyword: str = ""
    quiet: bool = True


@acting()
def add(
    platform: str,
    wished: Wished,
    *,
    by: Person,
    at: datetime,
    area: Area | None = None,
    organization: Organization | None = None,
) -> Robot:
    """Enter the robot of a group, for a place or for a unit.

    Refuses whoever does not keep the place or unit, addresses that are not the platform's, and a
    group that is told already.
    """
    robot = Robot(
        platform=Robot.Platform(platform),
        area=area,
        organization=organization.pk if organization else None,
        added_by=by,
        added_at=at,
        free_at=at,
    )
    _must_keep(robot, by, at)
    _fill(robot, wished)
    _save(robot)
    _write("add", robot, by, at)
    return robot


@acting()
def change(robot: Robot, wished: Wished, *, by: Person, at: datetime) -> Robot:
    """Change what was entered about a robot, and let it go on if its group had refused it."""
    robot = _locked(robot, by, at)
    _fill(robot, wished)
    if robot.paused == Robot.Paused.BY_REFUSAL:
        robot.paused = ""
    _save(robot)
    _write("change", robot, by, at)
    return robot


def _fill(robot: Robot, wished: Wished) -> None:
    address = wished.address.strip() or robot.address
    if not platforms.is_allowed(robot.platform, address):
        raise Refused(
            _("This is not an address that %(platform)s gives to its robots.")
            % {"platform": robot.get_platform_display()},
            "address",
        )
    robot.address, robot.address_index = address, blind("robot", address)
    robot.name, robot.keyword = wished.name, wished.keyword.strip()
    robot.secret = wished.secret.strip() or robot.secret
    robot.wanted = [kind for kind in GroupKind.values if kind in wished.wanted]
    robot.quiet = wished.quiet


def _save(robot: Robot) -> None:
    try:
        with transaction.atomic():
            robot.save()
    except IntegrityError:
        raise Refused(_("This group is told already, by another entry."), "address") from None
    queries.groups.forget_after_change()


@acting()
def pause(robot: Robot, *, by: Person, at: datetime) -> Robot:
    """Post nothing more to a group until further notice; what happens meanwhile is not posted."""
    robot = _locked(robot, by, at)
    robot.paused = Robot.Paused.BY_KEEPER
    robot.save(update_fields=["paused"])
    queries.groups.forget_after_change()
    _write("pause", robot, by, at)
    return robot


@acting()
def resume(robot: Robot, *, by: Person, at: datetime) -> Robot:
    """Post to a group again."""
    robot = _locked(robot, by, at)
    robot.paused = ""
    robot.save(update_fields=["paused"])
    queries.groups.forget_after_change()
    _write("resume", robot, by, at)
    return robot


@acting()
def remove(robot: Robot, *, by: Person, at: datetime) -> Robot:
    """Post to a group never again, and forget its address and secret."""
    robot = _locked(robot, by, at)
    robot.removed_at = at
    robot.address, robot.address_index, robot.secret = "", None, ""
    robot.save(update_fields=["removed_at", "address", "address_index", "secret"])
    robot.posts.filter(state=Post.State.WAITING).delete()
    queries.groups.forget_after_change()
    _write("remove", robot, by, at)
    return robot


def try_out(robot: Robot, *, by: Person, at: datetime) -> Answer:
    """Post a test to a group now, and return what came of it. Not in a transaction.

    A robot that had been refused and is taken now goes on.
    """
    robot = _take_turn(robot, by=by, at=at)
    answer = tasks.tell(robot, [Line(*_words(robot))], at=at)
    if answer == Answer.OK and robot.paused == Robot.Paused.BY_REFUSAL:
        resume(robot, by=by, at=at)
    return answer


@acting()
def _take_turn(robot: Robot, *, by: Person, at: datetime) -> Robot:
    robot = _locked(robot, by, at)
    if robot.free_at > at:
        raise Refused(_("Something was posted just now. Please try again in a moment."))
    robot.free_at = at + tasks.GAP
    robot.save(update_fields=["free_at"])
    _write("try_out", robot, by, at)
    return robot


def _words(robot: Robot) -> tuple[str, str]:
    with override(settings.LANGUAGE_CODE):
        wanted = [str(GroupKind(kind).label) for kind in robot.wanted]
        return (
            _("A test: “%(name)s” reaches this group.") % {"name": robot.name},
            _("It will post: %(kinds)s") % {"kinds": "；".join(wanted)} if wanted else "",
        )


def _locked(robot: Robot, by: Person, at: datetime) -> Robot:
    """Lock a robot, so that a keeper and the worker do not overwrite each other's marks."""
    row = Robot.objects.select_for_update(of=("self",)).get(pk=robot.pk)
    if row.removed_at is not None:
        raise Refused(_("This robot has been removed in the meantime."))
    _must_keep(row, by, at)
    return row


def _must_keep(robot: Robot, by: Person, at: datetime) -> None:
    on = local_day(at)
    if not may_keep(by, area_code=robot.area_id, organization=robot.organization, on=on):
        raise Refused(_("Its robots are kept by the workers of the place, or by the unit itself."))


def _write(verb: str, robot: Robot, by: Person, at: datetime) -> None:
    journal.write(verb, robot, by=by, at=at, area_code=robot.area_id or "")
