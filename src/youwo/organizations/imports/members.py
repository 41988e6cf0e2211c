"""The table of members: who they are, where they serve and where they are enrolled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.core.sealing import blind
from youwo.journal.actions import line, write_all
from youwo.organizations.imports import cells
from youwo.organizations.imports.columns import in_every_language, plain
from youwo.organizations.imports.table import Cells, Table
from youwo.organizations.models import (
    Branch,
    Import,
    MemberEnrolment,
    Membership,
    Organization,
)
from youwo.organizations.queries import fresh_references, service_fields
from youwo.people import documents, phones
from youwo.people.models import Person, Skill

_SERVING = Membership.Standing.SERVING


@dataclass(slots=True)
class _Known:
    """Somebody who is in the system already, with what is open for them."""

    pk: int
    name: str
    phone_index: str | None
    document_index: str | None
    is_active: bool
    memberships: list[Membership] = field(default_factory=list)
    enrolments: list[MemberEnrolment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Member:
    """One good row, in values of ours."""

    line: int
    name: str
    phone: str
    phone_index: str | None
    document: str
    document_index: str | None
    organization: int
    branch: int | None
    standing: str
    community: str
    compound: str | None
    starts_on: date
    details: dict[str, Any]
    known: _Known | None = None


class Members(Table):
    """Members on their way in."""

    subject = Import.Subject.MEMBERS

    def __init__(self, area: Area, **kwargs: Any) -> None:
        super().__init__(area, **kwargs)
        self._seen: dict[str, int] = {}
        # Nobody can sign in with it; making one for each of them takes longer than all the rest.
        self.no_password = make_password(None)
        self._units: dict[str, list[int]] = defaultdict(list)
        self._unit_names: dict[int, str] = {}
        self.unit_areas: dict[int, str] = {}
        self._near_units: dict[str, list[str]] = {}
        units = Organization.objects.filter(ends_on__isnull=True)
        for key, name, short_name, code, place in units.values_list(
            "pk", "name", "short_name", "credit_code", "area_id"
        ):
            self._unit_names[key], self.unit_areas[key] = name, place
            for known in {name, short_name, code} - {"", None}:
                self._units[cells.text(known)].append(key)
        self._branches: dict[int, dict[str, int]] = defaultdict(dict)
        for key, unit, name in Branch.objects.values_list("pk", "organization_id", "name"):
            self._branches[unit][name] = key
        self._skills = {name: code for code, name in Skill.objects.values_list("code", "name")}
        self._skills |= {code: code for code in list(self._skills.values())}
        self._wishes = {
            word: code
            for code, label in service_fields()
            for word in in_every_language(label) | {code}
        }
        self._wish_names = [str(label) for _code, label in service_fields()]
        self._standings = {
            word: code
            for code, label in self.column_choices("standing")
            for word in in_every_language(label) | {code}
        }
        self._standing_names = [str(label) for _code, label in self.column_choices("standing")]

    # --- one row -------------------------------------------------------------------------------

    def take(self, rows: Sequence[Cells], *, write: bool) -> None:
        """Check some rows, and write the good ones in few statements."""
        read = [(row, self._read(row)) for row in rows]
        people = self._look_up([member for _row, member in read if member is not None])
        good: list[_Member] = []
        for row, member in read:
            matched = None
            if member is not None:
                matched = replace(member, known=self._match(row, member, people))
                self._compare(row, matched)
            if self.settle(row) and matched is not None:
                good.append(matched)
        self._settle_good(good, write=write)

    def _read(self, row: Cells) -> _Member | None:
        name = row.read(lambda: self.needed(row, "name", 40))
        phone = row.read(lambda: self._phone(row))
        document = row.read(lambda: self._document(row))
        if phone == "" and document == "":
            row.refuse(_("Please enter a phone number or an identity number."), "phone")
        unit = row.read(lambda: self._unit(row))
        branch = row.read(lambda: self._branch(row, unit)) if unit else None
        standing = row.read(lambda: self._standing(row))
        community = row.read(lambda: self._community(row, standing)) if standing else None
        compound = row.read(lambda: self._compound(row, community)) if community else None
        starts_on = row.read(lambda: self.starts_on(row))
        details = self._details(row)
        if community and not self.may_enrol(unit, community):
            row.refuse(_("You do not act for this unit, nor for this community."), "community")
        if community == "" and unit and not self.may_enrol(unit, self.unit_areas[unit]):
            row.refuse(_("You do not keep this unit's records."), "organization")
        if row.wrong or not (name and unit and standing and starts_on):
            return None
        member = _Member(
            line=row.line,
            name=name,
            phone=phone or "",
            phone_index=blind("phone", phone) if phone else None,
            document=document or "",
            document_index=blind("document:resident", document) if document else None,
            organization=unit,
            branch=branch or None,
            standing=standing,
            community=community or "",
            compound=compound or None,
            starts_on=starts_on,
            details=details,
        )
        self._refuse_twice(row, member)
        return None if row.wrong else member

    def _refuse_twice(self, row: Cells, member: _Member) -> None:
        for index, key in ((member.phone_index, "phone"), (member.document_index, "document")):
            if index is None:
                continue
            first = self._seen.setdefault(index, row.line)
            if first != row.line:
                row.refuse(_("The same as in row %(row)d.") % {"row": first}, key)

    def _phone(self, row: Cells) -> str:
        written = row.text("phone")
        return phones.normalise(written) if written else ""

    def _document(self, row: Cells) -> str:
        written = row.text("document")
        return documents.normalise_resident(written, "document") if written else ""

    def _unit(self, row: Cells) -> int:
        written = row.text("organization")
        if not written and len(self.mandates) == 1:
            return next(iter(self.mandates))
        if not written:
            raise Refused(_("This cell is empty."), "organization")
        keys = self._units.get(written) or self._units.get(written.upper()) or []
        if len(keys) > 1:
            # Two units of one name: whoever imports means the own one, or the one in the area.
            near = [key for key in keys if key in self.mandates] or [
                key for key in keys if self.unit_areas[key].startswith(self.area.code)
            ]
            if len(near) != 1:
                raise Refused(
                    _("There are several units of this name. Please enter the credit code."),
                    "organization",
                )
            return near[0]
        if keys:
            return keys[0]
        if written not in self._near_units:
            names = self._unit_names.values()
            self._near_units[written] = cells.nearest(written, names)
        raise Refused(
            cells.unknown(
                written,
                _("There is no unit “%(name)s”.") % {"name": written[:40]},
                self._near_units[written],
            ),
            "organization",
        )

    def _branch(self, row: Cells, unit: int) -> int:
        written = row.text("branch")
        if not written:
            return 0
        branches = self._branches.get(unit, {})
        if written not in branches:
            sentence = _("The unit has no branch “%(name)s”.") % {"name": written[:40]}
            near = cells.nearest(written, branches)
            raise Refused(cells.unknown(written, sentence, near), "branch")
        return branches[written]

    def _standing(self, row: Cells) -> str:
        written = row.text("standing")
        if not written:
            return _SERVING
        return cells.choice(written, self._standings, self._standing_names, "standing")

    def _community(self, row: Cells, standing: str) -> str:
        written = row.text("community")
        if standing != _SERVING:
            if written:
                raise Refused(
                    _("Only serving members enrol with a community. Please leave this empty."),
                    "community",
                )
            return ""
        if not written:
            raise Refused(_("This cell is empty."), "community")
        return self.places.find(written, "community", community=True)

    def _compound(self, row: Cells, community: str) -> str:
        written = row.text("compound")
        return self.places.find_compound(written, community) if written else ""

    def _details(self, row: Cells) -> dict[str, Any]:
        """Return what the row says about occupation, skills and wishes; empty cells say nothing."""
        said: dict[str, Any] = {}
        if written := row.text("occupation"):
            said["occupation"] = row.read(lambda: cells.short(written, 40, "occupation"))
        if written_skills := row.text("skills"):
            said["skills"] = row.read(
                lambda: self._codes(written_skills, self._skills, list(self._skills), "skills")
            )
        if written_wishes := row.text("service_wishes"):
            said["service_wishes"] = row.read(
                lambda: self._codes(
                    written_wishes, self._wishes, self._wish_names, "service_wishes"
                )
            )
        return said

    def _codes(self, written: str, known: dict[str, str], names: list[str], key: str) -> list[str]:
        codes = set()
        for part in cells.parts(written):
            code = known.get(part) or known.get(plain(part))
            if code is None:
                sentence = _("“%(name)s” is not in the list.") % {"name": part[:40]}
                raise Refused(cells.unknown(part, sentence, cells.nearest(part, names)), key)
            codes.add(code)
        return sorted(codes)

    # --- against what is known -----------------------------------------------------------------

    def _look_up(self, members: list[_Member]) -> dict[str, _Known]:
        """Find who of some rows is known already, by their numbers. Three statements."""
        by_phone = [member.phone_index for member in members if member.phone_index]
        by_document = [member.document_index for member in members if member.document_index]
        people: dict[int, _Known] = {}
        index: dict[str, _Known] = {}
        rows = Person.objects.filter(
            Q(phone_index__in=by_phone) | Q(document_index__in=by_document)
            if by_document
            else Q(phone_index__in=by_phone)
        )
        for values in rows.values_list("pk", "name", "phone_index", "document_index", "is_active"):
            known = _Known(*values)
            people[known.pk] = known
            for number in (known.phone_index, known.document_index):
                if number:
                    index[number] = known
        if people:
            for membership in Membership.objects.filter(person__in=people, ends_on__isnull=True):
                people[membership.person_id].memberships.append(membership)
            for enrolment in MemberEnrolment.objects.filter(
                person__in=people, voided_at__isnull=True
            ):
                people[enrolment.person_id].enrolments.append(enrolment)
        return index

    def _match(self, row: Cells, member: _Member, people: dict[str, _Known]) -> _Known | None:
        """Return who a row is about. Refuses two people, and one person in two rows."""
        by_phone = people.get(member.phone_index or "")
        by_document = people.get(member.document_index or "")
        if by_phone and by_document and by_phone is not by_document:
            row.refuse(_("This number belongs to somebody else than the phone number."), "document")
        known = by_phone or by_document
        if known is not None:
            first = self._seen.setdefault(f"person:{known.pk}", row.line)
            if first != row.line:
                row.refuse(_("The same person as in row %(row)d.") % {"row": first}, "name")
        return known

    def _compare(self, row: Cells, member: _Member) -> None:
        """Refuse a row that contradicts what is known."""
        known = member.known
        if known is None or row.wrong:
            return
        if not known.is_active:
            row.refuse(_("The account under this number has been closed."), "phone")
        elif known.name != member.name:
            row.refuse(
                _("Somebody of another name is known under this number. Please check both."), "name"
            )
        elif self._documents_differ(member, known):
            row.refuse(_("Another identity number is known for this person."), "document")
        else:
            self._compare_membership(row, member, known)
            self._compare_enrolments(row, member, known)

    @staticmethod
    def _documents_differ(member: _Member, known: _Known) -> bool:
        return bool(
            member.document_index
            and known.document_index
            and member.document_index != known.document_index
        )

    def _compare_membership(self, row: Cells, member: _Member, known: _Known) -> None:
        for membership in known.memberships:
            if membership.organization_id == member.organization:
                if membership.standing != member.standing:
                    row.refuse(
                        _("Known here as: %(standing)s. Please change it on the unit's page.")
                        % {"standing": membership.get_standing_display()},
                        "standing",
                    )
            elif membership.standing == _SERVING and member.standing == _SERVING:
                row.refuse(
                    _("This person serves in %(unit)s. Please transfer them on the unit's page.")
                    % {"unit": self._unit_names.get(membership.organization_id, "…")},
                    "organization",
                )

    def _compare_enrolments(self, row: Cells, member: _Member, known: _Known) -> None:
        for enrolment in known.enrolments if member.community else ():
            is_open, same = enrolment.ends_on is None, enrolment.community_id == member.community
            if is_open and not same:
                row.refuse(
                    _("Enrolled with %(community)s since %(day)s. Please end that enrolment first.")
                    % {
                        "community": self._place_name(enrolment.community_id),
                        "day": enrolment.starts_on,
                    },
                    "community",
                )
            elif is_open and enrolment.starts_on != member.starts_on:
                row.refuse(
                    _("This enrolment is known since %(day)s. If that is wrong, please void it.")
                    % {"day": enrolment.starts_on},
                    "starts_on",
                )
            elif enrolment.ends_on is not None and enrolment.ends_on > member.starts_on:
                row.refuse(
                    _("An earlier enrolment lasted until %(day)s.") % {"day": enrolment.ends_on},
                    "starts_on",
                )

    def _place_name(self, code: str) -> str:
        try:
            return self.places.name(code)
        except KeyError:
            return code

    # --- writing -------------------------------------------------------------------------------

    def _settle_good(self, good: list[_Member], *, write: bool) -> None:
        """Count what the good rows do, and do it: one statement a table and batch."""
        batch = _Batch(self, write=write)
        for member in good:
            kind = batch.add(member)
            setattr(self.report, kind, getattr(self.report, kind) + 1)
        if write:
            batch.save()


class _Batch:
    """What some good rows add and change."""

    def __init__(self, table: Members, *, write: bool) -> None:
        self.table = table
        self.write = write
        self.people: list[Person] = []
        self.memberships: list[tuple[Membership, Person | None]] = []
        self.enrolments: list[tuple[MemberEnrolment, Person | None]] = []
        self.branches: list[Membership] = []
        self.details: list[MemberEnrolment] = []
        self.documents: list[Person] = []

    def add(self, member: _Member) -> str:
        """Note what a row adds or changes, and say which of both, or neither."""
        known, person = member.known, None
        membership = enrolment = None
        created = changed = False
        if known is None:
            person, created = self._person(member), True
        else:
            membership = next(
                (m for m in known.memberships if m.organization_id == member.organization), None
            )
            enrolment = next(
                (
                    e
                    for e in known.enrolments
                    if e.ends_on is None and e.community_id == member.community
                ),
                None,
            )
            changed = self._complete_document(member, known)
        if membership is None:
            self._join(member, person)
            created = True
        elif member.branch is not None and membership.branch_id != member.branch:
            membership.branch_id = member.branch
            self.branches.append(membership)
            changed = True
        if enrolment is None:
            if member.community:
                self._enrol(member, person)
                created = True
        else:
            changed |= self._complete(member, enrolment)
        return "created" if created else "changed" if changed else "unchanged"

    def _person(self, member: _Member) -> Person | None:
        if not self.write:
            return None
        born = documents.birth_date(member.document) if member.document else None
        person = Person(
            name=member.name,
            phone=member.phone,
            phone_index=member.phone_index,
            document_kind=Person.Document.RESIDENT if member.document else "",
            document_number=member.document,
            document_index=member.document_index,
            birth_year=born.year if born else None,
            password=self.table.no_password,
            joined_at=self.table.at,
        )
        self.people.append(person)
        return person

    def _complete_document(self, member: _Member, known: _Known) -> bool:
        if not member.document or known.document_index is not None:
            return False
        self.documents.append(
            Person(
                pk=known.pk,
                document_kind=Person.Document.RESIDENT,
                document_number=member.document,
                document_index=member.document_index,
            )
        )
        return True

    def _join(self, member: _Member, person: Person | None) -> None:
        row = Membership(
            organization_id=member.organization,
            branch_id=member.branch,
            standing=member.standing,
            starts_on=member.starts_on,
        )
        if member.known is not None:
            row.person_id = member.known.pk
        self.memberships.append((row, person))

    def _enrol(self, member: _Member, person: Person | None) -> None:
        row = MemberEnrolment(
            organization_id=member.organization,
            community_id=member.community,
            compound_id=member.compound,
            starts_on=member.starts_on,
            recorded_by=self.table.by,
            recorded_at=self.table.at,
            **member.details,
        )
        if member.known is not None:
            row.person_id = member.known.pk
        self.enrolments.append((row, person))

    def _complete(self, member: _Member, enrolment: MemberEnrolment) -> bool:
        said = dict(member.details)
        if member.compound is not None:
            said["compound_id"] = member.compound
        differing = {key: value for key, value in said.items() if getattr(enrolment, key) != value}
        for key, value in differing.items():
            setattr(enrolment, key, value)
        if differing:
            self.details.append(enrolment)
        return bool(differing)

    def save(self) -> None:
        """Write everything. The caller's transaction holds it together."""
        Person.objects.bulk_create(self.people)
        for membership, person in self.memberships:
            if person is not None:
                membership.person = person
        for enrolment, person in self.enrolments:
            if person is not None:
                enrolment.person = person
        memberships = Membership.objects.bulk_create([row for row, _person in self.memberships])
        references = fresh_references(len(self.enrolments)) if self.enrolments else []
        for (enrolment, _person), reference in zip(self.enrolments, references, strict=True):
            enrolment.reference = reference
        enrolments = MemberEnrolment.objects.bulk_create([row for row, _person in self.enrolments])
        if self.branches:
            Membership.objects.bulk_update(self.branches, ["branch"])
        if self.details:
            MemberEnrolment.objects.bulk_update(
                self.details, ["compound", "occupation", "skills", "service_wishes"]
            )
        if self.documents:
            Person.objects.bulk_update(
                self.documents, ["document_kind", "document_number", "document_index"]
            )
        self._journal(memberships, enrolments)

    def _journal(self, memberships: list[Membership], enrolments: list[MemberEnrolment]) -> None:
        areas = self.table.unit_areas
        # One line a row: joining the unit and entering the person are part of enrolling them.
        enrolled = {row.person_id for row in enrolments}
        targets: list[tuple[str, Any, str]] = [
            ("enrol", row, row.community_id) for row in enrolments
        ]
        targets += [
            ("join", row, areas[row.organization_id])
            for row in memberships
            if row.person_id not in enrolled
        ]
        targets += [("correct", row, areas[row.organization_id]) for row in self.branches]
        targets += [("correct", row, row.community_id) for row in self.details]
        targets += [("correct", row, "") for row in self.documents]
        table = self.table
        write_all(
            [
                line(verb, row, by=table.by, at=table.at, area_code=code, note=table.note)
                for verb, row, code in targets
            ]
        )
