"""Following one's own wish without an account, and acting on it as the resident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from youwo.core.clock import local_day
from youwo.core.references import parse_reference
from youwo.core.refused import Refused
from youwo.core.tries import count_try, take_back_try
from youwo.needs import actions, rules
from youwo.needs.models import MOVES, Delivery, Photo, Report, Status, Suggestion, Wish
from youwo.web.access import lacks_second_factor, person_of, public
from youwo.web.limits import guessed_too_often, take_back_guess, visitor_address
from youwo.web.needs import way
from youwo.web.needs.following import follow, followed, followed_wish, may_follow
from youwo.web.needs.forms import FollowForm, ReasonForm, WordsForm
from youwo.web.problems import voices
from youwo.web.problems.voices import is_report

# A community's office follows many wishes through one line.
_FROM_ONE_ADDRESS = 5
# The next person at a shared screen finds nothing by going back.
_unkept = cache_control(private=True, no_store=True)


@public
@_unkept
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the reference and the last four digits, and open what was sent."""
    if request.method != "POST":
        form = FollowForm(initial={"reference": request.GET.get("reference", "")})
        return _find(request, form)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _find(request, form, status=422)
    try:
        found = _opened(
            request, form.cleaned_data["reference"], form.cleaned_data["digits"].strip()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _find(request, form, status=422)
    page = "needs:suggestion" if isinstance(found, Suggestion) else "needs:case"
    response = redirect(page, found.reference)
    follow(request, response, found.reference)
    return response


def _find(request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    references = followed(request)
    sent = [reference for reference in references if _is_suggestion(reference)]
    voices = [reference for reference in references if is_report(reference)]
    wishes = [reference for reference in references if reference not in {*sent, *voices}]
    context = {
        "form": form,
        "known": Wish.objects.filter(reference__in=wishes).order_by("-received_at"),
        "reports": Report.objects.filter(reference__in=voices)
        .select_related("problem")
        .order_by("-received_at", "-id"),
        "sent": Suggestion.objects.filter(reference__in=sent).order_by("-at", "-id"),
    }
    return render(request, "needs/follow.html", context, status=status)


def _is_suggestion(reference: str) -> bool:
    return reference.startswith("S")


def _with_phone(reference: str) -> tuple[Wish | Report | Suggestion | None, str]:
    """Return what has a reference, and the number that was left with it."""
    if _is_suggestion(reference):
        suggestion = Suggestion.objects.filter(reference=reference).first()
        return suggestion, suggestion.phone if suggestion else ""
    if is_report(reference):
        report = Report.objects.select_related("voice").filter(reference=reference).first()
        return report, report.voice.phone if report and report.voice else ""
    wish = Wish.objects.select_related("voice").filter(reference=reference).first()
    return wish, wish.voice.phone if wish else ""


def _opened(request: HttpRequest, reference: str, digits: str) -> Wish | Report | Suggestion:
    """Return what was looked for, or refuse with the same words whatever of the two was wrong."""
    known = parse_reference(reference)
    if known is None:
        raise Refused(_("This reference has a slip in it. Please compare it with your note."))
    at, hour, address = timezone.now(), timedelta(hours=1), visitor_address(request)
    from_here = count_try("follow-from", address, at=at, window=hour)
    if (
        guessed_too_often("follow", known, at=at)
        or from_here > _FROM_ONE_ADDRESS * settings.FOLLOW_TRIES_PER_HOUR
    ):
        raise Refused(
            _("That was tried too often. Please try again later, or call your community.")
        )
    found, phone = _with_phone(known)
    if found is None or not phone or phone[-4:] != digits:
        raise Refused(
            _("We found nothing with this reference and these four digits. Please check both.")
        )
    take_back_guess("follow", known, at=at)
    take_back_try("follow-from", address, at=at, window=hour)
    return found


@public
@_unkept
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the resident their wish or report: where it is, what comes next, what they can do."""
    try:
        if is_report(reference):
            return voices.case(request, voices.followed_report(request, reference))
        wish = followed_wish(request, reference)
    except Http404:
        return redirect(f"/follow/?reference={parse_reference(reference) or ''}")
    return _case(request, wish)


def _case(
    request: HttpRequest, wish: Wish, *, status: int = 200, **forms_shown: Any
) -> HttpResponse:
    context = {
        "wish": wish,
        "way": way.way(wish, way.Reader.RESIDENT),
        "code": rules.confirmation_code(wish),
        "delivery": _delivery(wish),
        "photos": wish.photos.all(),
        "fresh": wish.status == Status.RECEIVED
        and timezone.now() - wish.received_at < timedelta(minutes=10),
        "may": {
            verb
            for verb in ("answer", "confirm", "contest", "withdraw")
            if wish.status in MOVES[verb]
        },
        "answer_form": WordsForm(),
        "contest_form": ReasonForm(prefix="contest"),
        **forms_shown,
    }
    return render(request, "needs/case.html", context, status=status)


def _delivery(wish: Wish) -> Delivery | None:
    if wish.status not in (Status.DELIVERED, Status.CONFIRMED, Status.CLOSED):
        return None
    return wish.deliveries.filter(revoked_at__isnull=True).prefetch_related("goods").first()


@public
@_unkept
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Do what the resident chose: answer, confirm, contest or withdraw; or judge a problem."""
    if request.method == "POST" and verb == "judge" and is_report(reference):
        return voices.judge(request, voices.followed_report(request, reference))
    do = _ACTS.get(verb)
    if do is None or request.method != "POST":
        raise Http404
    wish = followed_wish(request, reference)
    if wish.status in MOVES[verb].values() and wish.status not in MOVES[verb]:
        # Pressed twice: it is done already.
        return redirect("needs:case", wish.reference)
    return do(request, wish)


def _answer(request: HttpRequest, wish: Wish) -> HttpResponse:
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            actions.answer(
                wish, words=form.cleaned_data["words"], by=person_of(request), at=timezone.now()
            )
            return redirect("needs:case", wish.reference)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _case(request, wish, status=422, refused=_lost(wish, "answer", form), answer_form=form)


def _lost(wish: Wish, verb: str, form: forms.Form) -> str:
    """Return why a form was refused that the page no longer shows, as the wish has moved on."""
    return "" if wish.status in MOVES[verb] else " ".join(map(str, form.non_field_errors()))


def _confirm(request: HttpRequest, wish: Wish) -> HttpResponse:
    try:
        actions.confirm(wish, how=Delivery.Confirmed.LINK, by=person_of(request), at=timezone.now())
    except Refused as refused:
        return _case(request, wish, status=422, refused=str(refused))
    return redirect("needs:case", wish.reference)


def _contest(request: HttpRequest, wish: Wish) -> HttpResponse:
    form = ReasonForm(request.POST, prefix="contest")
    if form.is_valid():
        try:
            actions.contest(
                wish, reason=form.cleaned_data["reason"], by=person_of(request), at=timezone.now()
            )
            return redirect("needs:case", wish.reference)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _case(request, wish, status=422, refused=_lost(wish, "contest", form), contest_form=form)


def _withdraw(request: HttpRequest, wish: Wish) -> HttpResponse:
    try:
        actions.withdraw(wish, by=person_of(request), at=timezone.now())
    except Refused as refused:
        return _case(request, wish, status=422, refused=str(refused))
    return redirect("needs:case", wish.reference)


_ACTS: dict[str, Callable[[HttpRequest, Wish], HttpResponse]] = {
    "answer": _answer,
    "confirm": _confirm,
    "contest": _contest,
    "withdraw": _withdraw,
}


@public
def photo(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """Send a picture to those who may see it: the resident, staff of the area, who promised."""
    found = get_object_or_404(
        Photo.objects.select_related("wish__voice"),
        pk=pk,
        wish__reference=parse_reference(reference) or "",
    )
    person, on = person_of(request), local_day(timezone.now())
    wish = found.wish
    if wish is None or not (
        may_follow(request, wish)
        or (rules.may_read(person, wish, on) and not lacks_second_factor(request))
        or rules.may_reach(person, wish, on)
    ):
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
