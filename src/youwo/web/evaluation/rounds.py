"""Rounds: planning, following and publishing them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.queries import lying_in
from youwo.core.acts import acting
from youwo.core.clock import start_of
from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.refused import Refused
from youwo.core.tables import write_rows
from youwo.evaluation import actions, queries, rules
from youwo.evaluation.actions.rounds import period_words, sheets_in_use
from youwo.evaluation.models import (
    MOVES,
    Evaluated,
    Round,
    Sheet,
    Status,
    Subject,
    Viewpoint,
)
from youwo.people.models import Role
from youwo.web.access import powers_of, signed_in_person, staff
from youwo.web.evaluation import shown
from youwo.web.evaluation.forms import ExtendForm, ReasonForm, RoundForm
from youwo.web.evaluation.reach import round_of, today
from youwo.web.files import table_answer
from youwo.web.nonces import nonce_of

READERS = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)
KEEPERS = (Role.WORKER, Role.COORDINATOR)


@staff(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the rounds of the visitor's areas, the latest first."""
    status, subject = request.GET.get("status", ""), request.GET.get("subject", "")
    rows = queries.rounds_seen_by(signed_in_person(request), today())
    if status in Status.values:
        rows = rows.filter(status=status)
    if subject in Subject.values:
        rows = rows.filter(template__subject=subject)
    if words := request.GET.get("q", "")[:40].strip():
        rows = rows.filter(Q(title__contains=words) | Q(area__name__contains=words))
    rows = rows.select_related("template", "area")
    context = {
        "page": page(rows, by=queries.ROUNDS, cursor=request.GET.get("cursor")),
        "statuses": Status.choices,
        "subjects": Subject.choices,
        "status": status,
        "subject": subject,
        "words": words,
        "filtered": bool(status or subject or words),
        "keeps": powers_of(request).holds(*KEEPERS),
    }
    return render(request, "evaluation/rounds.html", context)


def _areas(request: HttpRequest) -> list[Area]:
    """Return the areas a visitor can open rounds for: their own, and those directly below."""
    codes = powers_of(request).codes(*KEEPERS)
    rows = Area.objects.filter(Q(code__in=codes) | Q(parent__in=codes)).valid(today())
    rows = rows.exclude(kind=Area.Kind.COMPOUND).filter(statistical=False)
    return list(rows.order_by("code")[:200])


@staff(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a round."""
    areas, on = _areas(request), today()
    half = "half"
    form = RoundForm(
        request.POST or None,
        areas=[(area.code, area.name) for area in areas],
        today=on,
        words=period_words,
        initial={
            "subject": Subject.UNIT,
            "area": areas[0].code if areas else "",
            "period": half,
            "opens_on": on,
        },
    )
    context = {"form": form, "nonce": request.POST.get("nonce") or uuid.uuid4(), "areas": areas}
    if request.method != "POST":
        return render(request, "evaluation/new.html", context)
    if form.is_valid():
        try:
            round_ = _planned(request, form.cleaned_data, areas)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _said(round_))
            return redirect("evaluation:round", round_.reference)
    return render(request, "evaluation/new.html", context, status=422)


def _said(round_: Round) -> str:
    if round_.status == Status.OPEN:
        return _("The sheets are laid out; everybody concerned finds them in their list.")
    return _("Planned. It opens by itself on its day.")


@acting()
def _planned(request: HttpRequest, given: dict[str, Any], areas: list[Area]) -> Round:
    at = timezone.now()
    area = next(area for area in areas if area.code == given["area"])
    template = sheets_in_use(area.pk).get(given["subject"])
    if template is None:
        raise Refused(_("There is no sheet for this yet. An administrator publishes one first."))
    return actions.plan(
        template,
        area,
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        opens_at=max(start_of(given["opens_on"]), at),
        nonce=nonce_of(request),
        by=signed_in_person(request),
        at=at,
    )


def _evaluated(request: HttpRequest, round_: Round) -> QuerySet[Evaluated]:
    """Return those of a round whom the visitor's areas hold, by place and name, never by result."""
    rows = queries.evaluated_seen_by(signed_in_person(request), today()).filter(round=round_)
    if words := request.GET.get("q", "")[:40].strip():
        rows = rows.filter(Q(organization__name__contains=words) | Q(person__name=words))
    code = request.GET.get("area", "")
    if code.isdecimal() and len(code) in (6, 9, 12):
        rows = rows.filter(lying_in(code, "community_id"))
    sheets = Sheet.objects.filter(stack__isnull=False).order_by("pk")
    return rows.select_related("organization", "person", "community").prefetch_related(
        Prefetch("sheets", queryset=sheets)
    )


@staff(*READERS)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a round: how many sheets are in, who is evaluated, and what can be done now."""
    return _case(request, round_of(request, reference))


def _case(
    request: HttpRequest,
    round_: Round,
    *,
    status: int = 200,
    verb: str = "",
    form: forms.Form | None = None,
) -> HttpResponse:
    person, on = signed_in_person(request), today()
    keeps = rules.may_keep(person, round_, on)
    codes = powers_of(request).codes(*READERS)
    context = {
        "round": round_,
        "last_day": shown.last_day(round_),
        "progress": [
            (Viewpoint(name).label, done, all_)
            for name, done, all_ in queries.progress(round_, codes)
        ],
        "page": page(
            _evaluated(request, round_), by=queries.EVALUATED, cursor=request.GET.get("cursor")
        ),
        "words": request.GET.get("q", "")[:40],
        "may": {name for name, moves in MOVES.items() if keeps and round_.status in moves},
        "published": round_.status == Status.PUBLISHED,
        "is_open": round_.status == Status.OPEN,
        "forms": {"extend": ExtendForm(), "cancel": ReasonForm(prefix="cancel")}
        | ({verb: form} if form else {}),
        "open_form": verb,
    }
    return render(request, "evaluation/round.html", context, status=status)


_FORMS: dict[str, Callable[[Any], forms.Form]] = {
    "extend": ExtendForm,
    "cancel": lambda data: ReasonForm(data, prefix="cancel"),
}


@staff(*KEEPERS)
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Take one step with a round."""
    if verb not in _ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("evaluation:round", round_of(request, reference).reference)
    form = _FORMS[verb](request.POST) if verb in _FORMS else None
    said = ""
    try:
        with acting():
            round_ = round_of(request, reference, locked=True)
            person, at = signed_in_person(request), timezone.now()
            if not rules.may_keep(person, round_, today()):
                raise PermissionDenied
            if form is None or form.is_valid():
                given = form.cleaned_data if form is not None else {}
                said = _ACTS[verb](round_, given, person, at)
        if said:
            messages.success(request, said)
            return redirect("evaluation:round", round_.reference)
    except Refused as refused:
        if form is None:
            raise
        form.add_error(None, str(refused))
    return _case(request, round_of(request, reference), status=422, verb=verb, form=form)


def _open(round_: Round, given: dict[str, Any], by: Any, at: datetime) -> str:
    return _said(actions.start(round_, by=by, at=at))


def _close(round_: Round, given: dict[str, Any], by: Any, at: datetime) -> str:
    actions.close(round_, by=by, at=at)
    return _("The sheets are collected. Look through them, then publish.")


def _extend(round_: Round, given: dict[str, Any], by: Any, at: datetime) -> str:
    actions.extend(round_, **given, by=by, at=at)
    return _("Everybody has some more days.")


def _publish(round_: Round, given: dict[str, Any], by: Any, at: datetime) -> str:
    actions.publish(round_, by=by, at=at)
    return _("Published. The evaluated can read their results, and reply.")


def _cancel(round_: Round, given: dict[str, Any], by: Any, at: datetime) -> str:
    actions.cancel(round_, **given, by=by, at=at)
    return _("Cancelled. Nothing of it counts.")


_ACTS: dict[str, Callable[[Round, dict[str, Any], Any, datetime], str]] = {
    "open": _open,
    "close": _close,
    "extend": _extend,
    "publish": _publish,
    "cancel": _cancel,
}


@staff(*READERS)
def export(request: HttpRequest, reference: str) -> FileResponse:
    """Send whose sheets are in as an Excel file. Results stand with each of the evaluated alone."""
    round_ = round_of(request, reference)
    names = [Viewpoint(name) for name in Viewpoint.values if name != Viewpoint.PUBLIC]
    headings = [
        _("Reference"),
        _("Community"),
        _("Unit"),
        _("Member"),
        *[str(name.label) for name in names],
    ]

    def rows() -> Iterator[list[Any]]:
        for one in _evaluated(request, round_).order_by("pk").iterator(chunk_size=1000):
            states = {sheet.viewpoint: sheet.get_state_display() for sheet in one.sheets.all()}
            yield [
                spaced(one.reference),
                one.community.name,
                one.organization.name,
                one.person.name if one.person else "",
                *[states.get(name, "") for name in names],
            ]

    return table_answer(_("Evaluation"), lambda file: write_rows(headings, rows(), file))
