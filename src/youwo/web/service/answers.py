"""Invitations: the unit's answer, the community's on its behalf, and letters to print."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.acts import attempt
from youwo.core.refused import Refused
from youwo.service import rules
from youwo.service.actions import meetings
from youwo.service.models import Invitation, JointMeeting
from youwo.web.access import mandates_of, signed_in_person, staff, with_units
from youwo.web.acts import one_act
from youwo.web.service import shared
from youwo.web.service.forms import AnswerForm
from youwo.web.service.meetings import agenda_of


def _answerable(request: HttpRequest, meeting: JointMeeting) -> list[Invitation]:
    """Return the invitations that the visitor can answer: their units', or all as the community."""
    rows = meeting.invitations.filter(organization__isnull=False).select_related(
        "organization", "meeting__community"
    )
    if not shared.deals(request, meeting.community_id):
        rows = rows.filter(organization__in=mandates_of(request))
    return list(rows.order_by("seat", "organization__name"))


@with_units
@one_act
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer an invitation. It may be changed until the meeting begins."""
    meeting = shared.meeting_of(request, reference)
    invitations = _answerable(request, meeting)
    wanted = request.POST.get("invitation", request.GET.get("for", ""))
    if wanted:
        invitations = [one for one in invitations if str(one.pk) == wanted]
    if not invitations:
        raise Http404
    if not meeting.is_called:
        return redirect("service:meeting", meeting.reference)
    own = mandates_of(request)
    chosen = next((one for one in invitations if one.organization_id in own), invitations[0])
    form = AnswerForm(request.POST or None, initial=_known(chosen))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with attempt():
                    meetings.answer(
                        chosen, **form.cleaned_data, by=signed_in_person(request), at=timezone.now()
                    )
            except Refused as refused:
                form.add_error(
                    refused.field if refused.field in form.fields else None, str(refused)
                )
            else:
                messages.success(request, _("Thank you. The community has your answer."))
                return redirect("service:meeting", meeting.reference)
    context = {
        "meeting": meeting,
        "invitation": chosen,
        "others": [one for one in invitations if one != chosen and one.organization_id in own],
        "form": form,
        "agenda": agenda_of(meeting),
        "on_behalf": chosen.organization_id not in own,
    }
    return render(request, "service/answer.html", context, status=status)


def _known(invitation: Invitation) -> dict[str, str]:
    if invitation.answer == Invitation.Answer.NONE:
        return {}
    return {
        "answer": invitation.answer,
        "who": invitation.who,
        "words": invitation.words,
    }


@staff(*rules.READING)
def letters(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the invitations as letters to print, one page each, with a QR code to answer by."""
    meeting = shared.run_meeting(request, reference)
    rows = meeting.invitations.filter(organization__isnull=False).select_related("organization")
    wanted = request.GET.get("for", "")
    if wanted.isdecimal():
        rows = rows.filter(pk=wanted)
    link = f"{settings.PUBLIC_URL}{reverse('service:answer', args=[meeting.reference])}"
    context = {
        "meeting": meeting,
        "invitations": list(rows.order_by("seat", "organization__name")),
        "agenda": agenda_of(meeting),
        "qr": segno.make(link, error="m").svg_data_uri(scale=3, border=2),
        "printed_at": timezone.now(),
    }
    return render(request, "service/letters.html", context)
