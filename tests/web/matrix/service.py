"""Who may open the pages of meetings and service items."""

from __future__ import annotations

from tests.factories import AT
from tests.service import factories
from youwo.areas.models import Area
from youwo.organizations.models import Organization

PAGES = {
    "service:meetings": ("", "l-ooooooo"),
    "service:meetings-export": ("", "l-ooooooo"),
    "service:call": ("", "l--oooo--"),
    "service:rhythm": ("", "l--oooo--"),
    "service:meeting": ("called meeting", "l-ooo--o-"),
    "service:answer": ("called meeting", "l-ooo----"),
    "service:letters": ("called meeting", "l--oo--o-"),
    "service:agenda": ("called meeting", "l--oo----"),
    "service:guests": ("called meeting", "l--oo----"),
    "service:change": ("called meeting", "l--oo----"),
    "service:run": ("called meeting", "l--oo----"),
    "service:attendance": ("held meeting", "l-->>----"),
    "service:decide": ("matter on the table", "l--oo----"),
    "service:minutes": ("held meeting", "l-ooo--o-"),
    "service:minutes-word": ("held meeting", "l-ooo--o-"),
    "service:meeting-list": ("held meeting", "l-ooo--o-"),
    "service:meeting-act": ("held meeting close", "l-->>----"),
    "service:items": ("", "l-ooooooo"),
    "service:items-export": ("", "l-ooooooo"),
    "service:new": ("", "l--oooo--"),
    "service:list": ("", "l--ooooo-"),
    "service:list-export": ("", "l--ooooo-"),
    "service:item": ("item under way", "l-ooo--o-"),
    "service:start": ("item under way", "l->>>-->-"),
    "service:deliver": ("item under way", "l-ooo--f-"),
    "service:close": ("item done", "l--oo----"),
    "service:item-act": ("item under way hand_on", "l-ooo-->-"),
}


def arguments(city):
    """A meeting to come and one that goes on, an item under way and one that is done."""
    worker, member = city.people["worker"], city.people["member"]
    jinshui = Area.objects.get(pk=city.arguments["community"][0])
    unit = Organization.objects.get(pk=city.arguments["unit"][0])
    called = factories.called(worker, jinshui, AT, organizations=[unit])
    held = factories.held(worker, jinshui, AT, organizations=[unit], matters=["加装围栏"])
    item = factories.agreed(worker, jinshui, AT, organization=unit)
    done = factories.delivered(worker, member, unit, jinshui, AT)
    return {
        "called meeting": [called.reference],
        "held meeting": [held.reference],
        "matter on the table": [held.reference, held.agenda.get().pk],
        "held meeting close": [held.reference, "close"],
        "item under way": [item.reference],
        "item under way hand_on": [item.reference, "hand_on"],
        "item done": [done.reference],
    }
