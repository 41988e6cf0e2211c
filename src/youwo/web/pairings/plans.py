"""Plans of a city's pairs: asked for, watched, changed, adopted, taken back, printed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Avg, Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from youwo.areas.models import Area, within
from youwo.core import tables
from youwo.core.acts import acting, as_held
from youwo.core.paging import page
from youwo.core.refused import Refused
from youwo.core.search import matching
from youwo.organizations import queries, rules
from youwo.organizations.actions import plans
from youwo.organizations.models import Adoption, Organization, Plan, Proposed
from youwo.organizations.planning.reading import distances_to
from youwo.web.access import powers_of, signed_in_person, staff
from youwo.web.files import table_answer
from youwo.web.organizations.reach import today
from youwo.web.pairings import asked
from youwo.web.pairings.forms import AdoptForm, MoveForm, PlanForm
from youwo.web.pairings.words import kilometres, trouble

planners = staff(*rules.PLANNERS)

_STATES = ("new", "changed", "none", "open", "adopted")
_SUGGESTED = 8
_PRINTED = 1_500
_DEFAULTS = {"places": "both", "share": "equal", "slack": 1, "keep": True}
_TERMS = ("places", "villages", "share", "slack", "ceiling", "farthest_km", "keep")


def _areas(request: HttpRequest) -> Any:
    """Return the areas that the visitor plans for: the own ones and the counties in them."""
    codes = powers_of(request).codes(*rules.PLANNERS)
    below = queries.in_any(codes, "code") & Q(kind__in=(Area.Kind.CITY, Area.Kind.COUNTY))
    own = Q(pk__in=codes, kind=Area.Kind.TOWN)
    return Area.objects.filter(below | own, statistical=False).valid(today()).order_by("code")


def _plan(request: HttpRequest, key: int, *, locked: bool = False) -> Plan:
    rows = queries.plans_seen_by(signed_in_person(request), today()).select_related("area")
    if locked:
        return as_held(get_object_or_404(rows.select_for_update(of=("self",)), pk=key))
    return get_object_or_404(rows, pk=key)


@planners
def index(request: HttpRequest) -> HttpResponse:
    """List the plans of the visitor's area, the newest first."""
    rows = queries.plans_seen_by(signed_in_person(request), today()).select_related("area")
    put_away = request.GET.get("state") == "dropped"
    dropped = Q(state=Plan.State.DROPPED)
    rows = rows.filter(dropped) if put_away else rows.exclude(dropped)
    context = {
        "page": page(rows, by=("-id",), cursor=request.GET.get("cursor")),
        "put_away": put_away,
        "may_ask": bool(_areas(request)),
    }
    return render(request, "pairings/plans.html", context)


@planners
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a plan; the terms of an earlier one can be taken over."""
    form = PlanForm(request.POST or None, areas=_areas(request), initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            found = plans.ask(
                given.pop("area"), **given, by=signed_in_person(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return redirect("pairings:plan", found.pk)
    status = 422 if form.errors else 200
    return render(request, "pairings/new_plan.html", {"form": form}, status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    if earlier := asked.key(request, "from"):
        known = queries.plans_seen_by(signed_in_person(request), today())
        found = known.filter(pk=int(earlier)).first()
        if found is not None:
            return {"area": found.area_id, **{name: getattr(found, name) for name in _TERMS}}
    return dict(_DEFAULTS)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "words": asked.words(request),
        "area": asked.place(request),
        "unit": asked.key(request, "unit"),
        "state": asked.one_of(request, "state", _STATES),
    }


_CHANGED = (
    Q(organization__isnull=True, planned__isnull=False)
    | Q(organization__isnull=False, planned__isnull=True)
    | ~Q(organization=F("planned"))
)
_NEW = Q(organization__isnull=False) & (Q(today__isnull=True) | ~Q(organization=F("today")))


def _rows(request: HttpRequest, plan: Plan, chosen: dict[str, str]) -> Any:
    rows = queries.rows_seen_by(signed_in_person(request), plan, today())
    conditions = {
        "new": _NEW,
        "changed": _CHANGED,
        "none": Q(organization__isnull=True),
        "open": Q(adoption__isnull=True),
        "adopted": Q(adoption__isnull=False),
    }
    if chosen["state"]:
        rows = rows.filter(conditions[chosen["state"]])
    if chosen["area"]:
        rows = rows.filter(within(chosen["area"], "area_id"))
    if chosen["unit"]:
        rows = rows.filter(organization=int(chosen["unit"]))
    if words := chosen["words"]:
        units = matching(Organization.objects.all(), words).values("pk")
        rows = rows.filter(Q(organization__in=units) | Q(area__name__contains=words))
    return rows.select_related("organization", "today", "area__parent")


def _compared(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """Compare the plan, as it stands, with today. One statement."""
    seen = queries.rows_seen_by(signed_in_person(request), plan, today())
    found: dict[str, Any] = seen.aggregate(
        places=Count("pk"),
        units=Count("organization", distinct=True),
        paired=Count("pk", filter=Q(organization__isnull=False)),
        paired_today=Count("pk", filter=Q(today__isnull=False)),
        same=Count("pk", filter=Q(organization=F("today"))),
        other=Count("pk", filter=Q(today__isnull=False) & _NEW),
        fresh=Count("pk", filter=Q(organization__isnull=False, today__isnull=True)),
        changed=Count("pk", filter=_CHANGED),
        waiting=Count("pk", filter=Q(adoption__isnull=True, organization__isnull=False)),
        mean=Avg("distance"),
        mean_today=Avg("today_distance"),
    )
    for name in ("mean", "mean_today"):
        found[name] = kilometres(found[name])
    return found


def _parts(request: HttpRequest, plan: Plan) -> Any:
    """Return where the plan can be adopted: all of it, or the counties or towns in it."""
    kinds = {"city": Area.Kind.COUNTY, "county": Area.Kind.TOWN}
    codes = powers_of(request).codes(*rules.PLANNERS)
    below = within(plan.area_id, "code") & Q(kind=kinds.get(plan.area.kind, ""))
    return (
        Area.objects.filter(queries.in_any(codes, "code"), Q(pk=plan.area_id) | below)
        .exclude(statistical=True)
        .valid(today())
        .order_by("code")
    )


@planners
def plan(request: HttpRequest, key: int) -> HttpResponse:
    """Show how far a plan is, or what it proposes."""
    found = _plan(request, key)
    if request.htmx and found.is_moving:  # type: ignore[attr-defined]
        return render(request, "pairings/_progress.html", _moving(found))
    if request.htmx and "progress" in request.GET:  # type: ignore[attr-defined]
        # It is worked out: the whole page is another one now.
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return _show(request, found)


def _moving(found: Plan) -> dict[str, Any]:
    return {"plan": found, "stuck": plans.is_stuck(found, timezone.now())}


def _show(request: HttpRequest, found: Plan, status: int = 200, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {
        **_moving(found),
        "may_change": rules.may_plan(signed_in_person(request), found.area_id, today()),
    }
    if found.state == Plan.State.IMPOSSIBLE:
        context["trouble"] = trouble(found.trouble)
    elif not found.is_moving:
        chosen = _chosen(request)
        rows = _rows(request, found, chosen)
        adoptions = found.adoptions.select_related("area", "by").order_by("-pk")
        codes = powers_of(request).codes(*rules.PLANNERS)
        context |= {
            "page": page(rows, by=("area_id",), cursor=request.GET.get("cursor"), size=30),
            **chosen,
            "typed": chosen["words"],
            "states": [
                ("new", _("other than today")),
                ("changed", _("changed by hand")),
                ("none", _("no unit")),
                ("open", _("not in force yet")),
                ("adopted", _("in force")),
            ],
            "filtered": any(chosen.values()),
            "compared": _compared(request, found),
            "gap": f"{(found.gap or 0) * 100:.2f}",
            "adoptions": adoptions.filter(queries.in_any(codes, "area_id"))[:30],
            "adopt_form": AdoptForm(areas=_parts(request, found)),
            "ready": found.state == Plan.State.READY,
            **forms,
        }
    return render(request, "pairings/plan.html", context, status=status)


@planners
def units(request: HttpRequest, key: int) -> HttpResponse:
    """List the units of a plan with how many places each would have."""
    found = _plan(request, key)
    rows = found.units.select_related("organization").annotate(load=_load(found))
    state = request.GET.get("state", "")
    if state == "over":
        rows = rows.filter(load__gt=F("most"))
    elif state == "under":
        rows = rows.filter(load__lt=F("least"))
    if words := asked.words(request):
        named = matching(Organization.objects.all(), words).values("pk")
        rows = rows.filter(organization__in=named)
    context = {
        "plan": found,
        "page": page(rows, by=("id",), cursor=request.GET.get("cursor"), size=40),
        "state": state,
        "words": words,
        "states": [
            ("", _("all")),
            ("over", _("more than agreed")),
            ("under", _("fewer than agreed")),
        ],
    }
    return render(request, "pairings/plan_units.html", context)


def _load(found: Plan) -> Any:
    rows = found.rows.filter(organization=OuterRef("organization")).order_by()
    counted = rows.values("organization").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@planners
def export(request: HttpRequest, key: int) -> FileResponse:
    """Send the plan's places, as filtered, as an Excel file."""
    found = _plan(request, key)
    rows = _rows(request, found, _chosen(request)).order_by("area")
    lines = rows.values_list(
        "area_id",
        "area__parent__name",
        "area__name",
        "organization__name",
        "distance",
        "today__name",
        "today_distance",
        "planned__name",
    ).iterator(chunk_size=2000)
    headings = [
        _("Code"),
        _("Lies in"),
        _("Place"),
        _("Unit proposed"),
        _("Kilometres"),
        _("Unit today"),
        _("Kilometres today"),
        _("Unit as worked out"),
    ]
    shown = ((*row[:4], _km(row[4]), row[5], _km(row[6]), row[7]) for row in lines)
    return table_answer(_("Plan of pairs"), lambda file: tables.write_rows(headings, shown, file))


def _km(hundreds: int | None) -> float | None:
    return None if hundreds is None else hundreds / 10


@planners
def paper(request: HttpRequest, key: int) -> HttpResponse:
    """Show the plan as a table to print, unit by unit."""
    found = _plan(request, key)
    rows = _rows(request, found, _chosen(request)).order_by("organization__name", "area")
    shown = list(rows[: _PRINTED + 1])
    context = {
        "plan": found,
        "rows": shown[:_PRINTED],
        "cut": len(shown) > _PRINTED,
        "compared": _compared(request, found),
        "printed_at": timezone.now(),
    }
    return render(request, "pairings/plan_paper.html", context)


@planners
def place(request: HttpRequest, key: int) -> HttpResponse:
    """Show one place of a plan with the units near by, and give it to another one."""
    person, on = signed_in_person(request), today()
    rows = Proposed.objects.select_related("plan__area", "organization", "today", "planned")
    row = get_object_or_404(rows.select_related("area__parent"), pk=key)
    _plan(request, row.plan_id)
    if not rules.may_plan(person, row.area_id, on):
        raise Http404
    form = MoveForm(request.POST or None)
    if request.method == "POST":
        answer = _move(request, row, form)
        if answer is not None:
            return answer
    context = {
        "row": row,
        "plan": row.plan,
        "form": form,
        "near": _near(row),
        "changes": row.plan.state == Plan.State.READY and row.adoption_id is None,
        "kilometres": kilometres(row.distance),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/place.html", context, status=status)


def _move(request: HttpRequest, row: Proposed, form: MoveForm) -> HttpResponse | None:
    """Do what was pressed: a unit near by, one by name, or none."""
    chosen = request.POST.get("to", "")
    unit: Organization | None = None
    if not form.is_valid():
        return None
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 12:
        unit = get_object_or_404(Organization, pk=int(chosen))
    elif chosen != "none":
        unit = form.cleaned_data["unit"]
        if unit is None:
            form.add_error("unit", _("Please enter the unit's name."))
            return None
    try:
        moved = plans.move(row, organization=unit, by=signed_in_person(request), at=timezone.now())
    except Refused as refused:
        form.add_error("unit" if refused.field else None, str(refused))
        return None
    messages.success(request, _what_it_costs(row, moved))
    return redirect("pairings:plan", row.plan_id)


def _what_it_costs(before: Proposed, after: Proposed) -> str:
    if after.distance is None:
        return _("The place is left out of the plan.")
    longer = after.distance - (before.distance or 0)
    if before.distance is None or not longer:
        return _("The place goes to %(unit)s.") % {"unit": after.organization}
    words = (
        _("The place goes to %(unit)s, %(km)s km farther away.")
        if longer > 0
        else _("The place goes to %(unit)s, %(km)s km nearer.")
    )
    return words % {"unit": after.organization, "km": kilometres(abs(longer))}


def _near(row: Proposed) -> list[dict[str, Any]]:
    """Return the nearest units of the plan, with their loads and what each would change."""
    known = row.plan.units.values("organization")
    found = distances_to(row.area, Organization.objects.filter(pk__in=known), today())
    far = dict(found)
    keys = [key for key, _distance in found if key != row.organization_id][:_SUGGESTED]
    planned = row.plan.units.filter(organization__in=keys).annotate(load=_load(row.plan))
    by_key = {one.organization_id: one for one in planned.select_related("organization")}
    return [
        {
            "unit": by_key[key].organization,
            "planned": by_key[key],
            "full": by_key[key].load >= by_key[key].most,
            "kilometres": kilometres(far[key]),
            "longer": _longer(far[key], row.distance),
        }
        for key in keys
    ]


def _longer(distance: int, now: int | None) -> str:
    if now is None or distance == now:
        return ""
    km = kilometres(abs(distance - now))
    if distance > now:
        return _("%(km)s km farther") % {"km": km}
    return _("%(km)s km nearer") % {"km": km}


@planners
@require_POST
def adopt(request: HttpRequest, key: int) -> HttpResponse:
    """Put the plan into force in the chosen part."""
    adopted: Adoption | None = None
    try:
        with acting():
            found = _plan(request, key, locked=True)
            form = AdoptForm(request.POST, areas=_parts(request, found))
            if form.is_valid():
                area, by = form.cleaned_data["area"], signed_in_person(request)
                adopted = plans.adopt(found, area=area, by=by, at=timezone.now())
        if adopted is not None:
            messages.success(request, _said(adopted))
            return redirect("pairings:plan", key)
    except Refused as refused:
        form.add_error("area", str(refused))
    return _show(request, _plan(request, key), 422, adopt_form=form)


def _said(adopted: Adoption) -> str:
    begun = ngettext(
        "It is in force: %(n)s pairing begins.",
        "It is in force: %(n)s pairings begin.",
        adopted.created,
    ) % {"n": adopted.created}
    if not adopted.ended:
        return begun
    return (
        begun
        + " "
        + ngettext("%(n)s has ended.", "%(n)s have ended.", adopted.ended) % {"n": adopted.ended}
    )


@planners
@require_POST
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Take an adoption back."""
    try:
        with acting():
            adoption = _adoption(request, key)
            plans.undo(adoption, by=signed_in_person(request), at=timezone.now())
        messages.success(request, _("Taken back. The pairings of before hold again."))
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect("pairings:plan", adoption.plan_id)


def _adoption(request: HttpRequest, key: int) -> Adoption:
    """Return an adoption that the visitor may take back; the act holds it and its plan."""
    person = signed_in_person(request)
    rows = Adoption.objects.filter(plan__in=queries.plans_seen_by(person, today()))
    rows = rows.select_related("plan").select_for_update(of=("plan", "self"))
    adoption = as_held(get_object_or_404(rows, pk=key))
    as_held(adoption.plan)
    if not rules.may_plan(person, adoption.area_id, today()):
        raise Http404
    return adoption


def _do(request: HttpRequest, key: int, act: Any) -> HttpResponse:
    """Do what was pressed, and say above the plan what came of it."""
    try:
        messages.success(request, act())
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect("pairings:plan", key)


@planners
@require_POST
def again(request: HttpRequest, key: int) -> HttpResponse:
    """Start once more what got stuck."""
    found = _plan(request, key)

    def act() -> str:
        plans.start_again(found, by=signed_in_person(request), at=timezone.now())
        return _("Started again.")

    return _do(request, key, act)


@planners
@require_POST
def drop(request: HttpRequest, key: int) -> HttpResponse:
    """Put a plan away."""
    found = _plan(request, key)

    def act() -> str:
        plans.drop(found, by=signed_in_person(request), at=timezone.now())
        return _("The plan is put away. What was put into force from it stays.")

    return _do(request, key, act)
