"""The real areas with invented compounds, and where in them things happen."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from random import Random

from django.conf import settings

from youwo.areas import actions, tables
from youwo.areas.models import Area
from youwo.demo.draws import dice
from youwo.demo.words import read

JINSHUI = "140802005022"
COUNTY = "140802"
# A prison and two treatment centres stand among the towns: nothing is invented there.
_LEFT_OUT = ("140881400", "140881401", "140881402")
# About where the northern sub-district of the county town lies, in WGS-84.
_NORTH = (Decimal("111.0040"), Decimal("35.0370"))


def load(seed: int, *, at: datetime, model_communities: int) -> None:
    """Load the official codes and add invented compounds to Jinshui and some other communities."""
    actions.load(tables.read(city=settings.CITY), at)
    draw = dice(seed, "compounds")
    urban = list(
        Area.objects.communities().filter(rural=False).exclude(pk=JINSHUI).order_by("code")
    )
    chosen = [Area.objects.get(pk=JINSHUI)]
    beside = [area for area in urban if area.code.startswith(JINSHUI[:9])]
    chosen += draw.sample(beside, min(8, len(beside), model_communities))
    others = [area for area in urban if area not in chosen]
    chosen += draw.sample(others, max(model_communities - len(chosen), 0))
    words = read("names")
    compounds: list[Area] = []
    for community in chosen:
        names = (
            words["jinshui"]
            if community.code == JINSHUI
            else draw.sample(words["compounds"], draw.randint(3, 6))
        )
        for number, name in enumerate(names, start=1):
            point = _point(draw) if community.code.startswith(JINSHUI[:9]) else (None, None)
            compounds.append(
                Area(
                    code=f"{community.code}-{number:04d}",
                    kind=Area.Kind.COMPOUND,
                    name=name,
                    official_name=name,
                    parent=community,
                    longitude=point[0],
                    latitude=point[1],
                )
            )
    Area.objects.bulk_create(compounds)


def _point(draw: Random) -> tuple[Decimal, Decimal]:
    return (
        _NORTH[0] + Decimal(draw.randint(-900, 900)).scaleb(-5),
        _NORTH[1] + Decimal(draw.randint(-700, 700)).scaleb(-5),
    )


@dataclass
class Places:
    """The communities by county, with their compounds, as they are in the database."""

    communities: dict[str, Area]
    compounds: dict[str, list[Area]]
    counties: dict[str, Area]
    towns: dict[str, Area]
    by_county: dict[str, list[Area]] = field(default_factory=lambda: defaultdict(list))
    by_town: dict[str, list[Area]] = field(default_factory=lambda: defaultdict(list))

    def urban(self, county: str) -> list[Area]:
        """Return the communities of a county that are no villages, or all if there is none."""
        return [area for area in self.by_county[county] if not area.rural] or self.by_county[county]


def read_places() -> Places:
    """Read the places in three queries."""
    areas = Area.objects.filter(valid_to__isnull=True).order_by("code")
    places = Places({}, defaultdict(list), {}, {})
    for area in areas:
        if area.code.startswith(_LEFT_OUT):
            continue
        if area.kind == Area.Kind.COUNTY:
            places.counties[area.code] = area
        elif area.kind == Area.Kind.TOWN:
            places.towns[area.code] = area
        elif area.kind == Area.Kind.COMMUNITY:
            places.communities[area.code] = area
            places.by_county[area.code[:6]].append(area)
            places.by_town[area.code[:9]].append(area)
        elif area.kind == Area.Kind.COMPOUND:
            places.compounds[area.community_code].append(area)
    return places


class Chooser:
    """Draws communities: counties by how many they have, then the lively ones more often."""

    def __init__(self, places: Places, units: dict[str, int]) -> None:
        self.codes: list[str] = []
        weights: list[float] = []
        for county, communities in places.by_county.items():
            lively = [
                (4.0 if not area.rural else 1.0) + 3.0 * units.get(area.code, 0)
                for area in communities
            ]
            if county == COUNTY:
                lively = [
                    weight * 8 if area.code == JINSHUI else weight
                    for weight, area in zip(lively, communities, strict=True)
                ]
            # The county town's district is a little busier than its number of communities says.
            share = len(communities) * (1.5 if county == COUNTY else 1.0) / sum(lively)
            self.codes += [area.code for area in communities]
            weights += [weight * share for weight in lively]
        self.sums = list(accumulate(weights))

    def draw(self, draw: Random) -> str:
        """Draw the code of one community."""
        return self.codes[bisect(self.sums, draw.random() * self.sums[-1])]


def near(compound: Area | None, draw: Random) -> tuple[Decimal, Decimal] | None:
    """Draw a point in or beside a compound; None where nobody knows where it lies."""
    if compound is None or compound.longitude is None or compound.latitude is None:
        return None
    return (
        compound.longitude + Decimal(draw.randint(-60, 60)).scaleb(-5),
        compound.latitude + Decimal(draw.randint(-60, 60)).scaleb(-5),
    )
