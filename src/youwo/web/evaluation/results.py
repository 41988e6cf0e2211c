"""Results: read, printed, taken along, replied to; and the facts behind them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.refused import Refused
from youwo.core.tables import write_rows
from youwo.evaluation import actions, queries, rules
from youwo.evaluation import facts as known
from youwo.evaluation.actions.appeals import appeal_until, hundredths
from youwo.evaluation.models import AppealStatus, Evaluated, Result
from youwo.ledger.models import Entry
from youwo.web.access import signed_in, signed_in_person
from youwo.web.evaluation import shown
from youwo.web.evaluation.forms import AppealForm, WordsForm
from youwo.web.evaluation.reach import judged_or_read, published_of, today
from youwo.web.files import table_answer
from youwo.web.nonces import nonce_of


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """List the published evaluations of the visitor and of the units they act for, by time."""
    rows = queries.own(signed_in_person(request), today()).select_related(
        "round", "organization", "person", "community"
    )
    context = {"page": page(rows, by=("-id",), cursor=request.GET.get("cursor"))}
    return render(request, "evaluation/mine.html", context)


def about(request: HttpRequest, evaluated: Evaluated) -> dict[str, Any]:
    """Gather a published result with its sums, its versions, replies and appeals."""
    person, on, at = signed_in_person(request), today(), timezone.now()
    versions = list(evaluated.results.select_related("appeal").order_by("-version"))
    result: Result = versions[0]
    appeals = list(evaluated.appeals.order_by("-at", "-pk"))
    own = rules.is_evaluated(person, evaluated, on)
    standing = [one for one in appeals if one.status != AppealStatus.WITHDRAWN]
    until = appeal_until(evaluated, result)
    return {
        "evaluated": evaluated,
        "round": evaluated.round,
        "last_day": shown.last_day(evaluated.round),
        "who": shown.who(evaluated),
        "facts": shown.facts_of(evaluated),
        "result": result,
        "value": hundredths(result.tenths),
        "level": shown.level_of(result, evaluated.round.template.levels),
        "views": shown.views_of(result),
        "sum": shown.sum_of(result),
        "weights_left": shown.weights_left(result),
        "corrections": [version for version in versions if version.differs],
        "past": shown.past_of(evaluated),
        "replies": list(evaluated.replies.order_by("at", "pk")),
        "appeals": appeals,
        "own": own,
        "appeal_until": until,
        "may_appeal": own
        and at <= until
        and not any(one.against_id == result.pk for one in standing),
        "open_appeal": next((one for one in appeals if one.status == AppealStatus.OPEN), None),
    }


def case(
    request: HttpRequest, evaluated: Evaluated, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """Show a result, with forms that were refused as they were typed."""
    context = {
        **about(request, evaluated),
        "reply_form": WordsForm(),
        "appeal_form": AppealForm(),
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
        **forms,
    }
    return render(request, "evaluation/result.html", context, status=status)


@signed_in
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a published result to the evaluated and those entitled, explained sum by sum."""
    return case(request, published_of(request, reference))


@signed_in
def printed(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a result as a page to print, with who signs it."""
    evaluated = published_of(request, reference)
    context = {
        **about(request, evaluated),
        "signatories": evaluated.round.template.signatories,
        "printed_at": timezone.now(),
    }
    return render(request, "evaluation/printed.html", context)


@signed_in
def export(request: HttpRequest, reference: str) -> FileResponse:
    """Send one result as an Excel file."""
    found = about(request, published_of(request, reference))
    evaluated, result = found["evaluated"], found["result"]

    def rows() -> Iterator[list[Any]]:
        for view in found["views"]:
            yield [view.name, view.weight, view.value, "", "", view.why]
            for asked in view.questions:
                for words, count in asked.steps:
                    yield [view.name, "", "", asked.text, f"{words} × {count}", ""]
            for words in view.words:
                yield [view.name, "", "", "", "", words]

    facts_ = [(fact.name, fact.amount) for fact in found["facts"]]
    about_ = [
        (_("Reference"), spaced(evaluated.reference)),
        (_("Evaluation"), evaluated.round.title),
        (_("Evaluated"), found["who"]),
        (_("Community"), evaluated.community.name),
        *facts_,
        (_("Result"), f"{found['value']} · {found['level']}"),
        (_("Version"), result.version),
        (_("Sum"), found["sum"]),
    ]
    headings = [_("Viewpoint"), _("Weight"), _("of 100"), _("Question"), _("Answer"), _("Words")]
    return table_answer(
        _("Evaluation"), lambda file: write_rows(headings, rows(), file, about=about_)
    )


@signed_in
@require_POST
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Say something to one's own result."""
    evaluated = published_of(request, reference)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            actions.reply(
                evaluated,
                words=form.cleaned_data["words"],
                nonce=nonce_of(request),
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("evaluation:result", evaluated.reference)
    return case(request, evaluated, status=422, reply_form=form)


@signed_in
def facts(request: HttpRequest, reference: str) -> HttpResponse:
    """Open the facts behind the sums of a sheet, as they were known at the cut-off."""
    evaluated = judged_or_read(request, reference)
    entries: QuerySet[Entry] = known.entries_of(evaluated).select_related("area")
    context = {
        "evaluated": evaluated,
        "round": evaluated.round,
        "last_day": shown.last_day(evaluated.round),
        "who": shown.who(evaluated),
        "facts": shown.facts_of(evaluated),
        "page": page(entries, by=("-occurred_on", "-id"), cursor=request.GET.get("cursor")),
    }
    return render(request, "evaluation/facts.html", context)
