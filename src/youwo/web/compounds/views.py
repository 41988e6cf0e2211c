"""The list of compounds, and one compound with everything that is known of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from youwo.areas import definitions, queries
from youwo.areas.models import Area, AreaQuerySet, CompoundFact
from youwo.areas.rules import kind_of
from youwo.core.clock import start_of
from youwo.core.paging import page
from youwo.core.tables import write_rows
from youwo.needs.models import Problem, ProblemStatus
from youwo.organizations.imports.columns import COMPOUNDS
from youwo.organizations.models import MemberEnrolment
from youwo.organizations.queries import paired_with
from youwo.organizations.rules import READERS
from youwo.service.models import Asset
from youwo.web.access import powers_of, public, staff
from youwo.web.compounds.reach import compound_of, day_asked, keeps, reads, today
from youwo.web.compounds.timeline import steps
from youwo.web.files import table_answer

_MOST = 20
_HELD = {"yes": True, "no": False, "open": None}
_UNDER_WAY = [ProblemStatus.OPEN, ProblemStatus.IN_HAND, ProblemStatus.DONE]


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """Read the filters of the address; what makes no sense is as if it were not there."""
    given = request.GET
    area = given.get("area", "")
    if not kind_of(area):
        codes = powers_of(request).codes(*READERS)
        area = codes[0] if len(codes) == 1 else settings.CITY
    status, _dash, held = given.get("status", "").partition("-")
    fact, _dash, has = given.get("fact", "").partition("-")
    return {
        "area": area,
        "words": given.get("q", "").replace("\0", "").strip()[:40],
        "status": status if status in definitions.STATUSES else "",
        "held": held if held in _HELD else "yes",
        "fact": fact if fact in CompoundFact.Kind.values else "",
        "has": has if has in _HELD else "yes",
    }


def _filtered(chosen: dict[str, Any], on: date) -> AreaQuerySet:
    rows = queries.compounds(chosen["area"], on)
    if chosen["words"]:
        # A place's name is short, and the list lies within one area: no index of words is needed.
        rows = rows.filter(
            Q(name__icontains=chosen["words"]) | Q(parent__name__icontains=chosen["words"])
        )
    if chosen["status"]:
        definition = queries.definition_in_force(chosen["status"], on)
        rows = queries.with_status(rows, definition, on, holds=_HELD[chosen["held"]])
    if chosen["fact"]:
        rows = queries.with_fact(rows, chosen["fact"], on, present=_HELD[chosen["has"]])
    return rows


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the compounds of a place, and count those that have a status."""
    on, chosen = today(), _chosen(request)
    way = queries.path(chosen["area"])
    if not way or way[-1].pk != chosen["area"]:
        raise Http404
    rows = _filtered(chosen, on).select_related("parent")
    found = page(rows, by=("code",), cursor=request.GET.get("cursor"), size=30)
    _judge(found.rows, on)
    context = {
        "page": found,
        "way": way,
        "place": way[-1],
        "below": queries.children(chosen["area"], on)
        if way[-1].kind != Area.Kind.COMMUNITY
        else [],
        "counts": _counts(chosen["area"], on),
        "kinds": CompoundFact.Kind.choices,
        "filtered": bool(chosen["words"] or chosen["status"] or chosen["fact"]),
        "reads": reads(request, chosen["area"]),
        "keeps": keeps(request, chosen["area"]),
        "on": on,
        **chosen,
    }
    return render(request, "compounds/index.html", context)


def _counts(code: str, on: date) -> list[dict[str, Any]]:
    """Count the compounds of a place, and those with each status, in one statement."""
    defined = queries.definitions_in_force(on)
    wanted = {
        f"count_{place}": Count(
            "pk", filter=Q(pk__in=queries.with_status(queries.compounds(code, on), one, on))
        )
        for place, one in enumerate(defined)
    }
    found = queries.compounds(code, on).aggregate(all=Count("pk"), **wanted)
    return [{"definition": None, "count": found["all"]}] + [
        {"definition": one, "count": found[f"count_{place}"]} for place, one in enumerate(defined)
    ]


def _judge(compounds: list[Any], on: date) -> None:
    """Tell each compound of a page its facts and statuses, in one statement for all."""
    facts: dict[str, list[CompoundFact]] = defaultdict(list)
    for fact in CompoundFact.objects.in_force(on).filter(area__in=[one.pk for one in compounds]):
        facts[fact.area_id].append(fact)
    defined = queries.definitions_in_force(on)
    for one in compounds:
        one.held = [
            judged.definition
            for judged in (definitions.judge(each, facts[one.pk], on) for each in defined)
            if judged.holds
        ]
        by_kind = {fact.kind: fact for fact in facts[one.pk]}
        one.has = [fact for fact in by_kind.values() if fact.present]
        one.unknown = len(CompoundFact.Kind.values) - len(by_kind)


@staff(*READERS)
@require_safe
def export(request: HttpRequest) -> FileResponse:
    """Send the list as an Excel file: each compound with its facts and statuses."""
    on, chosen = today(), _chosen(request)
    if not reads(request, chosen["area"]):
        raise Http404
    defined = queries.definitions_in_force(on)
    # The columns of the import, so that the file can be changed and sent back.
    headings = [str(column.heading) for column in COMPOUNDS]
    headings += [_("Town"), *(str(one.title) for one in defined)]

    def rows() -> Iterator[list[Any]]:
        compounds = _filtered(chosen, on).select_related("parent__parent").order_by("code")
        batch: list[Any] = []
        for one in compounds.iterator(chunk_size=500):
            batch.append(one)
            if len(batch) == 500:
                yield from _lines(batch, defined, on)
                batch = []
        yield from _lines(batch, defined, on)

    about = [(_("As of"), on), *((str(one.title), f"{one.label}: {one.text}") for one in defined)]
    return table_answer(
        _("Compounds"), lambda file: write_rows(headings, rows(), file, about=about)
    )


def _lines(
    compounds: list[Area], defined: list[definitions.Definition], on: date
) -> Iterator[list[Any]]:
    facts: dict[str, list[CompoundFact]] = defaultdict(list)
    for fact in CompoundFact.objects.standing().filter(area__in=[one.pk for one in compounds]):
        facts[fact.area_id].append(fact)
    for one in compounds:
        holding = definitions.in_force(facts[one.pk], on)
        line: list[Any] = [one.pk, one.name, one.parent.name]  # type: ignore[union-attr]
        for kind in CompoundFact.Kind.values:
            known = holding.get(kind)
            line += [_answer(known), known.starts_on if known else None]
        line.append(one.parent.parent.name)  # type: ignore[union-attr]
        for definition in defined:
            judged = definitions.judge(definition, facts[one.pk], on)
            line.append(
                {True: _("yes"), False: _("no"), None: pgettext("status", "open")}[judged.holds]
            )
        yield line


def _answer(fact: CompoundFact | None) -> str:
    if fact is None:
        return _("not known")
    answer = pgettext("compound", "yes") if fact.present else pgettext("compound", "no")
    return f"{answer} · {fact.detail}" if fact.detail else answer


@public
@require_safe
def compound(request: HttpRequest, code: str) -> HttpResponse:
    """Show a compound: to everybody without people, to its staff with them."""
    place, now, on_today = compound_of(code), timezone.now(), today()
    on, known_on = day_asked(request, "on", on_today), day_asked(request, "known", on_today)
    known_at = now if known_on == on_today else start_of(known_on + timedelta(days=1))
    every = list(place.facts.order_by("starts_on", "recorded_at", "pk"))
    known = [fact for fact in every if _was_known(fact, known_at)]
    holding = definitions.in_force(known, on)
    for_staff = reads(request, place.pk)
    problems = Problem.objects.filter(compound=place, status__in=_UNDER_WAY)
    if not for_staff:
        problems = problems.exclude(public_title="")
    context = {
        "place": place,
        "on": on,
        "known_on": known_on,
        "looks_back": (on, known_on) != (on_today, on_today),
        "today": on_today,
        "ended": place.valid_to is not None and place.valid_to <= on_today,
        "facts": [(label, holding.get(kind)) for kind, label in CompoundFact.Kind.choices],
        "judgements": [
            definitions.judge(definition, known, on)
            for definition in queries.definitions_in_force(on)
        ],
        "units": paired_with(place.pk, on_today),
        "problems": problems.order_by("-received_at", "-pk")[:_MOST],
        "assets": Asset.objects.kept().filter(area=place).order_by("-pk")[: _MOST + 1],
        "most": _MOST,
        "nonce": uuid.uuid4(),
        "reads": for_staff,
        "keeps": keeps(request, place.pk),
        **_members(place, on_today, for_staff=for_staff),
        "steps": steps(every, with_people=for_staff),
    }
    return render(request, "compounds/compound.html", context)


def _was_known(fact: CompoundFact, at: Any) -> bool:
    return fact.recorded_at <= at and (fact.withdrawn_at is None or fact.withdrawn_at > at)


def _members(place: Area, on: date, *, for_staff: bool) -> dict[str, Any]:
    """Return the members enrolled here: their number, and for staff who they are."""
    rows = MemberEnrolment.objects.holding(on).filter(compound=place)
    if not for_staff:
        return {"member_count": rows.aggregate(people=Count("person", distinct=True))["people"]}
    members = list(
        rows.select_related("person", "organization").order_by("organization", "pk")[: _MOST + 1]
    )
    return {"members": members[:_MOST], "more_members": len(members) > _MOST}
