"""The table of compounds: what each has and lacks, and since when."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from youwo.areas import actions, definitions
from youwo.areas.models import Area, CompoundFact
from youwo.core.refused import Refused
from youwo.organizations.imports import cells
from youwo.organizations.imports.columns import in_every_language, plain, since_key
from youwo.organizations.imports.table import Cells, Table
from youwo.organizations.models import Import

_LONGEST_NAME = 60
_LONGEST_DETAIL = CompoundFact._meta.get_field("detail").max_length or 0
# Before the republic there was no such thing to be described.
_FIRST_YEAR = 1949
_YEAR = re.compile(r"(\d{4})\s*年?")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")
# Behind an answer stand its words: 有 · 砖墙, 有：砖墙, yes (brick wall).
_ANSWER = re.compile(r"([^\s·:,;(]+)\s*[·:,;(]?\s*(.*?)\)?")
# Where the words are a name, the name alone says that there is one.
_NAMED = (CompoundFact.Kind.MANAGING_BODY, CompoundFact.Kind.PROPERTY_COMPANY)
_NOT = ("没", "无", "未", "不", "暂")


def _words(lazy: object, *more: str) -> set[str]:
    return in_every_language(lazy) | set(more)


@dataclass(frozen=True, slots=True)
class _Row:
    """One good row: the compound, or the name of a new one, and what is new about it."""

    community: str
    code: str | None
    name: str
    told: tuple[tuple[str, bool, date, str], ...]


class Compounds(Table):
    """Compounds on their way in. A compound that is not known yet is added to its community."""

    subject = Import.Subject.COMPOUNDS

    def __init__(self, area: Area, **kwargs: Any) -> None:
        super().__init__(area, **kwargs)
        self._answers = {
            **dict.fromkeys(_words(pgettext_lazy("compound", "yes"), "是", "√", "✓", "y"), True),
            **dict.fromkeys(
                _words(pgettext_lazy("compound", "no"), "没有", "没", "无", "否", "×", "n"), False
            ),
        }
        self._unknown = _words(gettext_lazy("not known"), "不知道", "待核实", "?")
        self._codes: dict[str, dict[str, str]] = defaultdict(dict)
        self._names: dict[str, str] = {}
        rows = Area.objects.filter(kind=Area.Kind.COMPOUND, valid_to__isnull=True)
        for code, name in rows.within(area.code).order_by("code").values_list("code", "name"):
            self._codes[code.partition("-")[0]][plain(name)] = code
            self._names[code] = name
        self._seen: dict[tuple[str, str], int] = {}

    def take(self, rows: Sequence[Cells], *, write: bool) -> None:
        """Check some rows, and write the good ones."""
        facts: dict[str, list[CompoundFact]] = defaultdict(list)
        places = Area.objects.within(self.area.code).filter(kind=Area.Kind.COMPOUND)
        for fact in CompoundFact.objects.standing().filter(area__in=places.order_by()):
            facts[fact.area_id].append(fact)
        good = [read for row in rows if (read := self._read(row, facts)) and self.settle(row)]
        for read in good:
            does = "created" if read.code is None else "changed" if read.told else "unchanged"
            setattr(self.report, does, getattr(self.report, does) + 1)
        if write:
            self._write(good)

    def _read(self, row: Cells, facts: dict[str, list[CompoundFact]]) -> _Row | None:
        """Return a row in values of ours; what is wrong with it is noted in its cells."""
        place = row.read(lambda: self._place(row))
        name = row.read(lambda: self.needed(row, "name", _LONGEST_NAME))
        if place is None or name is None:
            self.settle(row)
            return None
        community, code = place
        if not self.covers(community):
            row.refuse(_("You do not keep the compounds of this community."), "community")
        code = code or self._codes[community].get(plain(name))
        if code is not None and plain(self._names[code]) != plain(name):
            row.refuse(
                _("This code is “%(name)s” here. Please rename it on its own page.")
                % {"name": self._names[code]},
                "name",
            )
        before = self._seen.setdefault((community, code or plain(name)), row.line)
        if before != row.line:
            row.refuse(
                _("Row %(row)d is about the same compound already.") % {"row": before}, "name"
            )
        told = []
        for kind in CompoundFact.Kind.values:
            said = row.read(lambda kind=kind: self._fact(row, kind, facts.get(code or "", [])))  # type: ignore[misc]
            if said is not None:
                told.append(said)
        return _Row(community, code, name, tuple(told))

    def _place(self, row: Cells) -> tuple[str, str | None]:
        """Return the community of a row, and the compound's code where the row names it."""
        code, written = row.text("code"), row.text("community")
        if code and code not in self._names:
            raise Refused(_("There is no compound with this code here."), "code")
        if code:
            return code.partition("-")[0], code
        if not written and self.area.kind == Area.Kind.COMMUNITY:
            return self.area.code, None
        if not written:
            raise Refused(_("This cell is empty."), "community")
        return self.places.find(written, "community", community=True), None

    # --- one fact --------------------------------------------------------------------------------

    def _fact(
        self, row: Cells, kind: str, known: list[CompoundFact]
    ) -> tuple[str, bool, date, str] | None:
        """Return what a row says of one thing, if that is new."""
        said, since = self._answer(row, kind), self._since(row, kind)
        if said is None:
            if since is not None:
                raise Refused(_("Please write yes or no, or leave the day empty, too."), kind)
            return None
        present, detail = said
        before = definitions.in_force(known, since or self.today).get(kind)
        if before is not None and (before.present, before.detail) == said:
            return None
        if since is None:
            raise Refused(_("Please enter the day."), since_key(kind))
        return kind, present, since, detail

    def _answer(self, row: Cells, kind: str) -> tuple[bool, str] | None:
        written = row.text(kind)
        if not written or plain(written) in self._unknown:
            return None
        found = _ANSWER.fullmatch(written)
        first, detail = found.groups() if found else (written, "")
        present = self._answers.get(plain(first))
        if present is None and kind in _NAMED and not written.startswith(_NOT):
            present, detail = True, written
        if present is None:
            raise Refused(
                _("Please write yes or no, and any words behind it: “yes · brick wall”."), kind
            )
        return present, cells.short(detail.strip(), _LONGEST_DETAIL, kind)

    def _since(self, row: Cells, kind: str) -> date | None:
        """Return the day in a row; of a year or a month alone its first."""
        key = since_key(kind)
        written = row.text(key)
        if not written:
            return None
        if found := _YEAR.fullmatch(written):
            written = f"{found[1]}-01-01"
        elif found := _MONTH.fullmatch(written):
            written = f"{found[1]}-{found[2]}-01"
        else:
            written = cells.day(row.values[key], key).isoformat()
        day = cells.day(written, key)
        if day > self.today:
            raise Refused(
                _("This day is still to come. Please enter it when it has happened."), key
            )
        if day.year < _FIRST_YEAR:
            raise Refused(_("This is not a day. Please write it like 2025-03-01."), key)
        return day

    # --- writing ---------------------------------------------------------------------------------

    def _write(self, good: list[_Row]) -> None:
        wanted = {code for read in good for code in (read.community, read.code) if code}
        places = Area.objects.in_bulk(wanted)
        told = []
        for read in good:
            if read.code is None:
                community = places[read.community]
                compound = actions.add_compound(
                    community, name=read.name, by=self.by, at=self.at, on=self.today
                )
                self._codes[read.community][plain(read.name)] = compound.pk
                self._names[compound.pk] = compound.name
            else:
                compound = places[read.code]
            told += [actions.Told(compound, *said) for said in read.told]
        actions.record_facts(told, by=self.by, at=self.at)
