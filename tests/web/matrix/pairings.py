"""Who may open the pages of pairings, households and plans."""

import uuid

from tests import factories
from tests.organizations.factories import HouseholdPairingFactory, PairingFactory
from youwo.organizations.models import Adoption, Organization, Plan, Proposed

PAGES = {
    "pairings:index": ("", "l-ooooooo"),
    "pairings:export": ("", "l-ooooooo"),
    "pairings:new": ("", "l--oooo-o"),
    "pairings:without": ("", "l--oooooo"),
    "pairings:export-without": ("", "l--oooooo"),
    "pairings:map": ("", "l--oooooo"),
    "pairings:points": ("", "l--oooooo"),
    "pairings:plans": ("", "l---o-o-o"),
    "pairings:new-plan": ("", "l---o-o-o"),
    "pairings:plan": ("plan", "l---o---o"),
    "pairings:plan-units": ("plan", "l---o---o"),
    "pairings:export-plan": ("plan", "l---o---o"),
    "pairings:print-plan": ("plan", "l---o---o"),
    "pairings:again": ("plan", "l---x-x-x"),
    "pairings:drop": ("plan", "l---x-x-x"),
    "pairings:adopt": ("plan", "l---x-x-x"),
    "pairings:place": ("proposed", "l---o---o"),
    "pairings:undo": ("adoption", "l---x-x-x"),
    "pairings:pairing": ("pairing", "l-ooo--oo"),
    "pairings:end": ("pairing", "l-xxxxxxx"),
    "pairings:void": ("pairing", "l-xxxxxxx"),
    "pairings:card": ("pairing", "l-ooo--oo"),
    "pairings:check": ("pairing", "ooooooooo"),
    "pairings:households": ("", "l--o-o---"),
    "pairings:new-household": ("", "l--o-o---"),
    "pairings:mine": ("", "loooooooo"),
    "pairings:household": ("household", "l-oo-----"),
    "pairings:contact": ("household", "lxxxxxxxx"),
    "pairings:reveal": ("household", "lxxxxxxxx"),
    "pairings:end-household": ("household", "lxxxxxxxx"),
    "pairings:withdraw": ("household", "lxxxxxxxx"),
}


def arguments(city):
    """One pairing, one household of the member, and one plan of the county."""
    unit = Organization.objects.get(name="市税务局")
    jinshui = unit.enrolments.get().community
    county = jinshui.parent.parent
    member = city.people["member"]
    pairing = PairingFactory(organization=unit, area=jinshui)
    household = HouseholdPairingFactory(person=member, community=jinshui, nonce=uuid.uuid4())
    plan = Plan.objects.create(
        area=county, state="ready", made_at=factories.AT, started_at=factories.AT
    )
    row = Proposed.objects.create(plan=plan, area=jinshui, organization=unit, distance=3)
    adoption = Adoption.objects.create(
        plan=plan, area=county, by=city.people["coordinator"], at=factories.AT
    )
    return {
        "pairing": [pairing.reference],
        "household": [household.pk],
        "plan": [plan.pk],
        "proposed": [row.pk],
        "adoption": [adoption.pk],
    }
