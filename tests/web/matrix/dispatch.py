"""Who may open the pages of dispatch."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.dispatch.factories import blown, problem
from youwo.dispatch import actions
from youwo.dispatch.models import Ladder

PAGES = {
    "dispatch:index": ("", "l-ooooooo"),
    "dispatch:export": ("", "l-ooooooo"),
    "dispatch:blow": ("dispatch problem", "l--oo----"),
    "dispatch:whistle": ("whistle", "l-ooo--o-"),
    "dispatch:slip": ("whistle", "l-ooo--o-"),
    "dispatch:answer": ("whistle", "l-ooo-->-"),
    "dispatch:decide": ("objected", "l---o----"),
    "dispatch:ask": ("whistle call", "l->oo--f-"),
    "dispatch:act": ("whistle withdraw", "l->>>-->-"),
    "dispatch:levels": ("", "l-------o"),
    "dispatch:new-levels": ("", "l-------o"),
    "dispatch:remove-levels": ("ladder", "l-------x"),
}


def arguments(city: Any) -> dict[str, list[Any]]:
    """A whistle that waits for the member's unit, and one that is objected to."""
    worker, member = city.people["worker"], city.people["member"]
    jinshui = factories.area("140802005022")
    unit = member.mandates.get().organization
    at = worker.joined_at.replace(month=3, day=10)
    whistle = blown(worker, jinshui, [unit], at)
    objected = blown(worker, jinshui, [unit], at)
    actions.object_to(objected, organization=unit, reason="不归我们", by=member, at=at)
    return {
        "dispatch problem": [problem(jinshui).reference],
        "whistle": [whistle.reference],
        "objected": [objected.reference],
        "whistle call": [whistle.reference, "call"],
        "whistle withdraw": [whistle.reference, "withdraw"],
        "ladder": [Ladder.objects.get().pk],
    }
