"""What community workers do with problems."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.areas.models import Area
from youwo.areas.rules import kind_of
from youwo.core.acts import acting, hold_found
from youwo.core.clock import local_day
from youwo.core.paging import page
from youwo.core.references import parse_reference, spaced
from youwo.core.refused import Refused
from youwo.core.tables import write_rows
from youwo.needs import queries, rules, triage
from youwo.needs.actions import Contact, problems
from youwo.needs.models import (
    GATHERING,
    JOINABLE,
    PROBLEM_MOVES,
    REPHRASABLE,
    Merge,
    Problem,
    ProblemStatus,
    Report,
    Voice,
)
from youwo.people.queries import text_in_force
from youwo.service.queries import carrier_of
from youwo.web.access import signed_in_person, staff
from youwo.web.files import table_answer
from youwo.web.needs.asking import (
    asks_to_find,
    choice_of_community,
    community_to_enter_for,
)
from youwo.web.needs.forms import ReasonForm
from youwo.web.needs.staff import DEALERS, READERS
from youwo.web.needs.way import Reader
from youwo.web.nonces import nonce_of
from youwo.web.problems.forms import (
    AcceptForm,
    CloseForm,
    EnterForm,
    HandOverForm,
    JoinForm,
    JudgeForm,
    MergeForm,
    PublicForm,
    SplitForm,
)
from youwo.web.problems.lineage import linked
from youwo.web.problems.public import groups
from youwo.web.problems.way import way


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """Return the problems that the address asks for, within the areas of the visitor."""
    given = request.GET
    status = given.get("status", "")
    group = given.get("kind", "")
    code = given.get("area", "")
    chosen = {
        "status": status if status in ProblemStatus.values else "",
        "kind": group if group in groups() else "",
        "code": code if kind_of(code) else "",
        "words": given.get("q", "")[:50],
    }
    person = signed_in_person(request)
    return queries.staff_problems(person, local_day(timezone.now()), **chosen).with_voices(), chosen


@staff(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """List the problems of the visitor's areas."""
    found, chosen = _filtered(request)
    context = {
        "page": page(found, by=queries.RECEIVED, cursor=request.GET.get("cursor"), size=50),
        "statuses": ProblemStatus.choices,
        "groups": groups(),
        **chosen,
        "filtered": any(chosen.values()),
    }
    return render(request, "problems/staff/index.html", context)


@staff(*READERS)
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file: what the pages show, and no names or numbers of people."""
    found, _chosen = _filtered(request)
    headings = [
        _("Reference"), _("Community"), _("Compound"), _("Building or place"), _("Class"),
        _("Sub-class"), _("State"), _("Title"), _("Voices"), _("Received"), _("Accepted on"),
        _("Due"), _("Closed"), _("Who is responsible"),
    ]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for problem in found.order_by(*queries.RECEIVED).iterator(chunk_size=2000):
            yield [
                spaced(problem.reference), problem.community.name,
                problem.compound.name if problem.compound else "", problem.building,
                problem.kind.group, problem.kind.name, problem.get_status_display(),
                problem.public_title, problem.voices, problem.received_at, problem.accepted_at,
                problem.due_at, problem.closed_at, problem.kind.responsible,
            ]  # fmt: skip

    return table_answer(_("Problems"), lambda file: write_rows(headings, rows(), file))


def readable(request: HttpRequest, reference: str) -> Problem:
    """Return a problem of the visitor's areas; others do not exist for them."""
    problem = (
        _readable(request)
        .select_related("kind", "merged_into", "split_from")
        .filter(reference=parse_reference(reference) or "")
        .first()
    )
    if problem is None:
        raise Http404
    return problem


def _held(request: HttpRequest, reference: str, others: Iterable[str] = ()) -> Seen:
    """Do what `readable` does, and lock the problem, and others, in the act that is under way."""
    known = parse_reference(reference) or ""
    found = hold_found(_readable(request).filter(reference__in={known, *others}))
    problem = next((row for row in found if row.reference == known), None)
    if problem is None:
        raise Http404
    return Seen(problem, found)


def _readable(request: HttpRequest) -> QuerySet[Problem]:
    found = queries.readable_problems(signed_in_person(request), local_day(timezone.now()))
    return found.select_related("community__parent", "compound")


@staff(*READERS)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a problem with the voices behind it, and the steps that can be taken now."""
    return _case(request, Seen(readable(request, reference)))


@dataclass
class Seen:
    """A problem with what its forms need, read when one of them asks for it."""

    problem: Problem
    # What was locked with it, itself included.
    held: Sequence[Problem] = ()

    @cached_property
    def reports(self) -> list[Report]:
        """The voices behind it."""
        return list(queries.behind(self.problem))

    @cached_property
    def alike(self) -> list[Problem]:
        """Other problems that say much the same and can be joined, in one way or the other."""
        if self.problem.status not in GATHERING:
            return []
        return triage.twins_for_staff(self.problem, [row.said for row in self.reports])

    @property
    def joining(self) -> list[Problem]:
        """Those of them that can be joined with this one."""
        return [other for other in self.alike if other.can_join(self.problem)]

    @property
    def toward(self) -> list[Problem]:
        """The others: this one can be joined with them."""
        return [other for other in self.alike if not other.can_join(self.problem)]


def _case(
    request: HttpRequest,
    seen: Seen,
    *,
    status: int = 200,
    verb: str = "",
    form: forms.Form | None = None,
) -> HttpResponse:
    problem, on = seen.problem, local_day(timezone.now())
    deals = rules.may_deal(signed_in_person(request), problem, on)
    may = _may(seen) if deals else set()
    carrier = carrier_of(problem) if problem.status in _CARRIED else None
    if carrier is not None:
        # Its end and the deed belong together: both are on the page of the service item.
        may -= {"close", "reopen"}
    context = {
        "problem": problem,
        "reports": seen.reports,
        "alike": seen.joining,
        "toward": seen.toward,
        "merges": list(queries.standing_merges(problem)) if problem.status in GATHERING else [],
        "undone": queries.merge_of(problem),
        "way": way(problem, Reader.STAFF),
        "linked": linked(problem, Reader.STAFF),
        "may": may,
        "carrier": carrier,
        "forms": {name: make(seen) for name, make in _FORMS.items()}
        | ({verb: form} if form else {}),
        "open_form": verb,
        # Somebody else was faster: the form is gone, but not the reason.
        "refused": " ".join(map(str, form.non_field_errors())) if form and verb not in may else "",
        "outside": _outside(seen),
        "agreed": rules.is_solved(report.satisfied for report in seen.reports) is True,
        "deals": deals,
    }
    return render(request, "problems/staff/detail.html", context, status=status)


_CARRIED = (ProblemStatus.IN_HAND, ProblemStatus.DONE, ProblemStatus.CLOSED)


def _may(seen: Seen) -> set[str]:
    may = {name for name, moves in PROBLEM_MOVES.items() if seen.problem.status in moves}
    may.discard("merge")
    if seen.problem.status in REPHRASABLE:
        may.add("rephrase")
    if seen.problem.status in GATHERING:
        # Others are joined with this one.
        may.add("merge")
        if len(seen.reports) > 1:
            may.add("split")
    return may


def _outside(seen: Seen) -> Any:
    if seen.problem.status != ProblemStatus.RECEIVED:
        return None
    said = " ".join(report.said for report in seen.reports)
    return triage.outside(said, seen.problem.community_id)


def _public_words(seen: Seen) -> dict[str, Any]:
    """Offer what was said as a beginning; the reviewer takes out what is private."""
    problem = seen.problem
    said = " ".join(seen.reports[0].said.split()) if seen.reports else ""
    first = said.replace("。", "，").split("，")[0]
    return {
        "public_title": problem.public_title or first[:40],
        "public_text": problem.public_text or said[:300],
        "kind": problem.kind_id,
    }


# The form behind each act, with what is known already.
_FORMS: dict[str, Callable[..., forms.Form]] = {
    "accept": lambda seen, data=None: AcceptForm(
        data, initial=None if data else _public_words(seen)
    ),
    "rephrase": lambda seen, data=None: PublicForm(
        data, initial=None if data else _public_words(seen)
    ),
    "decline": lambda seen, data=None: ReasonForm(data, prefix="decline"),
    "hand_over": lambda seen, data=None: HandOverForm(data),
    "merge": lambda seen, data=None: MergeForm(
        data,
        others=lambda: [
            (row.reference, f"{row} · {spaced(row.reference)}") for row in seen.joining
        ],
    ),
    "join": lambda seen, data=None: JoinForm(data, prefix="join"),
    "split": lambda seen, data=None: SplitForm(
        data, reports=problems.voices_of(seen.problem) if data else seen.reports
    ),
    "close": lambda seen, data=None: CloseForm(data),
    "reopen": lambda seen, data=None: ReasonForm(data, prefix="reopen"),
}


@staff(*DEALERS)
def act(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Take one step with a problem."""
    if verb not in _ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("problems:staff", readable(request, reference).reference)
    person, at = signed_in_person(request), timezone.now()
    form: forms.Form | None = None
    said = ""
    try:
        with acting():
            seen = _seen(request, reference, verb)
            if not rules.may_deal(person, seen.problem, local_day(at)):
                raise PermissionDenied
            form = _FORMS[verb](seen, request.POST) if verb in _FORMS else None
            if form is None or form.is_valid():
                given = form.cleaned_data if form is not None else request.POST
                said = _ACTS[verb](seen, given, {"by": person, "at": at})
    except Refused as refused:
        if form is None:
            raise
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    if not said:
        # Read anew: it may have moved on. What the form offers is read of it only now.
        seen.problem = readable(request, reference)
        return _case(request, seen, status=422, verb=verb, form=form)
    messages.success(request, said)
    return redirect("problems:staff", seen.problem.reference)


def _seen(request: HttpRequest, reference: str, verb: str) -> Seen:
    """Return a problem, locked with those that are named. An undoing locks in its own order."""
    if verb == "undo_merge":
        return Seen(readable(request, reference))
    names = {"merge": ("others", "reference"), "join": ("join-into",)}.get(verb, ())
    named = [text for name in names for text in request.POST.getlist(name)]
    return _held(request, reference, filter(None, map(parse_reference, named)))


def _accept(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    problem = problems.accept(seen.problem, **given, **who)
    if _are_told(problem):
        said = _("It is on the list now, with %(hours)s working hours. Every voice has been told.")
    else:
        said = _("It is on the list now, with %(hours)s working hours.")
    return said % {"hours": problem.kind.hours}


def _are_told(problem: Problem) -> bool:
    """Say whether all voices have an account, and so a message; others ask by their reference."""
    voices = [report.voice for report in problems.voices_of(problem)]
    return all(voice is not None and voice.person_id is not None for voice in voices)


def _rephrase(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    problems.rephrase(seen.problem, **given, **who)
    return _("Everybody reads the new words now.")


def _decline(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    problems.decline(seen.problem, **given, **who)
    return _("Everybody who reported it reads why it is not possible.")


def _hand_over(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    problems.hand_over(seen.problem, **given, **who)
    return _("Everybody who reported it reads where to go.")


def _merge(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    references = {*given["others"], given["reference"]} - {""}
    found = [problem for problem in seen.held if problem.reference in references]
    if len(found) < len(references):
        raise Refused(_("There is no such problem in your area."), "reference")
    problems.gather(found, into=seen.problem, **who)
    return ngettext(
        "%(count)s problem was joined with this one. You can set it apart again.",
        "%(count)s problems were joined with this one. You can set them apart again.",
        len(found),
    ) % {"count": len(found)}


def _join(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    reference = parse_reference(given["into"])
    found = [problem for problem in seen.held if problem.reference == reference]
    if not found:
        raise Refused(_("There is no such problem in your area."))
    problems.merge(seen.problem, into=found[0], **who)
    said = _("It was joined with “%(other)s”. You can set it apart again.")
    return said % {"other": found[0]}


def _undo_merge(seen: Seen, given: Any, who: dict[str, Any]) -> str:
    """Set apart the one that was named, or this one from what it was joined with."""
    key = given.get("merge", "")
    of_this = Merge.objects.filter(Q(problem=seen.problem) | Q(into=seen.problem))
    named = of_this.filter(pk=key) if key.isdecimal() and len(key) < 19 else of_this.none()
    found = hold_found(named.select_related("problem__community", "into"))
    if not found:
        raise Refused(_("This has changed in the meantime. Please look at it again."))
    problems.undo_merge(found[0], **who)
    return _("They are apart again, each with its own voices.")


def _split(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    voices = problems.voices_of(seen.problem)
    chosen = [report for report in voices if report.reference in given["reports"]]
    apart = problems.split(seen.problem, reports=chosen, title=given["title"], **who)
    return _("Set apart as %(reference)s.") % {"reference": spaced(apart.reference)}


def _close(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    if carrier_of(seen.problem) is not None:
        raise Refused(_("A service item carries this problem. Please accept it there."))
    problem = problems.close(seen.problem, **given, **who)
    return _("Closed. Every voice has been told.") if _are_told(problem) else _("Closed.")


def _reopen(seen: Seen, given: dict[str, Any], who: dict[str, Any]) -> str:
    if carrier_of(seen.problem) is not None:
        raise Refused(
            _(
                "A service item solved this problem. Please open it again there:"
                " the deed goes with it."
            )
        )
    problems.reopen(seen.problem, **given, **who)
    return _("It is open again; everybody who reported it reads why.")


_ACTS: dict[str, Callable[[Seen, Any, dict[str, Any]], str]] = {
    "accept": _accept,
    "rephrase": _rephrase,
    "decline": _decline,
    "hand_over": _hand_over,
    "merge": _merge,
    "join": _join,
    "undo_merge": _undo_merge,
    "split": _split,
    "close": _close,
    "reopen": _reopen,
}


def _report(request: HttpRequest, reference: str) -> Report:
    """Return what one voice said about a problem of the visitor's areas."""
    on = local_day(timezone.now())
    report = (
        Report.objects.select_related("voice", "problem__community", "problem__kind")
        .filter(
            reference=parse_reference(reference) or "",
            problem__in=queries.readable_problems(signed_in_person(request), on),
        )
        .first()
    )
    if report is None:
        raise Http404
    return report


@staff(*DEALERS)
def voice(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down what one voice says, when asked by telephone or at the door."""
    report = _report(request, reference)
    person, at = signed_in_person(request), timezone.now()
    if not rules.may_deal(person, report.problem, local_day(at)):
        raise PermissionDenied
    form = JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            problems.judge(
                report,
                satisfied=form.cleaned_data["satisfied"] == "yes",
                words=form.cleaned_data["words"],
                by=person,
                at=at,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The answer is written down."))
            return redirect("problems:staff", report.problem.reference)
    status = 422 if request.method == "POST" else 200
    context = {"report": report, "problem": report.problem, "form": form}
    return render(request, "problems/staff/voice.html", context, status=status)


@staff(*DEALERS)
def reveal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show full name and number to staff who give a reason, which is journalled."""
    report = _report(request, reference)
    form = ReasonForm(request.POST or None)
    context = {"report": report, "problem": report.problem, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            contact = problems.reveal(
                report,
                reason=form.cleaned_data["reason"],
                by=signed_in_person(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            answer = render(
                request, "problems/staff/revealed.html", {**context, "contact": contact}
            )
            answer["Cache-Control"] = "no-store"
            return answer
    status = 422 if request.method == "POST" else 200
    return render(request, "problems/staff/reveal.html", context, status=status)


@staff(*DEALERS)
def enter(request: HttpRequest) -> HttpResponse:
    """Take a problem down for somebody: by telephone, on a visit, from the box or from paper."""
    if asks_to_find(request):
        return _enter(request, EnterForm(initial=request.POST.dict()))
    form = EnterForm(request.POST or None, initial={"channel": "visit"})
    if request.method != "POST":
        return _enter(request, form)
    if form.is_valid():
        found = [] if "seen" in request.POST else _known_already(form.cleaned_data)
        if found:
            return _enter(request, form, alike=found)
        try:
            report = _entered(request, form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(
                request,
                _("Written down: %(reference)s.") % {"reference": spaced(report.reference)},
            )
            if "another" in request.POST:
                return redirect("problems:enter")
            return redirect("problems:staff", report.problem.reference)
    return _enter(request, form, status=422)


def _enter(
    request: HttpRequest, form: EnterForm, *, alike: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    choice = choice_of_community(request, DEALERS, request.POST.get("community", ""))
    if len(choice.own) == 1:
        form.initial.setdefault("community", choice.own[0].pk)
    context = {
        "form": form,
        "choice": choice,
        "alike": alike,
        "compounds": _compounds(choice.own or [area for area in [choice.known] if area]),
        "nonce": request.POST.get("nonce") or uuid.uuid4(),
    }
    return render(request, "problems/staff/enter.html", context, status=status)


def _compounds(communities: list[Area]) -> list[Area]:
    found = Area.objects.filter(parent__in=communities, kind=Area.Kind.COMPOUND)
    return list(found.filter(valid_to__isnull=True).order_by("code")[:200]) if communities else []


def _known_already(given: dict[str, Any]) -> list[Problem]:
    """Return what is likely the same, to be asked about once."""
    return triage.alike_problems(
        given["said"], given["community"] or "0", compound=given["compound"], kind=given["kind"]
    )


def _entered(request: HttpRequest, given: dict[str, Any]) -> Report:
    at = timezone.now()
    community = community_to_enter_for(given["community"])
    kinds = {kind.pk: kind for kind in triage.problem_kinds()}
    guessed = triage.problem_kind_of(given["said"], rural=community.rural)
    kind = kinds.get(given["kind"]) or guessed or kinds.get("other")
    if kind is None:
        raise Refused(_("Please choose what it is most like."), "kind")
    compound = Area.objects.filter(code=given["compound"], parent=community).first()
    longitude, latitude = given["longitude"], given["latitude"]
    known = Problem.objects.filter(
        reference=given["same"], community=community, status__in=JOINABLE
    )
    named = given["phone"] or given["name"]
    return problems.report(
        given["said"],
        kind=kind,
        community=community,
        compound=compound,
        building=given["building"],
        contact=Contact(given["phone"], given["name"], given["address"]) if named else None,
        consent=text_in_force("problem", local_day(at)),
        consent_given_by=Voice.Consent.SPOKEN,
        channel=given["channel"],
        point=(longitude, latitude) if longitude is not None and latitude is not None else None,
        problem=known.first() if given["same"] else None,
        nonce=nonce_of(request),
        by=signed_in_person(request),
        at=at,
    )
