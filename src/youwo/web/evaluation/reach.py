"""Which rounds, sheets and results a visitor may open; all others do not exist for them."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from youwo.core.acts import as_held
from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.evaluation import queries, rules
from youwo.evaluation.models import Evaluated, Round, Sheet, Status
from youwo.web.access import signed_in_person


def today() -> date:
    """Return the day in the city."""
    return local_day(timezone.now())


def round_of(request: HttpRequest, reference: str, *, locked: bool = False) -> Round:
    """Return a round of the visitor's areas; the act holds it if it is locked."""
    rows = queries.rounds_seen_by(signed_in_person(request), today())
    rows = rows.select_related("template", "area")
    if locked:
        rows = rows.select_for_update(of=("self",))
        return as_held(get_object_or_404(rows, reference=parse_reference(reference)))
    return get_object_or_404(rows, reference=parse_reference(reference))


def sheet_of(request: HttpRequest, key: int) -> Sheet:
    """Return a sheet that the visitor fills in, or enters for somebody."""
    rows = Sheet.objects.select_related(
        "stack",
        "evaluated__round__template",
        "evaluated__organization",
        "evaluated__person",
        "evaluated__community",
    )
    sheet = get_object_or_404(rows, pk=key)
    person, on = signed_in_person(request), today()
    if not (rules.may_judge(person, sheet, on) or rules.may_enter_for(person, sheet, on)):
        raise Http404
    return sheet


def evaluated_of(request: HttpRequest, reference: str) -> Evaluated:
    """Return an evaluation that the visitor may read, published or not."""
    rows = queries.evaluated_seen_by(signed_in_person(request), today())
    return get_object_or_404(_joined(rows), reference=parse_reference(reference))


def published_of(request: HttpRequest, reference: str) -> Evaluated:
    """Return an evaluation whose result the visitor may read."""
    evaluated = evaluated_of(request, reference)
    if evaluated.round.status != Status.PUBLISHED:
        raise Http404
    return evaluated


def judged_or_read(request: HttpRequest, reference: str) -> Evaluated:
    """Return an evaluation that the visitor may read, or has a sheet about before them."""
    person, on = signed_in_person(request), today()
    rows = queries.evaluated_seen_by(person, on) | queries.evaluated_judged_by(person, on)
    return get_object_or_404(_joined(rows), reference=parse_reference(reference))


def _joined(rows: QuerySet[Evaluated]) -> QuerySet[Evaluated]:
    return rows.select_related(
        "round__template", "round__area", "organization", "person", "community"
    )
