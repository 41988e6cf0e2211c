"""What people using the demo have touched, from the journal: theirs, and no scene any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q

from youwo.dispatch.models import Whistle
from youwo.journal.models import Line
from youwo.needs.models import Report
from youwo.service.models import AgendaItem, Invitation, ServiceItem

# Lines that name nobody are the clock's, but for what residents say without an account.
_BY_RESIDENTS = ("needs.wish", "needs.problem", "needs.report", "needs.hearing")
_BY_THE_CLOCK = ("take_over", "expire", "forget")

_PROBLEM, _ITEM, _WHISTLE = "needs.problem", "service.serviceitem", "dispatch.whistle"
_MEETING = "service.jointmeeting"


@dataclass
class Touched:
    """The rows by label and key; with a case come the cases that it hangs together with."""

    keys: dict[str, set[str]] = field(default_factory=dict)

    def __contains__(self, row: models.Model) -> bool:
        return str(row.pk) in self.keys.get(row._meta.label_lower, ())

    def written(self) -> dict[str, list[str]]:
        """Return it as it is written down."""
        return {label: sorted(keys) for label, keys in sorted(self.keys.items()) if keys}

    def of(self, label: str) -> list[int]:
        """Return the keys of one kind of cases."""
        return [int(key) for key in self.keys.get(label, ())]

    def add(self, label: str, keys: Iterable[object]) -> None:
        """Add keys of one kind."""
        self.keys.setdefault(label, set()).update(str(key) for key in keys if key is not None)


def read(known: dict[str, list[str]], *, after: int) -> Touched:
    """Return what was touched: what was known of it, and what the lines after one tell."""
    touched = Touched({label: set(keys) for label, keys in known.items()})
    by_resident = Q(target_label__in=_BY_RESIDENTS) & ~Q(verb__in=_BY_THE_CLOCK)
    lines = Line.objects.filter(~Q(actor_key="") | by_resident, pk__gt=after)
    for label, key in lines.values_list("target_label", "target_key"):
        touched.add(label, [key])
    _join(touched)
    return touched


def _join(touched: Touched) -> None:
    """Add what hangs together: voices and problems, items and whistles, meetings and agendas."""
    reports = Report.objects.filter(pk__in=touched.of("needs.report"))
    touched.add(_PROBLEM, reports.values_list("problem_id", flat=True))
    invitations = Invitation.objects.filter(pk__in=touched.of("service.invitation"))
    touched.add(_MEETING, invitations.values_list("meeting_id", flat=True))
    agenda = AgendaItem.objects.filter(meeting__in=touched.of(_MEETING))
    touched.add(_PROBLEM, agenda.values_list("problem_id", flat=True))
    items = ServiceItem.objects.filter(pk__in=touched.of(_ITEM))
    touched.add(_PROBLEM, items.values_list("problem_id", flat=True))
    whistles = Whistle.objects.filter(pk__in=touched.of(_WHISTLE))
    for problem, item in whistles.values_list("problem_id", "item_id"):
        touched.add(_PROBLEM, [problem])
        touched.add(_ITEM, [item])
    about = ServiceItem.objects.filter(problem__in=touched.of(_PROBLEM))
    touched.add(_ITEM, about.values_list("pk", flat=True))
    blown = Q(problem__in=touched.of(_PROBLEM)) | Q(item__in=touched.of(_ITEM))
    touched.add(_WHISTLE, Whistle.objects.filter(blown).values_list("pk", flat=True))
