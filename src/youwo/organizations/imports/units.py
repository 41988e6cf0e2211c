"""The table of units: what they are, where they stand, and with whom they are enrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.search import terms
from youwo.journal.actions import line, write_all
from youwo.organizations import credit_codes
from youwo.organizations.imports import cells
from youwo.organizations.imports.columns import in_every_language
from youwo.organizations.imports.table import Cells, Table
from youwo.organizations.models import Branch, Import, Organization, UnitEnrolment
from youwo.organizations.queries import fresh_references

_SIZE = 1000


@dataclass(eq=False, slots=True)
class _Unit:
    """A unit, known or on its way in. The first row that names it says what it is."""

    organization: Organization
    # The row that said so; 0 for units that only the database has named.
    line: int = 0
    parent: _Unit | None = None
    branches: dict[str, Branch] = field(default_factory=dict)
    enrolments: dict[str, list[UnitEnrolment]] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return self.organization.pk is None


@dataclass(eq=False, slots=True)
class _Row:
    """One row that is good so far, waiting for its parent, which may stand further down."""

    cells: Cells
    unit: _Unit
    parent: str
    changes_unit: bool
    branch: Branch | None = None
    enrolment: UnitEnrolment | None = None
    adds_unit: bool = False

    @property
    def does(self) -> str:
        """Which count of the report the row belongs to."""
        new = [row for row in (self.branch, self.enrolment) if row is not None and row.pk is None]
        if new or self.adds_unit:
            return "created"
        return "changed" if self.changes_unit else "unchanged"


class Units(Table):
    """Units on their way in. A city has some thousands, so that all of them fit in memory."""

    subject = Import.Subject.UNITS

    def __init__(self, area: Area, **kwargs: Any) -> None:
        super().__init__(area, **kwargs)
        self._by_code: dict[str, _Unit] = {}
        self._by_name: dict[tuple[str, str], _Unit] = {}
        self._named: dict[str, list[_Unit]] = {}
        self._rows: list[_Row] = []
        self._kinds = {
            word: code
            for code, label in self.column_choices("kind")
            for word in in_every_language(label) | {code}
        }
        self._kind_names = [str(label) for _code, label in self.column_choices("kind")]
        known: dict[int, _Unit] = {}
        for organization in Organization.objects.filter(ends_on__isnull=True):
            known[organization.pk] = self._remember(_Unit(organization))
        for unit in known.values():
            unit.parent = known.get(unit.organization.parent_id or 0)
        for branch in Branch.objects.filter(organization__ends_on__isnull=True):
            known[branch.organization_id].branches[branch.name] = branch
        enrolments = UnitEnrolment.objects.filter(
            organization__ends_on__isnull=True, voided_at__isnull=True
        )
        for enrolment in enrolments:
            unit = known[enrolment.organization_id]
            unit.enrolments.setdefault(enrolment.community_id, []).append(enrolment)

    def _remember(self, unit: _Unit) -> _Unit:
        organization = unit.organization
        if organization.credit_code:
            self._by_code[organization.credit_code] = unit
        self._by_name[organization.area_id, organization.name] = unit
        self._named.setdefault(organization.name, []).append(unit)
        return unit

    # --- one row -------------------------------------------------------------------------------

    def take(self, rows: Sequence[Cells], *, write: bool) -> None:
        """Check some rows and keep the good ones until all are known."""
        for row in rows:
            read = self._read(row)
            if self.settle(row) and read is not None:
                self._rows.append(read)

    def _read(self, row: Cells) -> _Row | None:
        name = row.read(lambda: self.needed(row, "name", 80))
        code = row.read(lambda: self._credit_code(row))
        kind = row.read(lambda: self._kind(row))
        area = row.read(lambda: self.places.find(self.needed(row, "area", 80), "area"))
        branch = row.read(lambda: cells.short(row.text("branch"), 100, "branch"))
        community = row.read(lambda: self._community(row))
        starts_on = row.read(lambda: self.starts_on(row))
        if row.wrong:
            return None
        if not (name and kind and area and starts_on):
            return None
        said = {"name": name, "credit_code": code or None, "kind": kind, "area_id": area}
        unit = self._by_code.get(code or "") or self._by_name.get((area, name))
        read: _Row | None
        if unit is None:
            read = self._new_unit(row, said, starts_on)
        else:
            read = self._known_unit(row, unit, said)
        if read is None:
            return None
        read.parent = row.text("parent")
        self._branch(read, branch or "")
        if community:
            self._enrol(read, community, starts_on)
        return None if row.wrong else read

    def _credit_code(self, row: Cells) -> str:
        written = row.text("credit_code")
        return credit_codes.normalise(written) if written else ""

    def _kind(self, row: Cells) -> str:
        written = self.needed(row, "kind", 80)
        return cells.choice(written, self._kinds, self._kind_names, "kind")

    def _community(self, row: Cells) -> str:
        written = row.text("community")
        return self.places.find(written, "community", community=True) if written else ""

    def _new_unit(self, row: Cells, said: dict[str, Any], starts_on: date) -> _Row | None:
        if not self.covers(said["area_id"]):
            row.refuse(_("This place lies outside your area."), "area")
            return None
        organization = Organization(
            **said, starts_on=starts_on, search_terms=terms(said["name"]), recorded_at=self.at
        )
        unit = self._remember(_Unit(organization, line=row.line))
        return _Row(row, unit, parent="", changes_unit=False, adds_unit=True)

    def _known_unit(self, row: Cells, unit: _Unit, said: dict[str, Any]) -> _Row | None:
        """Compare a row with what the system, or an earlier row, says about the unit."""
        known = unit.organization
        if said["credit_code"] is None:
            del said["credit_code"]
        elif known.credit_code not in (None, said["credit_code"]):
            row.refuse(
                _("Another credit code is known for the unit of this name here."), "credit_code"
            )
            return None
        differing = {key: value for key, value in said.items() if getattr(known, key) != value}
        if differing and unit.line:
            for key in differing:
                row.refuse(
                    _("Row %(row)d says something else about the same unit.") % {"row": unit.line},
                    key.removesuffix("_id"),
                )
            return None
        if differing and not self._may_correct(row, unit, said):
            return None
        for key, value in differing.items():
            setattr(known, key, value)
        unit.line = unit.line or row.line
        if differing:
            known.search_terms = terms(known.name, known.short_name)
            self._remember(unit)
        return _Row(row, unit, parent="", changes_unit=bool(differing))

    def _may_correct(self, row: Cells, unit: _Unit, said: dict[str, Any]) -> bool:
        known = unit.organization
        own = known.pk in self.mandates
        if not own and not (self.covers(known.area_id) and self.covers(said["area_id"])):
            row.refuse(_("You do not keep this unit's records."), "name")
        elif self._by_name.get((said["area_id"], said["name"]), unit) is not unit:
            row.refuse(_("There is already a unit of this name here."), "name")
        return not row.wrong

    def _branch(self, read: _Row, name: str) -> None:
        if not name:
            return
        unit = read.unit
        if name not in unit.branches:
            known = unit.organization
            if not (unit.is_new or known.pk in self.mandates or self.covers(known.area_id)):
                read.cells.refuse(_("You do not keep this unit's records."), "branch")
                return
            unit.branches[name] = Branch(organization=known, name=name)
        read.branch = unit.branches[name]

    def _enrol(self, read: _Row, community: str, starts_on: date) -> None:
        row, unit = read.cells, read.unit
        if not self.may_enrol(unit.organization.pk, community):
            row.refuse(_("You do not act for this unit, nor for this community."), "community")
            return
        standing = unit.enrolments.setdefault(community, [])
        for known in standing:
            self._compare(row, known, starts_on)
        if row.wrong or any(known.ends_on is None for known in standing):
            return
        read.enrolment = UnitEnrolment(
            organization=unit.organization,
            branch=read.branch,
            community_id=community,
            starts_on=starts_on,
            recorded_by=self.by,
            recorded_at=self.at,
        )
        standing.append(read.enrolment)

    @staticmethod
    def _compare(row: Cells, known: UnitEnrolment, starts_on: date) -> None:
        if known._state.adding:
            row.refuse(_("This unit and community stand in the table already."), "community")
        elif known.ends_on is None and known.starts_on != starts_on:
            row.refuse(
                _("This enrolment is known since %(day)s. If that is wrong, please void it.")
                % {"day": known.starts_on},
                "starts_on",
            )
        elif known.ends_on is not None and known.ends_on > starts_on:
            row.refuse(
                _("An earlier enrolment lasted until %(day)s.") % {"day": known.ends_on},
                "starts_on",
            )

    # --- all rows ------------------------------------------------------------------------------

    def finish(self, *, write: bool) -> None:
        """Find the parents, count the rows, and write everything that is new or changed."""
        good = self._with_parents()
        for read in good:
            setattr(self.report, read.does, getattr(self.report, read.does) + 1)
        if write:
            self._write(good)

    def _with_parents(self) -> list[_Row]:
        """Return the rows whose parents are found, too."""
        good = self._rows
        while True:
            coming = {read.unit for read in good}
            for read in good:
                self._parent(read, coming)
            still = [read for read in good if self.settle(read.cells)]
            # A row left out may have brought the parent, or the unit, of another one.
            if len(still) == len(good):
                return still
            good = still

    def _parent(self, read: _Row, coming: set[_Unit]) -> None:
        """Set the parent that a row names; a row that names none leaves it as it is."""
        if not read.parent:
            return
        found = [
            unit for unit in self._named.get(read.parent, []) if not unit.is_new or unit in coming
        ]
        if len(found) > 1:
            # The one above in one's own system stands in the same county, or above it.
            here = read.unit.organization.area_id[:6]
            found = [unit for unit in found if here.startswith(unit.organization.area_id[:6])]
        if len(found) != 1:
            sentence = _("There are several units of this name.")
            near: list[str] = []
            if not found:
                sentence = _("There is no unit “%(name)s”.") % {"name": read.parent[:40]}
                near = cells.nearest(read.parent, self._named)
            read.cells.refuse(cells.unknown(read.parent, sentence, near), "parent")
        elif self._stands_above(read.unit, found[0]):
            read.cells.refuse(_("A unit cannot stand above itself."), "parent")
        elif read.unit.parent is not found[0]:
            read.unit.parent = found[0]
            read.changes_unit = True

    @staticmethod
    def _stands_above(unit: _Unit, parent: _Unit) -> bool:
        above: _Unit | None = parent
        while above is not None and above is not unit:
            above = above.parent
        return above is unit

    # --- writing -------------------------------------------------------------------------------

    def _write(self, good: list[_Row]) -> None:
        units = list(dict.fromkeys(read.unit for read in good))
        new = self._create([unit for unit in units if unit.is_new])
        added = {id(organization) for organization in new}
        corrected = []
        for unit in dict.fromkeys(read.unit for read in good if read.changes_unit):
            if id(unit.organization) not in added:
                unit.organization.parent_id = unit.parent.organization.pk if unit.parent else None
                corrected.append(unit.organization)
        Organization.objects.bulk_update(
            corrected,
            ["name", "kind", "area", "credit_code", "search_terms", "parent"],
            batch_size=_SIZE,
        )
        named = {id(read.branch): read.branch for read in good if read.branch is not None}
        branches = [branch for branch in named.values() if branch.pk is None]
        Branch.objects.bulk_create(branches, batch_size=_SIZE)
        enrolments = [read.enrolment for read in good if read.enrolment is not None]
        references = fresh_references(len(enrolments)) if enrolments else []
        for enrolment, reference in zip(enrolments, references, strict=True):
            enrolment.reference = reference
        UnitEnrolment.objects.bulk_create(enrolments, batch_size=_SIZE)
        self._journal(new, corrected, branches, enrolments)

    @staticmethod
    def _create(units: list[_Unit]) -> list[Organization]:
        """Add new units, those above before those below."""
        created: list[Organization] = []
        while units:
            ready = [unit for unit in units if unit.parent is None or not unit.parent.is_new]
            for unit in ready:
                unit.organization.parent_id = unit.parent.organization.pk if unit.parent else None
            level = [unit.organization for unit in ready]
            created += Organization.objects.bulk_create(level, batch_size=_SIZE)
            units = [unit for unit in units if unit.is_new]
        return created

    def _journal(
        self,
        new: list[Organization],
        corrected: list[Organization],
        branches: list[Branch],
        enrolments: list[UnitEnrolment],
    ) -> None:
        targets: list[tuple[str, Any, str]] = [("found", row, row.area_id) for row in new]
        targets += [("correct", row, row.area_id) for row in corrected]
        targets += [("add_branch", row, row.organization.area_id) for row in branches]
        targets += [("enrol", row, row.community_id) for row in enrolments]
        write_all(
            [
                line(verb, row, by=self.by, at=self.at, area_code=code, note=self.note)
                for verb, row, code in targets
            ]
        )
