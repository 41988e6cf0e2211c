"""Keeping the robots of chat groups: listing, entering, trying out, pausing, removing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.notices import actions
from youwo.notices.models import GroupKind, Post, Robot
from youwo.notices.robots.answers import Answer
from youwo.notices.tasks import UNKNOWN
from youwo.organizations import robots
from youwo.organizations.models import Organization
from youwo.organizations.rules import KEEPERS
from youwo.web.access import mandates_of, powers_of, signed_in_person, with_units
from youwo.web.notices.forms import RobotForm


def _must_keep(request: HttpRequest) -> None:
    if not (powers_of(request).holds(*KEEPERS) or mandates_of(request)):
        raise Http404


def _get(request: HttpRequest, key: int) -> Robot:
    rows = robots.robots_kept_by(signed_in_person(request), local_day(timezone.now()))
    return get_object_or_404(rows.select_related("area"), pk=key)


def _units(keys: set[int]) -> dict[int, Organization]:
    return Organization.objects.in_bulk(keys) if keys else {}


def _owner(robot: Robot, units: dict[int, Organization]) -> str:
    return str(robot.area or units[robot.organization or 0])


def words(answer: str) -> str:
    """Return in words what a platform answered, or why a post was given up."""
    if answer == UNKNOWN:
        return str(Answer.NO_ANSWER.label)
    return str(Answer(answer).label) if answer else ""


@with_units
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the robots of the places and units that the visitor keeps."""
    _must_keep(request)
    rows = robots.robots_kept_by(signed_in_person(request), local_day(timezone.now()))
    asked = request.GET.get("q", "").replace("\0", "").strip()
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(area__name__icontains=asked))
    paused = request.GET.get("paused") == "1"
    if paused:
        rows = rows.exclude(paused="")
    found = page(
        rows.select_related("area"), by=("name", "id"), cursor=request.GET.get("cursor"), size=50
    )
    units = _units({row.organization for row in found if row.organization})
    context = {
        "rows": [(row, _owner(row, units), words(row.answer)) for row in found],
        "page": found,
        "asked": asked,
        "paused": paused,
    }
    return render(request, "notices/robots.html", context)


def _owners(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return what a group of the visitor's may hear about: their units, their places, those below.

    Communities of a whole county are too many for one list; their workers enter their own.
    """
    codes = powers_of(request).codes(*KEEPERS)
    units = Organization.objects.filter(pk__in=mandates_of(request)).order_by("name")
    places = Area.objects.filter(
        Q(pk__in=codes) | Q(parent__in=codes), valid_to__isnull=True, statistical=False
    )
    return [(f"unit.{unit.pk}", unit.name) for unit in units] + [
        (f"area.{area.pk}", area.name)
        for area in places.order_by("code")
        if area.kind != Area.Kind.COMPOUND
    ]


def _owner_of(form: RobotForm) -> dict[str, Any]:
    kind, _dot, key = form.cleaned_data["owner"].partition(".")
    if kind == "unit":
        return {"organization": Organization.objects.get(pk=key)}
    return {"area": Area.objects.get(pk=key)}


@with_units
def add(request: HttpRequest) -> HttpResponse:
    """Enter the robot of a group."""
    _must_keep(request)
    form = RobotForm(request.POST or None, owners=_owners(request))
    if request.method == "POST" and form.is_valid():
        try:
            robot = robots.add(
                form.cleaned_data["platform"],
                form.wished(),
                by=signed_in_person(request),
                at=timezone.now(),
                **_owner_of(form),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Entered. Now send a test."))
            return redirect("notices:robot", robot.pk)
    return render(
        request, "notices/robot_form.html", {"form": form}, status=422 if form.errors else 200
    )


@with_units
@require_safe
def show(request: HttpRequest, key: int) -> HttpResponse:
    """Show a robot, what it was answered, and what it posted."""
    robot = _get(request, key)
    posts = page(
        Post.objects.filter(robot=robot),
        by=("-created_at", "-id"),
        cursor=request.GET.get("cursor"),
        size=20,
    )
    units = _units({robot.organization} if robot.organization else set())
    context = {
        "robot": robot,
        "owner": _owner(robot, units),
        "answer": words(robot.answer),
        "taken": robot.answer == Answer.OK,
        "kinds": [GroupKind(kind).label for kind in robot.wanted],
        "rows": [(post, words(post.error)) for post in posts],
        "page": posts,
    }
    return render(request, "notices/robot.html", context)


@with_units
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Change what was entered about a robot."""
    robot = _get(request, key)
    form = RobotForm(request.POST or None, owners=[], robot=robot)
    if request.method == "POST" and form.is_valid():
        try:
            robots.change(robot, form.wished(), by=signed_in_person(request), at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Kept. It holds within a minute."))
            return redirect("notices:robot", robot.pk)
    context = {"form": form, "robot": robot}
    return render(request, "notices/robot_form.html", context, status=422 if form.errors else 200)


@with_units
@require_POST
def try_out(request: HttpRequest, key: int) -> HttpResponse:
    """Post a test, and say what the platform answered."""
    robot = _get(request, key)
    answer = robots.try_out(robot, by=signed_in_person(request), at=timezone.now())
    told = messages.success if answer == Answer.OK else messages.error
    told(request, str(answer.label))
    return redirect("notices:robot", robot.pk)


@with_units
@require_POST
def pause(request: HttpRequest, key: int) -> HttpResponse:
    """Post nothing more until further notice."""
    robot = robots.pause(_get(request, key), by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Paused. Nothing is posted there until you let it go on."))
    return redirect("notices:robot", robot.pk)


@with_units
@require_POST
def resume(request: HttpRequest, key: int) -> HttpResponse:
    """Post again."""
    robot = robots.resume(_get(request, key), by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("It goes on."))
    return redirect("notices:robot", robot.pk)


@with_units
@require_POST
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Forget a robot."""
    robots.remove(_get(request, key), by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Removed. Its address and secret are forgotten."))
    return redirect("notices:robots")


@with_units
@require_POST
def send_again(request: HttpRequest, key: int) -> HttpResponse:
    """Put a post that was given up on its way once more."""
    person = signed_in_person(request)
    rows = robots.posts_kept_by(person, local_day(timezone.now()))
    post = get_object_or_404(rows, pk=key)
    actions.send_again(post, by=person, at=timezone.now())
    messages.success(request, _("On its way once more."))
    return redirect("notices:robot", post.robot_id)
