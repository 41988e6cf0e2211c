"""The clock held and stretched: pauses, extensions, and new times set by an office."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.almanac.queries import working_minutes
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.dispatch import rules
from youwo.dispatch.actions.moving import (
    MINUTES,
    around,
    begin_span,
    deciding_office,
    locked,
    move,
    must_speak_for,
    put_turns,
    responsible,
    solve_due,
    solve_spent,
    tell,
)
from youwo.dispatch.clock import minute, until
from youwo.dispatch.models import Extension, Span, Whistle
from youwo.dispatch.terms import DAY, DECIDE, LONGEST_PAUSE
from youwo.journal import actions as journal
from youwo.organizations.rules import mandates
from youwo.people.models import Person, Role
from youwo.people.rules import above, powers


@acting()
def pause(whistle: Whistle, *, reason: str, last: datetime, by: Person, at: datetime) -> Whistle:
    """Stop the clock until a moment, with a reason that the resident reads. It goes on by itself.

    Refuses others than the responsible unit, and pauses that are too long.
    """
    whistle = locked(whistle, "pause")
    must_speak_for(responsible(whistle), whistle, by, at)
    if last <= at:
        raise Refused(_("A pause ends in the future."), "last")
    if working_minutes(minute(at), last, area_code=whistle.community_id) > LONGEST_PAUSE * MINUTES:
        raise Refused(
            _("A pause lasts at most %(days)s working days. For more, please ask for more time.")
            % {"days": round(LONGEST_PAUSE / DAY)},
            "last",
        )
    begin_span(
        whistle,
        stage=Span.Stage.SOLVE,
        kind=Span.Kind.PAUSED,
        at=at,
        reason=reason,
        last=last,
    )
    whistle.due_at = whistle.rings_at = last
    move(whistle, "pause", at=at, also=["due_at", "rings_at"])
    journal.write("pause", whistle, by=by, at=at, area_code=whistle.community_id, reason=reason)
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("A unit has paused its work on a whistle; the reason is on its page."),
        cause="pause",
        at=at,
    )
    return whistle


@acting()
def resume(whistle: Whistle, *, by: Person, at: datetime) -> Whistle:
    """Let the clock go on before the pause is over."""
    whistle = locked(whistle, "resume")
    must_speak_for(responsible(whistle), whistle, by, at)
    begin_span(whistle, stage=Span.Stage.SOLVE, at=at)
    _run(whistle, at)
    move(whistle, "resume", at=at, also=["due_at", "rings_at"])
    journal.write("resume", whistle, by=by, at=at, area_code=whistle.community_id)
    put_turns(whistle, at=at)
    return whistle


def _run(whistle: Whistle, at: datetime) -> None:
    """Set until when the time to solve it lasts, by what is left."""
    whistle.due_at = whistle.rings_at = solve_due(whistle, at)


@acting()
def extend(whistle: Whistle, *, hours: Decimal, reason: str, by: Person, at: datetime) -> Extension:
    """Take more working hours, with a reason that the resident reads.

    Within the limit of the level they hold at once; beyond it, the level above decides.
    """
    whistle = locked(whistle, "extend")
    must_speak_for(responsible(whistle), whistle, by, at)
    extensions = around(whistle).extensions
    if any(one.granted is None for one in extensions):
        raise Refused(_("More time has been asked for already; the level above decides."))
    taken = sum((one.hours for one in extensions if one.itself), Decimal(0))
    within = taken + hours <= whistle.level.extend_hours
    extension = Extension(
        whistle=whistle,
        hours=hours,
        itself=within,
        by=by,
        at=at,
        reason=reason,
        office_id=deciding_office(whistle, at),
        due_at=until(at, minutes=round(DECIDE * MINUTES), area_code=whistle.community_id).at,
    )
    if within:
        extension.granted, extension.decided_by, extension.decided_at = True, by, at
        extension.decision = _("Within what a unit may take by itself.")
        _add_time(whistle, hours, at)
    extension.save(force_insert=True)
    extensions.append(extension)
    journal.write(
        "extend" if within else "ask_time",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=reason,
        hours=str(hours),
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("A unit takes more time for a whistle; the reason is on its page.")
        if within
        else gettext_lazy("A unit asks for more time for a whistle. The level above decides."),
        cause=f"extend.{extension.pk}",
        at=at,
    )
    return extension


def _add_time(whistle: Whistle, hours: Decimal, at: datetime) -> None:
    """Add working hours to a running whistle. If they suffice, it is late no more."""
    whistle.solve_minutes = (whistle.solve_minutes or 0) + round(hours * MINUTES)
    _run(whistle, at)
    if whistle.solve_minutes > solve_spent(whistle, at):
        whistle.overdue_at = None
    whistle.save(update_fields=["solve_minutes", "due_at", "rings_at", "overdue_at"])


@acting()
def decide_extension(
    extension: Extension, *, granted: bool, reason: str, by: Person, at: datetime
) -> Whistle:
    """Decide, as the office of the level above, whether a unit gets the time it asks for."""
    whistle = locked(extension.whistle, "decide")
    stands = around(whistle)
    extension = next(one for one in stands.extensions if one.pk == extension.pk)
    extension.whistle = whistle
    if extension.granted is not None:
        raise Refused(_("This has been decided already."))
    if not rules.may_decide(
        by, extension, rules.units_asking(extension, stands.calls), local_day(at)
    ):
        raise Refused(_("The office of the level above decides, and never who asked."))
    extension.granted, extension.decision = granted, reason
    extension.decided_by, extension.decided_at = by, at
    extension.save(update_fields=["granted", "decision", "decided_by", "decided_at"])
    if granted and whistle.status == "answered":
        _add_time(whistle, extension.hours, at)
    elif granted:
        # Paused: the time is there when the clock goes on.
        whistle.solve_minutes = (whistle.solve_minutes or 0) + round(extension.hours * MINUTES)
        whistle.save(update_fields=["solve_minutes"])
    journal.write(
        "grant_time" if granted else "refuse_time",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=reason,
        hours=str(extension.hours),
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("The time asked for was granted.")
        if granted
        else gettext_lazy("The time asked for was not granted."),
        cause=f"grant.{extension.pk}",
        at=at,
        units=[responsible(whistle).organization_id],
    )
    return whistle


def _own_office(whistle: Whistle, by: Person, at: datetime) -> str:
    """Return the nearest place around a whistle for which somebody decides."""
    held = powers(by, local_day(at)).grants
    places = [code for code in above(whistle.community_id) if (Role.COORDINATOR, code) in held]
    return places[-1] if places else deciding_office(whistle, at)


@acting()
def set_time(
    whistle: Whistle, *, hours: Decimal, reason: str, by: Person, at: datetime
) -> Extension:
    """Set, as the office of the level it has climbed to, a new time for an overdue whistle."""
    whistle = locked(whistle, "extend")
    if not rules.may_see_to(by, whistle.community_id, local_day(at)):
        raise Refused(_("Coordinators of the area set a new time."))
    if whistle.overdue_at is None:
        raise Refused(_("Its time is not over. The unit asks for more if it needs it."))
    if responsible(whistle).organization_id in mandates(by, local_day(at)):
        raise Refused(_("The office of the level above decides, and never who asked."))
    extension = Extension.objects.create(
        whistle=whistle,
        hours=hours,
        by=by,
        at=at,
        reason=reason,
        office_id=_own_office(whistle, by, at),
        due_at=at,
        granted=True,
        decision=reason,
        decided_by=by,
        decided_at=at,
    )
    around(whistle).extensions.append(extension)
    # From now on, however late it was.
    whistle.solve_minutes = solve_spent(whistle, at)
    _add_time(whistle, hours, at)
    journal.write(
        "set_time",
        whistle,
        by=by,
        at=at,
        area_code=whistle.community_id,
        reason=reason,
        hours=str(hours),
    )
    put_turns(whistle, at=at)
    tell(
        whistle,
        [whistle.whistled_by],
        gettext_lazy("An overdue whistle has a new time."),
        cause=f"set_time.{extension.pk}",
        at=at,
        units=[responsible(whistle).organization_id],
    )
    return extension
