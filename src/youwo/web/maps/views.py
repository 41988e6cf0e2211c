"""What maps are drawn from: the outlines of the counties, and where compounds lie."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page

from youwo.areas import queries
from youwo.areas.models import Area
from youwo.areas.rules import kind_of
from youwo.web.access import public

_MOST = 200


@public
@cache_control(public=True, max_age=86400)
@gzip_page
def outlines(request: HttpRequest) -> HttpResponse:
    """Return the outlines of the city's counties, to about 10 m: a phone pays for each digit."""
    return JsonResponse(_ground(settings.CITY), json_dumps_params={"separators": (",", ":")})


@cache
def _ground(city: str) -> dict[str, Any]:
    shapes = queries.outlines(city)
    features = [
        {
            **feature,
            "geometry": {
                **feature["geometry"],
                "coordinates": _rounded(feature["geometry"]["coordinates"]),
            },
        }
        for feature in shapes["features"]
    ]
    return {**shapes, "features": features}


def _rounded(part: Any) -> Any:
    if isinstance(part, list):
        return [_rounded(one) for one in part]
    return round(part, 4)


@public
@cache_control(public=True, max_age=3600)
def places(request: HttpRequest) -> JsonResponse:
    """Return the compounds of a community that have a point, to find one's way by."""
    code = request.GET.get("area", "")
    found = Area.objects.none()
    if kind_of(code) == Area.Kind.COMMUNITY:
        found = Area.objects.filter(
            parent=code, kind=Area.Kind.COMPOUND, valid_to__isnull=True, longitude__isnull=False
        ).order_by("code")[:_MOST]
    rows = found.values_list("name", "longitude", "latitude")
    points = [
        (name, [float(x), float(y)]) for name, x, y in rows if x is not None and y is not None
    ]
    return JsonResponse({"places": [{"name": name, "point": point} for name, point in points]})


class Located(Protocol):
    """A case with its public title and perhaps a point, in degrees."""

    reference: str
    public_title: str
    longitude: Decimal | None
    latitude: Decimal | None


def cases(rows: Iterable[Located]) -> JsonResponse:
    """Return cases with a point, for a map. Points are rounded to about 100 m."""
    return JsonResponse(
        {
            "cases": [
                {
                    "reference": row.reference,
                    "title": row.public_title,
                    "point": [round(float(row.longitude), 3), round(float(row.latitude), 3)],
                }
                for row in rows
                if row.longitude is not None and row.latitude is not None
            ]
        }
    )
