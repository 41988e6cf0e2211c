"""Tables on their way in: upload, dry run, problems, import."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.areas.models import Area
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.organizations import sheets, uploads
from youwo.organizations.models import Import
from youwo.organizations.rules import KEEPERS
from youwo.web.access import powers_of, signed_in_person, with_units
from youwo.web.files import table_answer
from youwo.web.organizations.forms import UploadForm
from youwo.web.organizations.reach import today

_SHOWN = 100


def _codes(request: HttpRequest) -> list[str]:
    """Return the codes of the places the visitor may import into; who may not import finds none."""
    codes = uploads.areas_for(signed_in_person(request), today())
    if not codes:
        raise Http404
    return codes


def _subjects(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return what the visitor's tables can be about: compounds only for who keeps places."""
    keeps = powers_of(request).codes(*KEEPERS)
    return [one for one in Import.Subject.choices if keeps or one[0] != Import.Subject.COMPOUNDS]


def _own(request: HttpRequest, key: int) -> Import:
    rows = Import.objects.filter(started_by=signed_in_person(request))
    return get_object_or_404(rows.select_related("area"), pk=key)


@with_units
def index(request: HttpRequest) -> HttpResponse:
    """List the tables that the visitor has uploaded."""
    _codes(request)
    rows = Import.objects.filter(started_by=signed_in_person(request)).defer("problems")
    found = page(rows.select_related("area"), by=("-id",), cursor=request.GET.get("cursor"))
    keeps = powers_of(request).codes(*KEEPERS)
    return render(request, "organizations/tables.html", {"page": found, "keeps": keeps})


@with_units
def upload(request: HttpRequest) -> HttpResponse:
    """Take a table and have it checked."""
    codes = _codes(request)
    subjects, given = _subjects(request), request.GET
    asked = given.get("subject") if given.get("subject") in dict(subjects) else None
    # Compounds are of the own place, even for those who also act for a unit.
    own = powers_of(request).codes(*KEEPERS) if asked == Import.Subject.COMPOUNDS else codes
    place = given.get("area") if given.get("area") in codes else own[0]
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        codes=codes,
        subjects=subjects,
        initial={"area": place, "subject": asked or Import.Subject.MEMBERS},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = uploads.receive(
                file,
                file_name=file.name,
                subject=form.cleaned_data["subject"],
                area=form.cleaned_data["area"] or Area.objects.get(pk=codes[0]),
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return redirect("organizations:table", row.pk)
    # Who comes from one kind of records is shown its template only.
    templates = [one for one in subjects if asked in (None, one[0])]
    of_compounds = asked == Import.Subject.COMPOUNDS
    context = {"form": form, "templates": templates, "of_compounds": of_compounds}
    return render(request, "organizations/upload.html", context, status=422 if form.errors else 200)


@with_units
def template(request: HttpRequest, subject: str) -> FileResponse:
    """Send the empty table to fill in, with the places that the visitor may enter."""
    if subject not in dict(_subjects(request)):
        raise Http404
    area = get_object_or_404(Area, pk=_codes(request)[0])
    label = str(Import.Subject(subject).label)
    return table_answer(label, lambda file: sheets.write_template(subject, area, file))


@with_units
def table(request: HttpRequest, key: int) -> HttpResponse:
    """Show how far a table is, what its dry run found, or what it has brought."""
    row, at = _own(request, key), timezone.now()
    moving = row.state in (Import.State.CHECKING, Import.State.RUNNING)
    context: dict[str, Any] = {
        "row": row,
        "moving": moving,
        "waits": moving and row.rows_done == 0,
        "stuck": uploads.is_stuck(row, at),
        "step": {"checking": 1, "checked": 2, "running": 3, "done": 5}.get(row.state, 1),
        "steps": [_("Upload"), _("Check"), _("Import"), _("Done")],
        "problems": row.problems[:_SHOWN],
        "more": max(len(row.problems) - _SHOWN, 0),
        "good": row.created + row.changed,
        "of_compounds": row.subject == Import.Subject.COMPOUNDS,
    }
    name = "organizations/_table.html" if request.htmx else "organizations/table.html"  # type: ignore[attr-defined]
    return render(request, name, context)


@with_units
def problems(request: HttpRequest, key: int) -> FileResponse:
    """Send the bad cells as an Excel file."""
    row = _own(request, key)
    return table_answer(_("Problems"), lambda file: sheets.write_problems(row, file))


@with_units
@require_POST
def confirm(request: HttpRequest, key: int) -> HttpResponse:
    """Have the good rows imported."""
    row = _own(request, key)
    try:
        uploads.confirm(row, by=signed_in_person(request), at=timezone.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect("organizations:table", key)


@with_units
@require_POST
def again(request: HttpRequest, key: int) -> HttpResponse:
    """Start once more what got stuck."""
    row = _own(request, key)
    try:
        uploads.start_again(row, by=signed_in_person(request), at=timezone.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect("organizations:table", key)
