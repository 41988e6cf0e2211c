"""Who may open the pages of members and volunteers."""

from tests.service.factories import agreed
from youwo.ledger import actions
from youwo.ledger.models import Participation
from youwo.service import actions as service

PAGES = {
    "near:index": ("", "ooooooooo"),
    "near:item": ("near item", "l-o------"),
    "near:join": ("near item", "lxxxxxxxx"),
    "near:leave": ("near item", "lxxxxxxxx"),
    "near:hands": ("near item", "l--oo----"),
    "near:skills": ("", "loooooooo"),
    "near:record": ("", "loooooooo"),
    "near:record-export": ("", "loooooooo"),
    "near:sheet": ("", "lxxxxxxxx"),
    "near:printed": ("extract", "l-o------"),
    "near:check": ("extract", "ooooooooo"),
}


def arguments(city):
    """A service item that the member has joined, and the member's own record on paper."""
    worker, member = city.people["worker"], city.people["member"]
    part = Participation.objects.get(person=member)
    at = part.entry.recorded_at
    made = actions.extract(member, year=part.entry.occurred_on.year, at=at)
    item = agreed(worker, worker.grants.get().area, at)
    service.join(item, by=member, at=at)
    return {"near item": [item.reference], "extract": [made.reference]}
