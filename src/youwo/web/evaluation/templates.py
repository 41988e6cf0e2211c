"""Sheets in force and their versions; writing a further version."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.areas.rules import codes_above
from youwo.core.refused import Refused
from youwo.evaluation import actions, queries, rules
from youwo.evaluation.models import Question, Subject, Template, Viewpoint
from youwo.people.models import Role
from youwo.web.access import powers_of, signed_in_person, staff
from youwo.web.evaluation.forms import TemplateForm, written
from youwo.web.evaluation.reach import today

READERS = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)


def _seen(request: HttpRequest) -> list[Template]:
    """Return the versions that hold or held in, above or below the visitor's areas."""
    codes = powers_of(request).codes(*READERS)
    found = Q(area__in={above for code in codes for above in codes_above(code)})
    for code in codes:
        found |= Q(area__code__startswith=code)
    rows = Template.objects.filter(found).select_related("area")
    return list(rows.order_by("area_id", "-subject", "-version")[:200])


@staff(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the sheets in force around the visitor's areas, with their earlier versions."""
    seen = _seen(request)
    keeps = powers_of(request).codes(Role.ADMINISTRATOR)
    context = {
        "now": [template for template in seen if template.retired_at is None],
        "before": [template for template in seen if template.retired_at is not None],
        "keeps": keeps,
        "subjects": Subject.choices,
    }
    return render(request, "evaluation/templates.html", context)


@staff(*READERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: weights, questions and their steps, who signs."""
    template = next((one for one in _seen(request) if one.pk == pk), None)
    if template is None:
        raise Http404
    weights = dict(template.weights.values_list("viewpoint", "weight"))
    questions: dict[str, list[Question]] = {}
    for question in template.questions.order_by("number"):
        questions.setdefault(question.viewpoint, []).append(question)
    context = {
        "template": template,
        "views": [
            (Viewpoint(name).label, weights[name], questions.get(name, []))
            for name in Viewpoint.values
            if name in weights
        ],
        "whole": sum(weights.values()),
        "may_write": rules.may_keep_templates(signed_in_person(request), template.area, today()),
    }
    return render(request, "evaluation/template.html", context)


def _areas(request: HttpRequest) -> list[Area]:
    codes = powers_of(request).codes(Role.ADMINISTRATOR)
    rows = Area.objects.filter(Q(code__in=codes) | Q(parent__in=codes)).valid(today())
    return list(rows.exclude(kind=Area.Kind.COMPOUND).filter(statistical=False).order_by("code"))


@staff(Role.ADMINISTRATOR)
def new(request: HttpRequest) -> HttpResponse:
    """Write a further version of a sheet, beginning with the one that holds now."""
    areas = _areas(request)
    code = request.GET.get("area") or (areas[0].code if areas else "")
    area = get_object_or_404(Area, pk=next((one.code for one in areas if one.code == code), ""))
    subject = request.GET.get("subject", Subject.UNIT)
    if subject not in Subject.values:
        raise Http404
    before = queries.templates_in_force(area.pk).get(subject)
    form = TemplateForm(request.POST or None, initial=written(before) if before else {"days": 10})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        names = ("name", "opens", "days", "asks_public", "levels", "signatories")
        try:
            template = actions.publish_template(
                subject,
                area,
                weights=given["weights"],
                questions=given["questions"],
                **{name: given[name] for name in names},
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Published. Rounds planned from now on use it."))
            return redirect("evaluation:template", template.pk)
    context = {
        "form": form,
        "area": area,
        "areas": areas,
        "subject": subject,
        "subjects": Subject.choices,
        "before": before,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/new_template.html", context, status=status)
