"""Excel files that leave: templates, the problems of an import, units and members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.tables import write_rows
from youwo.organizations.imports.columns import COLUMNS, MEMBERS, UNITS, Column
from youwo.organizations.models import (
    Import,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.organizations.queries import service_fields
from youwo.people import masking
from youwo.people.models import Skill

_LAST_ROW = 100_000
_UNIT = ("name", "credit_code", "kind", "area__name", "parent__name")


def write_template(subject: str, area: Area, file: Any) -> None:
    """Write an empty table with its headings, and sheets that explain columns and list places."""
    book = xlsxwriter.Workbook(file)
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F8EBE7"})
    plain = book.add_format({"bottom": 1, "bold": True})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    columns = COLUMNS[subject]
    sheet = book.add_worksheet(str(Import.Subject(subject).label)[:31])
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 20, text if column.is_text else day)
        sheet.write_string(0, place, str(column.heading), bold if column.needed else plain)
        if column.choices:
            labels = [str(label) for _code, label in column.choices]
            sheet.data_validation(
                1, place, _LAST_ROW, place, {"validate": "list", "source": labels}
            )
    _explain(book.add_worksheet(_("How to fill in")), columns, plain, wrap)
    _list_places(book.add_worksheet(_("Places and codes")), area, plain)
    book.close()


def _explain(sheet: Any, columns: Iterable[Column], bold: Any, wrap: Any) -> None:
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 70, wrap)
    sheet.set_column(3, 3, 24)
    headings = [_("Column"), _("Needed"), _("What to enter"), _("Example")]
    sheet.write_row(0, 0, headings, bold)
    for place, column in enumerate(columns, start=1):
        needed = _("yes") if column.needed else ""
        words = [str(column.heading), needed, f"{column.help}{_possible(column)}", column.example]
        for at, word in enumerate(words):
            sheet.write_string(place, at, word)


def _possible(column: Column) -> str:
    """Return the words that a list column can hold."""
    words: list[str] = [str(label) for _code, label in column.choices]
    if column.key == "skills":
        words = list(Skill.objects.values_list("name", flat=True))
    elif column.key == "service_wishes":
        words = [str(label) for _code, label in service_fields()]
    return " " + "、".join(words) if words else ""


def _list_places(sheet: Any, area: Area, bold: Any) -> None:
    sheet.set_column(0, 2, 22)
    sheet.write_row(0, 0, [_("Code"), _("Place"), _("Lies in")], bold)
    places = Area.objects.within(area.code).exclude(kind=Area.Kind.COMPOUND)
    rows = places.filter(statistical=False, valid_to__isnull=True).order_by("code")
    for line, row in enumerate(rows.values_list("code", "name", "parent__name"), start=1):
        for at, word in enumerate(row):
            sheet.write_string(line, at, word or "")


def write_problems(row: Import, file: Any) -> int:
    """Write the bad cells of an import, as far as they were kept."""
    headings = [_("Row"), _("Column"), _("What is wrong")]
    return write_rows(headings, row.problems, file, note=row.file_name)


def write_units(units: QuerySet[Organization], on: date, file: Any) -> int:
    """Write units with their enrolments in force, one row each, as the import reads them."""
    chosen = units.order_by().values("pk")
    enrolled = UnitEnrolment.objects.holding(on).filter(organization__in=chosen)
    prefix = "organization__"
    rows = enrolled.order_by("organization", "pk").values_list(
        *(f"{prefix}{name}" for name in _UNIT), "branch__name", "community__name", "starts_on"
    )
    others = (
        Organization.objects.filter(pk__in=chosen)
        .exclude(pk__in=UnitEnrolment.objects.holding(on).values("organization"))
        .order_by("pk")
        .values_list(*_UNIT, "starts_on")
    )
    kinds = dict(Organization.Kind.choices)

    def cells() -> Iterator[list[Any]]:
        for name, code, kind, *rest in rows.iterator(chunk_size=2000):
            yield [name, code, str(kinds.get(kind, kind)), *rest]
        for name, code, kind, area, parent, since in others.iterator(chunk_size=2000):
            yield [name, code, str(kinds.get(kind, kind)), area, parent, None, None, since]

    return write_rows([str(column.heading) for column in UNITS], cells(), file)


def write_members(
    memberships: QuerySet[Membership], on: date, file: Any, *, with_phones: bool = False
) -> int:
    """Write members with their enrolment in force. Identity numbers never leave.

    Phone numbers are masked unless the caller has a reason on record.
    """
    standings = dict(Membership.Standing.choices)
    skills = dict(Skill.objects.values_list("code", "name"))
    wishes = {code: str(label) for code, label in service_fields()}
    columns = [column for column in MEMBERS if column.key != "document"]
    enrolments = _enrolments(memberships, on)
    rows = memberships.order_by("organization", "pk").values_list(
        "person",
        "organization",
        "person__name",
        "person__phone",
        "organization__name",
        "branch__name",
        "standing",
        "starts_on",
    )

    def cells() -> Iterator[list[Any]]:
        for person, unit, name, phone, unit_name, branch, standing, since in rows.iterator(
            chunk_size=2000
        ):
            enrolment = enrolments.get((person, unit), (None, None, "", (), (), since))
            community, compound, occupation, can, likes, starts_on = enrolment
            yield [
                name,
                phone if with_phones else masking.phone(phone),
                unit_name,
                branch,
                str(standings.get(standing, standing)),
                community,
                compound,
                occupation or None,
                "、".join(skills.get(code, code) for code in can) or None,
                "、".join(wishes.get(code, code) for code in likes) or None,
                starts_on,
            ]

    return write_rows([str(column.heading) for column in columns], cells(), file)


def _enrolments(
    memberships: QuerySet[Membership], on: date
) -> dict[tuple[int, int], tuple[Any, ...]]:
    """Return what enrolments in force say of some members, by person and unit, in one query."""
    people = memberships.order_by().values("person")
    rows = MemberEnrolment.objects.holding(on).filter(person__in=people).order_by("starts_on", "pk")
    return {
        (person, unit): tuple(said)
        for person, unit, *said in rows.values_list(
            "person",
            "organization",
            "community__name",
            "compound__name",
            "occupation",
            "skills",
            "service_wishes",
            "starts_on",
        ).iterator(chunk_size=2000)
    }
