"""Slips on paper, and the public page on which anybody can check one."""

from __future__ import annotations

from datetime import timedelta

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.core.references import parse_reference
from youwo.core.tries import count_try
from youwo.organizations import queries
from youwo.organizations.models import MemberEnrolment
from youwo.web.access import public, with_units
from youwo.web.limits import visitor_address
from youwo.web.organizations.reach import enrolment_of, today

# Wrong references from one place within an hour: more than a pile of slips has slips of the pen.
MOST_WRONG = 30


@with_units
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an enrolment as a page to print and sign."""
    found = enrolment_of(request, reference)
    link = settings.PUBLIC_URL + reverse("organizations:check", args=[found.reference])
    context = {
        "enrolment": found,
        "of_member": isinstance(found, MemberEnrolment),
        "holds": found.is_in_force(today()),
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
        "link": link,
        "printed_at": timezone.now(),
    }
    return render(request, "organizations/slip.html", context)


@public
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell anybody whether a slip is genuine, and no more than it needs.

    Whoever tries references at random is stopped.
    """
    known = parse_reference(reference)
    found = queries.enrolment(known) if known else None
    if found is not None:
        context = {
            "enrolment": found,
            "of_member": isinstance(found, MemberEnrolment),
            "holds": found.is_in_force(today()),
        }
        return render(request, "organizations/check.html", context)
    tries = count_try(
        "enrolment", visitor_address(request), at=timezone.now(), window=timedelta(hours=1)
    )
    words = _("There is no enrolment with this reference. Please compare it with the slip.")
    if tries > MOST_WRONG:
        words = _("That was tried too often. Please wait an hour, or call your community.")
    return render(
        request,
        "organizations/check.html",
        {"words": words},
        status=429 if tries > MOST_WRONG else 404,
    )
