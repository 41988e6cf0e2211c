"""Following what one reported, without an account: the answer, the way, and one's own word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.needs import rules
from youwo.needs.actions import problems
from youwo.needs.models import Photo, ProblemStatus, Report
from youwo.web.access import lacks_second_factor, person_of, public
from youwo.web.needs.following import followed
from youwo.web.needs.way import Reader
from youwo.web.problems.forms import JudgeForm
from youwo.web.problems.lineage import linked
from youwo.web.problems.way import way


def is_report(reference: str) -> bool:
    """Say whether a reference is a voice's about a problem."""
    return (parse_reference(reference) or "").startswith("R")


def may_follow(request: HttpRequest, report: Report) -> bool:
    """Say whether this visitor is the voice: by the cookie, or by their own account."""
    if report.reference in followed(request):
        return True
    owner = report.voice.person_id if report.voice else None
    person = person_of(request) if owner else None
    return person is not None and owner == person.pk


def followed_report(request: HttpRequest, reference: str) -> Report:
    """Return the report that this visitor follows; for others it does not exist."""
    report = (
        Report.objects.select_related("voice", "problem__kind", "problem__community")
        .filter(reference=parse_reference(reference) or "")
        .first()
    )
    if report is None or not may_follow(request, report):
        raise Http404
    return report


def case(request: HttpRequest, report: Report, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Show a voice what became of its words, and ask whether it is solved."""
    problem, at = report.problem, timezone.now()
    others = problem.reports.exclude(pk=report.pk).count()
    may_judge = problem.status in (ProblemStatus.DONE, ProblemStatus.CLOSED)
    told = linked(problem, Reader.RESIDENT)
    # What is judged stands at the question.
    done = [row for row in told if row.done and may_judge]
    context = {
        "report": report,
        "problem": problem,
        "others": others,
        "way": way(problem, Reader.RESIDENT),
        "done": done,
        "linked": [row for row in told if row not in done],
        "photos": report.photos.all(),
        "fresh": at - report.received_at < timedelta(minutes=10) and report.answered_at is None,
        "asked": problem.status == ProblemStatus.DONE and report.answered_at is None,
        "may_judge": may_judge,
        "form": JudgeForm(),
        **shown,
    }
    return render(request, "problems/voice.html", context, status=status)


def judge(request: HttpRequest, report: Report) -> HttpResponse:
    """Write down whether it is solved, as this voice says."""
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return case(request, report, status=422, form=form)
    try:
        problems.judge(
            report,
            satisfied=form.cleaned_data["satisfied"] == "yes",
            words=form.cleaned_data["words"],
            by=person_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        return case(request, report, status=422, refused=str(refused))
    return redirect("needs:case", report.reference)


@public
def photo(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """Send a picture to those who may see it: the voice, and staff of the area."""
    found = get_object_or_404(
        Photo.objects.select_related("report__voice", "report__problem"),
        pk=pk,
        report__reference=parse_reference(reference) or "",
    )
    person, on = person_of(request), local_day(timezone.now())
    report = found.report
    if report is None or not (
        may_follow(request, report)
        or (rules.may_read(person, report.problem, on) and not lacks_second_factor(request))
    ):
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
