"""What has been said of a compound, in the order of the days it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from youwo.areas.models import CompoundFact
from youwo.journal.models import Line
from youwo.people.models import Person


@dataclass(frozen=True)
class Step:
    """One fact, and for staff who recorded it."""

    fact: CompoundFact
    recorded_by: str = ""

    @property
    def is_withdrawn(self) -> bool:
        return self.fact.withdrawn_at is not None


def steps(facts: Sequence[CompoundFact], *, with_people: bool) -> list[Step]:
    """Return the history of facts, the latest day first. Two statements with people, else none.

    Everybody reads what stands; staff also what was taken back.
    """
    shown = sorted(
        (fact for fact in facts if with_people or fact.withdrawn_at is None),
        key=lambda fact: (fact.starts_on, fact.recorded_at, fact.pk),
        reverse=True,
    )
    names = _recorders(shown) if with_people and shown else {}
    return [Step(fact, names.get(fact.pk, "")) for fact in shown]


def _recorders(facts: Sequence[CompoundFact]) -> dict[int, str]:
    lines = Line.objects.filter(
        target_label=CompoundFact._meta.label_lower,
        target_key__in=[str(fact.pk) for fact in facts],
        verb="record_fact",
    )
    actors = dict(lines.exclude(actor_key="").values_list("target_key", "actor_key"))
    people = dict(Person.objects.filter(pk__in=set(actors.values())).values_list("pk", "name"))
    return {int(key): people.get(int(actor), "") for key, actor in actors.items()}
