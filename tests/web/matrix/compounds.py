"""Who may open the pages of compounds."""

from tests import factories
from tests.areas.facts import fact
from youwo.areas.models import Area

PAGES = {
    "compounds:index": ("", "ooooooooo"),
    "compounds:export": ("", "l--oooooo"),
    "compounds:definitions": ("", "ooooooooo"),
    "compounds:compound": ("compound", "ooooooooo"),
    "compounds:facts": ("compound", "l--oo---o"),
    "compounds:withdraw": ("fact", "l--oo---o"),
}


def arguments(city):
    compound = Area.objects.get(pk=city.arguments["compound"][0])
    return {"fact": [compound.pk, fact(compound, "guard", present=False, at=factories.AT).pk]}
