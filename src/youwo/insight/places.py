"""Where a fact counts: under its own code, or under the successor of a code that has ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Substr
from django.db.models.lookups import In

from youwo.areas.models import Area, code_after, within


def lies_in(code: str, area_code: str) -> bool:
    """Say whether a code is the given area's or lies below it."""
    beyond = code_after(area_code)
    return code == area_code if beyond is None else area_code <= code < beyond


@dataclass(frozen=True)
class Places:
    """The codes that have ended and have a successor, as they are today."""

    moved: Mapping[str, str]

    def home(self, code: str) -> str:
        """Return the code under which a fact recorded in a place counts today."""
        seen: set[str] = set()
        while True:
            ended = [p for p in self.moved if p not in seen and lies_in(code, p)]
            if not ended:
                return code
            nearest = max(ended, key=len)
            seen.add(nearest)
            code = self.moved[nearest]

    def parts(self, code: str) -> list[tuple[str, int]]:
        """Return the codes whose own sums, with these signs, make up a place's.

        The first is the place's code. Each code that ended and changed sides follows, the wider
        before the narrower.
        """
        parts = [(code, 1)]
        inside: dict[str, bool] = {}
        for ended in sorted(self.moved, key=lambda p: (len(p), p)):
            if lies_in(code, ended):
                continue
            around = [p for p in inside if lies_in(ended, p)]
            before = inside[max(around, key=len)] if around else lies_in(ended, code)
            inside[ended] = lies_in(self.home(ended), code)
            if inside[ended] != before:
                parts.append((ended, 1 if inside[ended] else -1))
        return parts

    def scope(self, code: str, field: str) -> Q:
        """Return the rows that count in a place, by the area in their column `field`."""
        found = Q()
        for part, sign in self.parts(code):
            here = within(part, field)
            found = (found | here if found else here) if sign > 0 else found & ~here
        return found

    def child(self, code: str, codes: Iterable[str], field: str) -> Case | F:
        """Return the expression that says under which of a place's children a row counts."""
        by_length: dict[int, list[str]] = {}
        for child in codes:
            by_length.setdefault(0 if "-" in child else len(child), []).append(child)
        known = {code for group in by_length.values() for code in group}

        def under(home: str) -> Value:
            found = [child for child in known if lies_in(home, child)]
            return Value(max(found, key=len) if found else None, output_field=_CODE)

        whens = [
            When(within(ended, field), then=under(self.home(ended)))
            for ended in sorted(self.moved, key=lambda p: (-len(p), p))
            if not lies_in(code, ended)
        ]
        for length in sorted(by_length, key=lambda n: (n != 0, -n)):
            key = Substr(field, 1, length) if length else F(field)
            whens.append(When(_is_in(key, by_length[length]), then=key))
        return Case(*whens, default=Value(None, output_field=_CODE), output_field=_CODE)


_CODE: models.CharField[str, str] = models.CharField()


def _is_in(key: Substr | F, codes: list[str]) -> In[str]:
    return In(key, codes)


def today() -> Places:
    """Read which codes have ended and gone to a successor."""
    rows = Area.objects.filter(successor__isnull=False).values_list("code", "successor_id")
    return Places(dict(rows))
