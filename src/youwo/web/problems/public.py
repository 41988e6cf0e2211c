"""What everybody may read of problems: the list, one problem with its way, the catalogue."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.rules import kind_of
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference
from youwo.needs import queries, rules, triage
from youwo.needs.models import Problem
from youwo.web.access import person_of, public
from youwo.web.home.choices import place_code
from youwo.web.maps import views as maps
from youwo.web.needs.way import Reader
from youwo.web.problems.lineage import linked
from youwo.web.problems.way import way

_MOST_POINTS = 500


def groups() -> list[str]:
    """Return the classes of the catalogue, in its order."""
    return list(dict.fromkeys(kind.group for kind in triage.problem_kinds()))


@public
def index(request: HttpRequest) -> HttpResponse:
    """List public problems by view, area, class and words."""
    given = request.GET
    view = given.get("view", "")
    view = view if view in queries.PROBLEM_VIEWS else ""
    code = given.get("area", place_code(request))
    area = Area.objects.filter(code=code).first() if kind_of(code) else None
    classes = groups()
    group = given.get("kind", "")
    group = group if group in classes else ""
    words = given.get("q", "")[:50]
    problems = queries.public_problems(
        view=view, code=area.code if area else "", kind=group, words=words
    ).with_voices()
    context = {
        "page": page(problems, by=queries.ACCEPTED, cursor=given.get("cursor")),
        "view": view,
        "area": area,
        "kind": group,
        "groups": classes,
        "words": words,
        "filtered": bool(view or group or words or (area and area.code != settings.CITY)),
    }
    return render(request, "problems/index.html", context)


@public
def on_map(request: HttpRequest) -> HttpResponse:
    """Show public problems with a point on a map, and the same as a list."""
    found = queries.problem_points(code=place_code(request)[:6]).with_voices()
    context = {
        "title": _("Problems on the map"),
        "text": _("Only problems whose place was noted, and that are not closed yet."),
        "list": reverse("problems:index"),
        "points": reverse("problems:points"),
        "problems": list(found[:_MOST_POINTS]),
    }
    return render(request, "problems/map.html", context)


@public
def points(request: HttpRequest) -> JsonResponse:
    """Return public problems with a point, for the map."""
    return maps.cases(queries.problem_points(code=place_code(request)[:6])[:_MOST_POINTS])


@public
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one public problem and its way, and let another voice join."""
    found = Problem.objects.select_related("kind", "community__parent", "compound", "merged_into")
    problem = found.with_voices().filter(reference=parse_reference(reference) or "").first()
    if problem is not None and problem.merged_into and problem.merged_into.is_public:
        return redirect("problems:detail", problem.merged_into.reference)
    if problem is None or not problem.is_public:
        raise Http404
    on = local_day(timezone.now())
    context = {
        "problem": problem,
        "way": way(problem, Reader.EVERYBODY),
        "linked": linked(problem, Reader.EVERYBODY),
        "deals": rules.may_read(person_of(request), problem, on),
    }
    return render(request, "problems/detail.html", context)


@public
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show what can be reported, how long it may take, when it is closed, who is responsible."""
    kinds = triage.problem_kinds()
    context = {
        "groups": [
            (group, list(rows)) for group, rows in groupby(kinds, key=lambda kind: kind.group)
        ],
        "count": len(kinds),
    }
    return render(request, "problems/catalogue.html", context)
