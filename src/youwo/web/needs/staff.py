"""What community workers do with wishes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.rules import kind_of
from youwo.core.acts import acting, attempt, hold_first
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference, spaced
from youwo.core.refused import Refused
from youwo.core.tables import write_rows
from youwo.needs import actions, queries, rules, triage
from youwo.needs.models import MOVES, Delivery, OutsideMatter, Status, Wish
from youwo.people.models import Role
from youwo.people.queries import text_in_force
from youwo.web.access import signed_in_person, staff
from youwo.web.files import table_answer
from youwo.web.limits import guessed_too_often
from youwo.web.needs import way
from youwo.web.needs.asking import (
    asks_to_find,
    choice_of_community,
    community_to_enter_for,
)
from youwo.web.needs.forms import (
    CallBackForm,
    CodeForm,
    EnterForm,
    PublishForm,
    QuestionForm,
    ReasonForm,
    TheirWordsForm,
)
from youwo.web.nonces import nonce_of

READERS = (Role.WORKER, Role.COORDINATOR, Role.AUDITOR)
DEALERS = (Role.WORKER, Role.COORDINATOR)

# What a line of the list says; a wish has four times as many columns.
_SHOWN_IN_ROWS = (
    "reference", "public_title", "said", "status", "kind", "received_at",
    "community__name", "compound__name",
)  # fmt: skip


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """Return the wishes that the address asks for, within the areas of the visitor."""
    given = request.GET
    status = given.get("status", "")
    kind = given.get("kind", "")
    code = given.get("area", "")
    chosen = {
        "status": status if status in Status.values else "",
        "kind": kind if kind in Wish.Kind.values else "",
        "code": code if kind_of(code) else "",
        "words": given.get("q", "")[:50],
    }
    person = signed_in_person(request)
    return queries.staff_list(person, local_day(timezone.now()), **chosen), chosen


@staff(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the wishes of the visitor's areas."""
    wishes, chosen = _filtered(request)
    rows = wishes.only(*_SHOWN_IN_ROWS)
    context = {
        "page": page(rows, by=queries.RECEIVED, cursor=request.GET.get("cursor"), size=50),
        "statuses": Status.choices,
        "kinds": Wish.Kind.choices,
        **chosen,
        "filtered": any(chosen.values()),
    }
    return render(request, "needs/staff/index.html", context)


@staff(*READERS)
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file: what the pages show, and no names or numbers of people."""
    wishes, _chosen = _filtered(request)
    headings = [
        _("Reference"),
        _("Community"),
        _("Kind"),
        _("State"),
        _("Title"),
        _("Received"),
        _("Published"),
        _("Closed"),
        _("How it came"),
    ]

    def rows() -> Iterator[list[Any]]:
        for wish in wishes.order_by(*queries.RECEIVED).iterator(chunk_size=2000):
            yield [
                spaced(wish.reference), wish.community.name, wish.get_kind_display(),
                wish.get_status_display(), wish.public_title, wish.received_at,
                wish.published_at, wish.closed_at, wish.get_channel_display(),
            ]  # fmt: skip

    return table_answer(_("Wishes"), lambda file: write_rows(headings, rows(), file))


def readable(request: HttpRequest, reference: str) -> Wish:
    """Return a wish of the visitor's areas; others do not exist for them."""
    wish = _named(request, reference).select_related("claimed_by", "claimed_for").first()
    if wish is None:
        raise Http404
    return wish


def _held(request: HttpRequest, reference: str) -> Wish:
    """Do what `readable` does, and lock the wish in the act that is under way."""
    wish = hold_first(_named(request, reference))
    if wish is None:
        raise Http404
    return wish


def _named(request: HttpRequest, reference: str) -> QuerySet[Wish]:
    on = local_day(timezone.now())
    return (
        queries.readable(signed_in_person(request), on)
        .select_related("voice", "community__parent", "compound")
        .filter(reference=parse_reference(reference) or "")
    )


@staff(*READERS)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a wish with its private side, and the steps that can be taken now."""
    return _case(request, readable(request, reference))


def _case(
    request: HttpRequest,
    wish: Wish,
    *,
    status: int = 200,
    verb: str = "",
    form: forms.Form | None = None,
) -> HttpResponse:
    person = signed_in_person(request)
    on = local_day(timezone.now())
    delivery = _delivery(wish)
    deals = rules.may_deal(person, wish, on)
    may = {name for name, moves in MOVES.items() if deals and wish.status in moves}
    if delivery is not None and not rules.may_call_back(person, wish, delivery, on):
        may -= {"call_back", "paper"}
    elif "confirm" in may:
        may.add("paper")
    context = {
        "wish": wish,
        "way": way.way(wish, way.Reader.STAFF),
        "may": may,
        "forms": {name: make(wish) for name, make in _FORMS.items()}
        | ({verb: form} if form else {}),
        "open_form": verb,
        # Somebody else was faster: the form is gone, but not the reason.
        "refused": " ".join(map(str, form.non_field_errors())) if form and verb not in may else "",
        "delivery": delivery,
        "photos": wish.photos.all(),
        "alike": triage.alike_for_staff(wish) if wish.status == Status.RECEIVED else [],
        "outside": triage.outside(wish.said, wish.community_id)
        if wish.status == Status.RECEIVED
        else None,
        "promised_by": way.promised_by(wish),
        "deals": deals,
    }
    return render(request, "needs/staff/detail.html", context, status=status)


def _delivery(wish: Wish) -> Delivery | None:
    return (
        wish.deliveries.filter(revoked_at__isnull=True)
        .select_related("call_back", "doer", "organization")
        .prefetch_related("goods")
        .first()
    )


class MatterField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for mypy alone
    """One of the matters that belong elsewhere, with where people go."""

    def label_from_instance(self, obj: OutsideMatter) -> str:
        return f"{obj.name}：{obj.where_to_go}"


class HandOverForm(forms.Form):
    """Where the matter belongs."""

    matter = MatterField(
        label=gettext_lazy("Where it belongs"),
        queryset=OutsideMatter.objects.none(),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["matter"]
        assert isinstance(field, MatterField)  # noqa: S101 (it is declared above)
        field.queryset = OutsideMatter.objects.filter(active=True).order_by("place", "code")


# The form behind each act, with what is known already.
_FORMS: dict[str, Callable[..., forms.Form]] = {
    "publish": lambda wish, data=None: PublishForm(data, initial=_public_words(wish)),
    "ask": lambda wish, data=None: QuestionForm(data),
    "answer": lambda wish, data=None: TheirWordsForm(data, prefix="answer"),
    "decline": lambda wish, data=None: ReasonForm(data, prefix="decline"),
    "hand_over": lambda wish, data=None: HandOverForm(data),
    "withdraw": lambda wish, data=None: ReasonForm(data, prefix="withdraw"),
    "outlive": lambda wish, data=None: ReasonForm(data, prefix="outlive"),
    "release": lambda wish, data=None: ReasonForm(data, prefix="release"),
    "confirm": lambda wish, data=None: CodeForm(data),
    "call_back": lambda wish, data=None: CallBackForm(data),
    "reopen": lambda wish, data=None: ReasonForm(data, prefix="reopen"),
}


def _public_words(wish: Wish) -> dict[str, str]:
    """Offer what was said as a beginning; the reviewer takes out what is private."""
    said = " ".join(wish.said.split())
    first = said.replace("。", "，").split("，")[0]
    return {
        "public_title": wish.public_title or first[:24],
        "public_text": wish.public_text or said[:300],
        "public_person": wish.public_person,
        "kind": wish.kind,
    }


@staff(*DEALERS)
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Take one step with a wish."""
    if verb not in _ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("needs:staff", readable(request, reference).reference)
    person, at = signed_in_person(request), timezone.now()
    with acting():
        wish = _held(request, reference)
        if not rules.may_deal(person, wish, local_day(at)):
            raise PermissionDenied
        form = _FORMS[verb](wish, request.POST) if verb in _FORMS else forms.Form(request.POST)
        if form.is_valid():
            try:
                # What was guessed stays counted, whatever becomes of the rest.
                _count_guess(wish, verb, at)
                with attempt():
                    said = _ACTS[verb](wish, form.cleaned_data, {"by": person, "at": at})
            except Refused as refused:
                if verb not in _FORMS:
                    raise
                form.add_error(
                    refused.field if refused.field in form.fields else None, str(refused)
                )
    if not form.is_valid():
        return _case(request, readable(request, reference), status=422, verb=verb, form=form)
    messages.success(request, said)
    return redirect("needs:staff", wish.reference)


def _count_guess(wish: Wish, verb: str, at: datetime) -> None:
    if verb == "confirm" and guessed_too_often("code", wish.reference, at=at):
        raise Refused(_("That was tried too often. Please confirm it on paper with the resident."))


def _publish(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.publish(wish, **given, **who)
    return _("It stands on the wishes board now.")


def _ask(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.ask(wish, **given, **who)
    return _("The question is on the resident's page. You may also ring them.")


def _answer(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.answer(wish, **given, **who)
    return _("The answer is written down; the wish can be reviewed.")


def _decline(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.decline(wish, **given, **who)
    return _("The resident reads why it is not possible.")


def _hand_over(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.hand_over(wish, **given, **who)
    return _("The resident reads where to go.")


def _withdraw(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.withdraw(wish, **given, **who)
    return _("The wish is withdrawn.")


def _outlive(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.outlive(wish, **given, **who)
    return _("Noted that it is no longer needed.")


def _release(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.release(wish, **given, **who)
    return _("Somebody else can promise it now.")


def _confirm(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.confirm(wish, how=Delivery.Confirmed.CODE, **given, **who)
    return _("Confirmed. It stands in the ledger now.")


def _paper(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.confirm(wish, how=Delivery.Confirmed.PAPER, **who)
    return _("Confirmed on paper. It stands in the ledger now.")


def _call_back(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    came = given["came"] == "yes"
    actions.call_back(
        wish,
        came=came,
        on_time=given["on_time"] == "yes",
        again=given["again"],
        words=given["words"],
        **who,
    )
    if came:
        return _("Thank you. This wish has come all its way.")
    return _("Nobody came, so the wish is open again and the deed is taken back.")


def _reopen(wish: Wish, given: dict[str, Any], who: dict[str, Any]) -> str:
    actions.reopen(wish, **given, **who)
    return _("The wish is open again; the deed is taken back with your reason.")


_ACTS: dict[str, Callable[[Wish, dict[str, Any], dict[str, Any]], str]] = {
    "publish": _publish,
    "ask": _ask,
    "answer": _answer,
    "decline": _decline,
    "hand_over": _hand_over,
    "withdraw": _withdraw,
    "outlive": _outlive,
    "release": _release,
    "confirm": _confirm,
    "paper": _paper,
    "call_back": _call_back,
    "reopen": _reopen,
}


@staff(*DEALERS)
def reveal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the full name, number and door to staff who give a reason, which is journalled."""
    wish = readable(request, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = actions.reveal(
                wish,
                reason=form.cleaned_data["reason"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            answer = render(
                request, "needs/staff/revealed.html", {"wish": wish, "contact": contact}
            )
            answer["Cache-Control"] = "no-store"
            return answer
    status = 422 if request.method == "POST" else 200
    return render(request, "needs/staff/reveal.html", {"wish": wish, "form": form}, status=status)


@staff(*DEALERS)
def enter(request: HttpRequest) -> HttpResponse:
    """Take a wish down for somebody: by telephone, on a visit, from the box or from paper."""
    if asks_to_find(request):
        return _enter(request, EnterForm(initial=request.POST.dict()))
    form = EnterForm(request.POST or None, initial={"channel": "visit"})
    if request.method != "POST":
        return _enter(request, form)
    if form.is_valid():
        try:
            wish = _entered(request, form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(
                request,
                _("Written down: %(reference)s.") % {"reference": spaced(wish.reference)},
            )
            if "another" in request.POST:
                return redirect("needs:enter")
            return redirect("needs:staff", wish.reference)
    return _enter(request, form, status=422)


def _enter(request: HttpRequest, form: EnterForm, *, status: int = 200) -> HttpResponse:
    choice = choice_of_community(request, DEALERS, request.POST.get("community", ""))
    if len(choice.own) == 1:
        form.initial.setdefault("community", choice.own[0].pk)
    context = {
        "form": form,
        "choice": choice,
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
    }
    return render(request, "needs/staff/enter.html", context, status=status)


def _entered(request: HttpRequest, given: dict[str, Any]) -> Wish:
    at = timezone.now()
    return actions.receive(
        given["said"],
        kind=given["kind"] or triage.kind_of(given["said"]),
        community=community_to_enter_for(given["community"]),
        contact=actions.Contact(given["phone"], given["name"], given["address"], given["minor"]),
        consent=text_in_force("wish", local_day(at)),
        consent_given_by=given["consent"],
        channel=given["channel"],
        nonce=nonce_of(request),
        by=signed_in_person(request),
        at=at,
    )


@staff(*DEALERS)
def sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a sheet to print and sign, with a QR code that leads back to the wish."""
    wish = readable(request, reference)
    link = f"{settings.PUBLIC_URL}{reverse('needs:case', args=[wish.reference])}"
    code = segno.make(link, error="m").svg_data_uri(scale=4, border=2)
    return render(
        request, "needs/staff/sheet.html", {"wish": wish, "qr": code, "delivery": _delivery(wish)}
    )
