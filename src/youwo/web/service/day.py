"""The day of a meeting, run from one page on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import attempt, hold_first, under_way
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.needs import triage
from youwo.needs.models import Problem
from youwo.organizations.models import Organization
from youwo.organizations.queries import Partners, partners
from youwo.service import rules
from youwo.service.actions import meetings
from youwo.service.models import AgendaItem, JointMeeting
from youwo.service.queries import seated
from youwo.service.terms import USUAL_DAYS
from youwo.web.access import signed_in_person, staff
from youwo.web.acts import one_act
from youwo.web.service import shared
from youwo.web.service.forms import GuestForm, ItemForm, MatterForm, ReasonForm, Things, filled
from youwo.web.service.meetings import agenda_of


@staff(*rules.DEALING)
def run(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the meeting as it goes on: who is here, what is left, what has been decided."""
    meeting = shared.run_meeting(request, reference)
    shared.must_deal(request, meeting.community_id)
    if not meeting.is_held and not meeting.is_called:
        return redirect("service:meeting", meeting.reference)
    agenda = agenda_of(meeting)
    invitations = seated(meeting)
    context = {
        "meeting": meeting,
        "open": [item for item in agenda if item.is_open],
        "decided": [item for item in agenda if not item.is_open],
        "invitations": invitations,
        "noted": any(one.came is not None for one in invitations),
        "matter_form": MatterForm(),
        "guest_form": GuestForm(),
    }
    return render(request, "service/run.html", context)


@staff(*rules.DEALING)
@one_act
def attendance(request: HttpRequest, reference: str) -> HttpResponse:
    """Note who is here."""
    meeting = shared.run_meeting(request, reference)
    if request.method != "POST":
        return redirect("service:run", meeting.reference)
    shared.must_deal(request, meeting.community_id)
    words = {"yes": True, "no": False}
    came = {
        key: (
            words.get(request.POST.get(f"came-{key}", "")),
            request.POST.get(f"who-{key}", "")[:40],
        )
        for key in meeting.invitations.values_list("pk", flat=True)
    }
    meetings.note_attendance(meeting, came=came, by=signed_in_person(request), at=timezone.now())
    messages.success(request, _("Noted who is here."))
    return redirect("service:run", meeting.reference)


@staff(*rules.DEALING)
@one_act
def decide(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Make a matter a service item, or leave it with a reason."""
    meeting = shared.run_meeting(request, reference)
    shared.must_deal(request, meeting.community_id)
    rows = meeting.agenda.filter(pk=pk).select_related(
        "problem__kind", "problem__community", "problem__compound"
    )
    item = hold_first(rows, "problem") or hold_first(rows) if under_way() else rows.first()
    if item is None:
        raise Http404
    item.meeting = meeting
    if not (meeting.is_held and item.is_open):
        return redirect("service:run", meeting.reference)
    known = partners(meeting.community, local_day(timezone.now()))
    if request.method == "POST" and "explain" in request.POST:
        return _explain(request, meeting, item, known)
    if request.method == "POST":
        return _agree(request, meeting, item, known)
    return _form(request, meeting, item, known)


def _form(
    request: HttpRequest,
    meeting: JointMeeting,
    item: AgendaItem,
    known: Partners,
    *,
    form: ItemForm | None = None,
    things: Any = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    refused = form is not None or reason_form is not None
    first = first_words(item.title, item.problem, known)
    context = {
        "meeting": meeting,
        "item": item,
        "form": form or ItemForm(units=known.everybody(), initial=first),
        "things": things or Things(prefix="things"),
        "reason_form": reason_form or ReasonForm(),
        "explains": reason_form is not None,
    }
    return render(request, "service/decide.html", context, status=422 if refused else 200)


def _agree(
    request: HttpRequest, meeting: JointMeeting, item: AgendaItem, known: Partners
) -> HttpResponse:
    form = ItemForm(request.POST, units=known.everybody())
    things = Things(request.POST, prefix="things")
    if form.is_valid() & things.is_valid():
        try:
            with attempt():
                agreed = meetings.decide(
                    item,
                    **form.agreed(),
                    resources=[(*row, None) for row in filled(things, _("pieces"))],
                    by=signed_in_person(request),
                    at=timezone.now(),
                )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("On the service list: %(title)s") % {"title": agreed.title})
            return redirect("service:run", meeting.reference)
    return _form(request, meeting, item, known, form=form, things=things)


def _explain(
    request: HttpRequest, meeting: JointMeeting, item: AgendaItem, known: Partners
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _form(request, meeting, item, known, reason_form=form)
    meetings.explain(
        item, reason=form.cleaned_data["reason"], by=signed_in_person(request), at=timezone.now()
    )
    messages.success(request, _("Left for now. The reason stands in the minutes."))
    return redirect("service:run", meeting.reference)


def first_words(title: str, problem: Problem | None, known: Partners) -> dict[str, Any]:
    """Return what a form about a service item begins with: from the problem, nothing is typed."""
    today = local_day(timezone.now())
    due_on = today + timedelta(days=USUAL_DAYS)
    owner = _owner(problem, known)
    field_of = triage.field_of_problem if problem else triage.field_of
    return {
        "title": title,
        "organization": owner.pk if owner else "",
        "due_on": due_on,
        "field": field_of(title + (problem.public_text if problem else "")),
    }


def _owner(problem: Problem | None, known: Partners) -> Organization | None:
    """Guess who will take it on: who answers for this kind of problem, else the paired unit."""
    answers = {
        "committee": known.committees,
        "property": known.property_companies,
        "owners": known.owners,
    }
    first = answers.get(problem.kind.responsible_kind, []) if problem else []
    return next(iter([*first, *known.units, *known.committees]), None)
