"""Finding the places that a table names, by code or by name, with what was probably meant."""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.queries import current
from youwo.core.recent import Recent
from youwo.core.refused import Refused
from youwo.organizations.imports import cells


class Places:
    """All places of a city in memory: a few thousand, read in one query."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self._kinds: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._compounds: dict[str, dict[str, str]] = defaultdict(dict)
        self._near: dict[tuple[bool, str], list[str]] = {}
        rows = Area.objects.filter(valid_to__isnull=True).within(area.code[:4])
        for code, kind, name, official, statistical in rows.values_list(
            "code", "kind", "name", "official_name", "statistical"
        ):
            if kind == Area.Kind.COMPOUND:
                self._compounds[code.partition("-")[0]][name] = code
            elif not statistical:
                self._kinds[code], self._names[code] = kind, name
                for known in {name, official}:
                    self._by_name[known].append(code)

    def name(self, code: str) -> str:
        """Return what people call a place."""
        return self._names[code]

    def find(self, written: str, key: str, *, community: bool = False) -> str:
        """Return the code of a place that a cell names. Refuses unknown and ambiguous names."""
        codes = self._codes(written, community=community)
        inside = [code for code in codes if code.startswith(self.area.code)]
        if len(inside) == 1:
            return inside[0]
        if len(inside) > 1:
            raise Refused(
                _("There are several places of this name: %(places)s. Please enter the code.")
                % {"places": "、".join(self._described(code) for code in inside[:5])},
                key,
            )
        if codes:
            raise Refused(
                _("%(place)s lies outside %(area)s.")
                % {"place": self._described(codes[0]), "area": self.area.name},
                key,
            )
        sentence = (
            _("There is no community “%(name)s”.")
            if community
            else _("There is no place “%(name)s”.")
        )
        raise Refused(
            cells.unknown(
                written, sentence % {"name": written[:40]}, self._suggest(written, community)
            ),
            key,
        )

    def _codes(self, written: str, *, community: bool) -> list[str]:
        if written in self._kinds:
            found = [written]
        else:
            found = self._by_name.get(written) or self._with_its_town(written)
        if community:
            found = [code for code in found if self._kinds[code] == Area.Kind.COMMUNITY]
        return found

    def _with_its_town(self, written: str) -> list[str]:
        """Find 北城街道金税社区 and 盐湖区 金税社区: a place behind those that it lies in."""
        for cut in range(2, len(written) - 1):
            rest = written[cut:].strip()
            above = self._by_name.get(written[:cut].strip(), ())
            found = [
                code
                for code in self._by_name.get(rest, self._with_its_town(rest) if above else ())
                if any(code.startswith(outer) and code != outer for outer in above)
            ]
            if found:
                return found
        return []

    def _described(self, code: str) -> str:
        above = [self._names[code[:size]] for size in (6, 9) if code[:size] in self._names]
        path = [name for name in above if name != self._names[code]]
        return f"{''.join(path)}{self._names[code]}（{code}）"

    def _suggest(self, written: str, community: bool) -> list[str]:
        if (community, written) not in self._near:
            names = {
                self._names[code]
                for code, kind in self._kinds.items()
                if code.startswith(self.area.code)
                and (kind == Area.Kind.COMMUNITY or not community)
            }
            self._near[community, written] = cells.nearest(written, sorted(names))
        return self._near[community, written]

    def compounds(self, community: str) -> dict[str, str]:
        """Return the codes of the compounds in a community, by their names."""
        return self._compounds.get(community, {})

    def find_compound(self, written: str, community: str) -> str:
        """Return the code of a compound in a community."""
        known = self.compounds(community)
        if written in known:
            return known[written]
        if written in known.values():
            return written
        raise Refused(
            cells.unknown(
                written,
                _("There is no compound “%(name)s” in %(community)s.")
                % {"name": written[:40], "community": self._names[community]},
                cells.nearest(written, known),
            ),
            "compound",
        )


@Recent
def places_of_city() -> Places:
    """Return the places of the city, for single names that people type."""
    city = current(settings.CITY)
    if city is None:
        raise Area.DoesNotExist
    return Places(city)
