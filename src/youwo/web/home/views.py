"""The home page, the place people live in, and how the pages look to them."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from youwo.areas import queries as areas
from youwo.areas.models import Area
from youwo.areas.rules import kind_of
from youwo.core.clock import local_day
from youwo.insight.definitions import DEFINITIONS
from youwo.insight.queries import figures
from youwo.needs import queries
from youwo.web.access import public
from youwo.web.home import choices
from youwo.web.insight.shown import number

# How many places a search lists, and how many wishes the home page shows.
_LISTED = 60
_NEARBY = 6
# Which figures of the year it shows, and for how long a count is kept.
_SHOWN = ("deeds", "person_times", "activities")
_KEPT_SECONDS = 600

# What everybody can expect of a wish.
_WAY = [
    {"state": "done", "title": title, "text": text}
    for title, text in (
        (
            gettext_lazy("You say it"),
            gettext_lazy("Online, by telephone or at the community's counter."),
        ),
        (
            gettext_lazy("The community reads it"),
            gettext_lazy("Published without your name and door."),
        ),
        (gettext_lazy("Somebody promises it"), gettext_lazy("One person or unit, never two.")),
        (gettext_lazy("You say that it is done"), gettext_lazy("With a code; no photo is needed.")),
        (gettext_lazy("Somebody else calls you back"), gettext_lazy("Three short questions.")),
    )
]


def _next(request: HttpRequest) -> str:
    """Return the page to come back to: the one asked for if it is ours, or home."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else "/"


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the three things to do, and what is going on nearby."""
    code = choices.place_code(request)
    context = {
        "wishes": queries.latest_public(code, _NEARBY),
        "waiting": queries.board(view="open", code=code)[: queries.COUNTED].count(),
        "counted": queries.COUNTED,
        "way": _WAY,
    }
    return render(request, "home/index.html", context)


@public
@require_safe
def this_year(request: HttpRequest) -> HttpResponse:
    """Show what has been done this year in the visitor's place; counted anew every ten minutes."""
    code, on = choices.place_code(request), local_day(timezone.now())

    def counted() -> dict[str, int]:
        return {one.definition.name: one.value for one in figures(code, on)}

    values = cache.get_or_set(f"home:this-year:{code}:{on}", counted, _KEPT_SECONDS) or {}
    figured = [
        (DEFINITIONS[name], number(name, values[name], code, entitled=False))
        for name in _SHOWN
        if name in values
    ]
    return render(request, "home/_this_year.html", {"code": code, "figures": figured})


@public
def place(request: HttpRequest) -> HttpResponse:
    """Choose the place one lives in: going down from the city, or by name."""
    if request.method == "POST":
        return _choose(request)
    on = local_day(timezone.now())
    words = request.GET.get("q", "").strip()[:40]
    code = request.GET.get("in", settings.CITY)
    way = areas.path(code if kind_of(code) else settings.CITY) or areas.path(settings.CITY)
    if words:
        found = areas.find(words, way[0].code if way else "", limit=_LISTED, on=on)
    else:
        found = list(areas.children(way[-1].code, on)) if way else []
    return render(
        request,
        "home/place.html",
        {
            "words": words,
            "way": way,
            "here": way[-1] if way else None,
            "found": found,
            "next": _next(request),
        },
    )


def _choose(request: HttpRequest) -> HttpResponse:
    answer = HttpResponseRedirect(_next(request))
    code = request.POST.get("code", "")
    if code:
        known = Area.objects.filter(statistical=False) if kind_of(code) else Area.objects.none()
        area = get_object_or_404(known, code=code)
        choices.keep_place(answer, choices.Place(area.code, area.name))
    else:
        choices.keep_place(answer, None)
    return answer


@public
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Switch large type, and light or dark, on this device."""
    answer = redirect(_next(request))
    if "elder" in request.POST:
        choices.keep_elder(answer, request.POST["elder"] == "1")
    if "theme" in request.POST:
        choices.keep_theme(answer, request.POST["theme"])
    return answer


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language on this device."""
    return set_language(request)


@public
@require_safe
@cache_control(public=True, max_age=86400)
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the site to phones that put it on their home screen."""
    sizes = (180, 192, 512)
    return JsonResponse(
        {
            "name": _("Youwo"),
            "short_name": _("Youwo"),
            "description": _(
                "Say it once, and somebody near you answers. Every step can be followed."
            ),
            "start_url": "/",
            "display": "browser",
            "background_color": "#faf8f4",
            "theme_color": "#faf8f4",
            "icons": [
                {"src": static(f"seal-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
                for size in sizes
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
