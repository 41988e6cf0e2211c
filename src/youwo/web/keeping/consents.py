"""The words that people agree to: versions by purpose, and publishing new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.people import actions, queries
from youwo.people.models import ConsentText
from youwo.web.access import signed_in_person
from youwo.web.keeping.forms import TextForm
from youwo.web.keeping.reach import administrators, keeps_city, require


@dataclass(frozen=True)
class Version:
    """One version of the words, and whether it is coming, in force or over."""

    text: ConsentText
    state: str


def _purpose(name: str) -> str:
    return {
        "account": _("For this account"),
        "wish": _("For a wish"),
        "problem": _("For a problem"),
        "household": _("For a household that a member stays in touch with"),
    }.get(name, name)


def _versions(purpose: str, today: date) -> list[Version]:
    """Return the versions for a purpose, the newest first."""
    texts = [text for text in queries.consent_texts() if text.purpose == purpose]
    now = queries.text_in_force(purpose, today)

    def state(text: ConsentText) -> str:
        if text.valid_from > today:
            return "coming"
        return "now" if now is not None and text.pk == now.pk else "over"

    return [Version(text, state(text)) for text in texts]


@administrators
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the words in force for each purpose, with their versions."""
    today = local_day(timezone.now())
    purposes = sorted({text.purpose for text in queries.consent_texts()})
    context = {
        "purposes": [(name, _purpose(name), _versions(name, today)) for name in purposes],
        "publishes": keeps_city(request),
    }
    return render(request, "keeping/consents.html", context)


@administrators
def publish(request: HttpRequest, purpose: str) -> HttpResponse:
    """Write new words, see them as people will, and publish them."""
    today = local_day(timezone.now())
    versions = _versions(purpose, today)
    if not versions:
        raise Http404
    require(keeps_city(request))
    newest = versions[0].text
    form = TextForm(
        request.POST if request.method == "POST" else None,
        today=today,
        newest=newest.version,
        initial={"text": newest.text, "valid_from": today, "after": newest.version},
    )
    preview = request.method == "POST" and form.is_valid() and "edit" not in request.POST
    if preview and "publish" in request.POST:
        try:
            actions.publish_consent_text(
                purpose=purpose,
                text=form.cleaned_data["text"],
                valid_from=form.cleaned_data["valid_from"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
            preview = False
        else:
            messages.success(request, _("The new words have been published."))
            return redirect("keeping:consents")
    context = {
        "form": form,
        "preview": preview,
        "purpose": _purpose(purpose),
        "version": newest.version + 1,
    }
    return render(request, "keeping/publish.html", context, status=422 if form.errors else 200)
