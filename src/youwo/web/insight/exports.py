"""Figures and facts as Excel files that say themselves what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from youwo.areas.models import Area
from youwo.core.tables import write_rows
from youwo.insight import queries, rules
from youwo.insight.definitions import DEFINITIONS, Definition
from youwo.people import masking
from youwo.web.access import powers_of, public, staff
from youwo.web.insight.forms import CutForm, cut_form
from youwo.web.insight.views import listed, order, overview, powers_to_open, way_to

_CHUNK = 2000


def _file(
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    about: list[tuple[str, Any]],
) -> FileResponse:
    """Write the rows to a file on disk as they come, then send it."""
    file = TemporaryFile()  # noqa: SIM115 (closed when it has been sent)
    note = "\n".join(f"{key}: {value}" for key, value in about)
    write_rows(headings, rows, file, note=note[:2000], about=about)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _about(area: Area, form: CutForm, definitions: Iterable[Definition]) -> list[tuple[str, Any]]:
    """Return what must stand beside the numbers: place, days, known-at, definitions."""
    known_at = timezone.localtime(form.cut.known_at or timezone.now())
    about: list[tuple[str, Any]] = [
        (_("Place"), f"{area.code} {area.name}"),
        (_("Until (included)"), form.cut.as_of.isoformat()),
        (_("From"), form.cut.since.isoformat()),
        (_("As known at"), known_at.strftime("%Y-%m-%d %H:%M")),
    ]
    about.extend((f"{one.title} ({one.label})", _said(one)) for one in definitions)
    return about


def _said(definition: Definition) -> str:
    return " ".join(map(str, (*definition.text, definition.clock.label)))


@public
@require_safe
def table(request: HttpRequest, code: str) -> HttpResponseBase:
    """Give the table of a place and the places below it, as shown to this visitor."""
    area, form = way_to(code)[-1], cut_form(request)
    if not form.is_valid():
        return redirect(f"./{form.query}")
    entitled = rules.may_open(powers_to_open(request), area.code)
    _found, shown = overview(area, form, entitled=entitled)
    headings = [_("Code"), _("Place"), *(str(d.title) for d in DEFINITIONS.values())]
    whole = [area.code, area.name, *(_cell(card.now) for card in shown["cards"])]
    rows = [
        [row.area.code if row.area else "", row.label, *(_cell(cell) for cell in row.cells)]
        for row in shown["rows"]
    ]
    about = _about(area, form, DEFINITIONS.values())
    return _file(f"{area.name}-{form.cut.as_of}", headings, [whole, *rows], about)


def _cell(cell: Any) -> Any:
    return cell.words if cell.value is None else cell.value


@staff(*rules.OPENERS)
@require_safe
def facts(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """Give all facts behind a figure, as many as it says."""
    if name not in DEFINITIONS or not rules.may_open(powers_of(request), code):
        raise Http404
    area, form = way_to(code)[-1], cut_form(request)
    if not form.is_valid():
        return redirect(f"./{form.query}")
    rows = listed(queries.facts_of(name, code, form.cut), name)
    headings, cells = _SHEETS.get(name, (_entry_headings, _entry_cells))
    return _file(
        f"{area.name}-{DEFINITIONS[name].title}-{form.cut.as_of}",
        headings(),
        (cells(row) for row in _in_chunks(rows.order_by(*order(name)))),
        _about(area, form, [DEFINITIONS[name]]),
    )


def _in_chunks(rows: Any) -> Iterator[Any]:
    yield from rows.iterator(chunk_size=_CHUNK)


def _entry_headings() -> list[str]:
    return [
        _("Number"),
        _("Day"),
        _("Code"),
        _("Place"),
        _("Kind"),
        _("Field of service"),
        _("What"),
        _("Unit"),
        _("Person-times"),
        _("How counted"),
        _("Recorded"),
    ]


def _entry_cells(entry: Any) -> list[Any]:
    return [
        entry.pk,
        entry.occurred_on,
        entry.area_id,
        entry.area.name,
        entry.get_kind_display(),
        entry.get_field_display(),
        entry.title,
        str(entry.organization or ""),
        entry.served,
        entry.get_counted_how_display(),
        entry.recorded_at,
    ]


def _unit_headings() -> list[str]:
    return [_("Number"), _("Unit"), _("Code"), _("Community"), _("From"), _("Recorded")]


def _unit_cells(enrolment: Any) -> list[Any]:
    return [
        enrolment.reference,
        enrolment.organization.name,
        enrolment.community_id,
        enrolment.community.name,
        enrolment.starts_on,
        enrolment.recorded_at,
    ]


def _member_headings() -> list[str]:
    return [
        _("Number"),
        _("Name"),
        _("Unit"),
        _("Code"),
        _("Community"),
        _("Compound"),
        _("From"),
        _("Recorded"),
    ]


def _member_cells(enrolment: Any) -> list[Any]:
    return [
        enrolment.reference,
        masking.name(enrolment.person.name),
        enrolment.organization.name,
        enrolment.community_id,
        enrolment.community.name,
        str(enrolment.compound or ""),
        enrolment.starts_on,
        enrolment.recorded_at,
    ]


_SHEETS = {
    "enrolled_units": (_unit_headings, _unit_cells),
    "enrolled_members": (_member_headings, _member_cells),
}
