"""Joint meetings before the day: the list, the rhythm, agenda and guests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.rules import kind_of
from youwo.core.acts import attempt
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import spaced
from youwo.core.refused import Refused
from youwo.core.search import matching
from youwo.core.tables import write_rows
from youwo.organizations.queries import partners
from youwo.service import queries, rules
from youwo.service.actions import meetings
from youwo.service.models import (
    AgendaItem,
    JointMeeting,
    MeetingSeries,
    MeetingStatus,
)
from youwo.web.access import mandates_of, powers_of, signed_in_person, staff, with_units
from youwo.web.acts import one_act
from youwo.web.files import table_answer
from youwo.web.service import shared
from youwo.web.service.forms import (
    CallForm,
    GuestForm,
    GuestsForm,
    MatterForm,
    ReasonForm,
    RhythmForm,
    WhenForm,
)

# So many open problems are offered at once; a search narrows them.
_OFFERED = 60


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, str]]:
    given = request.GET
    status, code = given.get("status", ""), given.get("area", "")
    chosen = {
        "status": status if status in MeetingStatus.values else "",
        "code": code if kind_of(code) else "",
        "words": given.get("q", "")[:50],
    }
    person, on = signed_in_person(request), local_day(timezone.now())
    return queries.meetings_list(person, on, **chosen), chosen


@with_units
def index(request: HttpRequest) -> HttpResponse:
    """List the meetings of the visitor's areas, and those to which their units are invited."""
    rows, chosen = _filtered(request)
    context = {
        "page": page(rows, by=queries.MEETINGS, cursor=request.GET.get("cursor"), size=30),
        "statuses": MeetingStatus.choices,
        "filtered": any(chosen.values()),
        "calls": powers_of(request).holds(*rules.DEALING),
        **chosen,
    }
    return render(request, "service/meetings.html", context)


@with_units
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file."""
    rows, _chosen = _filtered(request)
    headings = [
        _("Reference"), _("Community"), _("Begins"), _("Venue"), _("Why it is called"),
        _("State"), _("Matters"),
    ]  # fmt: skip

    def lines() -> Iterator[list[Any]]:
        for meeting in rows.order_by(*queries.MEETINGS).iterator(chunk_size=2000):
            yield [
                spaced(meeting.reference), meeting.community.name, meeting.starts_at,
                meeting.place, meeting.reason or _("monthly meeting"),
                meeting.get_status_display(), meeting.matters,
            ]  # fmt: skip

    return table_answer(_("Joint meetings"), lambda file: write_rows(headings, lines(), file))


@with_units
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a meeting: when and where, who comes, and what is talked about."""
    meeting = shared.meeting_of(request, reference)
    on = local_day(timezone.now())
    person = signed_in_person(request)
    invitations = queries.seated(meeting)
    held = mandates_of(request)
    deals = rules.may_deal(person, meeting.community_id, on)
    context = {
        "meeting": meeting,
        "invitations": invitations,
        "agenda": agenda_of(meeting),
        "deals": deals,
        "reads": rules.may_read(person, meeting.community_id, on),
        "own": [one for one in invitations if one.organization_id in held],
        "matter_form": MatterForm(),
        "guest_form": GuestForm(),
        "cancel_form": ReasonForm(),
    }
    return render(request, "service/meeting.html", context)


def agenda_of(meeting: JointMeeting) -> list[AgendaItem]:
    """Return the agenda with what became of each matter. One statement."""
    rows = meeting.agenda.select_related(
        "problem__compound",
        "rolled_from__meeting",
        "rolled_to__meeting",
        "item__organization",
    )
    return list(rows.order_by("number", "pk"))


@staff(*rules.DEALING)
def call(request: HttpRequest) -> HttpResponse:
    """Call a meeting for a reason."""
    community = shared.community_of(request)
    if community is None:
        return shared.choose_community(request)
    at = timezone.now()
    first = queries.first_guests(community, local_day(at))
    known = partners(community, local_day(at)).everybody()
    if request.method != "POST":
        form = CallForm(
            units=shared.choices_of(known),
            initial={
                "on": local_day(at) + timedelta(days=3),
                "begins": "15:00",
                "place": _("the community's meeting room"),
                "organizations": [unit.pk for unit in first],
                "nonce": uuid.uuid4(),
            },
        )
        return render(request, "service/call.html", {"form": form, "community": community})
    form = CallForm(request.POST, units=shared.choices_of(known))
    if form.is_valid():
        chosen = set(form.cleaned_data["organizations"])
        try:
            meeting = meetings.call(
                community,
                reason=form.cleaned_data["reason"],
                starts_at=form.starts_at(),
                place=form.cleaned_data["place"],
                organizations=[unit for unit in known if unit.pk in chosen],
                nonce=form.cleaned_data["nonce"],
                by=signed_in_person(request),
                at=at,
            )
        except Refused as refused:
            form.add_error("on" if refused.field == "starts_at" else None, str(refused))
        else:
            messages.success(request, _("Called. Whoever is invited finds it in their queue."))
            return redirect("service:agenda", meeting.reference)
    return render(request, "service/call.html", {"form": form, "community": community}, status=422)


@staff(*rules.DEALING)
def rhythm(request: HttpRequest) -> HttpResponse:
    """Set, change or end the day of the month on which a community meets."""
    community = shared.community_of(request)
    if community is None:
        return shared.choose_community(request)
    series = MeetingSeries.objects.filter(community=community, ends_on__isnull=True).first()
    at = timezone.now()
    who: dict[str, Any] = {"by": signed_in_person(request), "at": at}
    if request.method == "POST" and "end" in request.POST and series is not None:
        meetings.end_series(series, **who)
        messages.success(request, _("No more meetings are called by themselves."))
        return redirect("service:meetings")
    known = {
        "day_of_month": series.day_of_month if series else 22,
        "begins": series.begins if series else "15:00",
        "place": series.place if series else _("the community's meeting room"),
    }
    form = RhythmForm(request.POST or None, initial=known)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            meetings.set_series(community, **form.cleaned_data, **who)
            messages.success(request, _("The next meeting is called."))
            return redirect("service:meetings")
        status = 422
    context = {
        "form": form,
        "community": community,
        "series": series,
        "next": _next(series, at) if series else None,
    }
    return render(request, "service/rhythm.html", context, status=status)


def _next(series: MeetingSeries, at: datetime) -> datetime:
    month = local_day(at).replace(day=1)
    starts_at = queries.occurrence(series, month)
    if starts_at <= at:
        starts_at = queries.occurrence(series, (month + timedelta(days=32)).replace(day=1))
    return starts_at


def _dealt(request: HttpRequest, reference: str) -> JointMeeting:
    meeting = shared.run_meeting(request, reference)
    shared.must_deal(request, meeting.community_id)
    return meeting


@staff(*rules.DEALING)
@one_act
def agenda(request: HttpRequest, reference: str) -> HttpResponse:
    """Pick open problems for the agenda."""
    meeting = _dealt(request, reference)
    if not meeting.is_called:
        return redirect("service:meeting", meeting.reference)
    words = request.GET.get("q", "")[:50]
    offered = matching(queries.to_pick(meeting), words)
    if request.method == "POST":
        keys = [key for key in request.POST.getlist("problems") if key.isdecimal()][:_OFFERED]
        picked = list(queries.to_pick(meeting).filter(pk__in=keys))
        if not picked:
            messages.warning(request, _("Nothing is ticked. Please choose what to talk about."))
            return redirect("service:agenda", meeting.reference)
        meetings.pick(meeting, problems=picked, by=signed_in_person(request), at=timezone.now())
        messages.success(request, _("It stands on the agenda."))
        return redirect("service:meeting", meeting.reference)
    rows = list(offered[: _OFFERED + 1])
    context = {
        "meeting": meeting,
        "problems": rows[:_OFFERED],
        "more": len(rows) > _OFFERED,
        "words": words,
    }
    return render(request, "service/agenda.html", context)


@staff(*rules.DEALING)
@one_act
def guests(request: HttpRequest, reference: str) -> HttpResponse:
    """Invite more of those who have a part in the community."""
    meeting = _dealt(request, reference)
    if not meeting.is_called:
        return redirect("service:meeting", meeting.reference)
    at = timezone.now()
    invited = set(meeting.invitations.values_list("organization_id", flat=True))
    others = [
        unit
        for unit in partners(meeting.community, local_day(at)).everybody()
        if unit.pk not in invited
    ]
    form = GuestsForm(request.POST or None, units=shared.choices_of(others))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            chosen = set(form.cleaned_data["organizations"])
            meetings.invite(
                meeting,
                organizations=[unit for unit in others if unit.pk in chosen],
                by=signed_in_person(request),
                at=at,
            )
            messages.success(request, _("Invited. They find it in their queue."))
            return redirect("service:meeting", meeting.reference)
        status = 422
    context = {"meeting": meeting, "form": form, "others": others}
    return render(request, "service/guests.html", context, status=status)


@staff(*rules.DEALING)
@one_act
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Move a meeting to another time or place."""
    meeting = _dealt(request, reference)
    if not meeting.is_called:
        return redirect("service:meeting", meeting.reference)
    local = timezone.localtime(meeting.starts_at)
    known = {"on": local.date(), "begins": local.time(), "place": meeting.place}
    form = WhenForm(request.POST or None, initial=known)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with attempt():
                    meetings.change(
                        meeting,
                        starts_at=form.starts_at(),
                        place=form.cleaned_data["place"],
                        by=signed_in_person(request),
                        at=timezone.now(),
                    )
            except Refused as refused:
                form.add_error("on" if refused.field == "starts_at" else None, str(refused))
            else:
                messages.success(request, _("Moved. Whoever is invited has been told."))
                return redirect("service:meeting", meeting.reference)
    context = {"meeting": meeting, "form": form}
    return render(request, "service/change.html", context, status=status)


@staff(*rules.DEALING)
@one_act
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Take one step with a meeting."""
    meeting = shared.run_meeting(request, reference)
    if verb not in _ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("service:meeting", meeting.reference)
    shared.must_deal(request, meeting.community_id)
    said, to = _ACTS[verb](
        request, meeting, {"by": signed_in_person(request), "at": timezone.now()}
    )
    if said:
        messages.success(request, said)
    return redirect(to, meeting.reference)


Act = Callable[[HttpRequest, JointMeeting, dict[str, Any]], tuple[str, str]]


def _given(form: forms.Form) -> dict[str, Any]:
    """Return what was typed, or refuse with the first thing that is wrong."""
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    return form.cleaned_data


def _on_agenda(request: HttpRequest, meeting: JointMeeting) -> AgendaItem:
    key = request.POST.get("item", "")
    rows = meeting.agenda.select_related("meeting")
    return get_object_or_404(rows, pk=key if key.isdecimal() else None)


def _back(request: HttpRequest, meeting: JointMeeting) -> str:
    return "service:run" if meeting.is_held else "service:meeting"


def _matter(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.add_matter(meeting, **_given(MatterForm(request.POST)), **who)
    return _("It stands on the agenda."), _back(request, meeting)


def _remove(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.remove(_on_agenda(request, meeting), **who)
    return _("Taken off the agenda. The problem stays open."), "service:meeting"


def _up(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.reorder(_on_agenda(request, meeting), up=True, **who)
    return "", "service:meeting"


def _down(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.reorder(_on_agenda(request, meeting), up=False, **who)
    return "", "service:meeting"


def _guest(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.invite_guest(meeting, **_given(GuestForm(request.POST)), **who)
    return _("Noted."), _back(request, meeting)


def _uninvite(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    key = request.POST.get("invitation", "")
    rows = meeting.invitations.select_related("meeting", "organization")
    invitation = get_object_or_404(rows, pk=key if key.isdecimal() else None)
    meetings.uninvite(invitation, **who)
    return _("The invitation is taken back."), "service:meeting"


def _cancel(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.cancel(meeting, **_given(ReasonForm(request.POST)), **who)
    return _("Called off. Its agenda goes to the next meeting."), "service:meeting"


def _hold(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.hold(meeting, **who)
    return "", "service:run"


def _talk_again(
    request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]
) -> tuple[str, str]:
    meetings.talk_again(_on_agenda(request, meeting), **who)
    return "", "service:run"


def _close(request: HttpRequest, meeting: JointMeeting, who: dict[str, Any]) -> tuple[str, str]:
    meetings.close(meeting, **who)
    return _("The meeting is closed. Its minutes are ready."), "service:minutes"


_ACTS: dict[str, Act] = {
    "matter": _matter,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "guest": _guest,
    "uninvite": _uninvite,
    "cancel": _cancel,
    "hold": _hold,
    "talk-again": _talk_again,
    "close": _close,
}
