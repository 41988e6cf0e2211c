"""The whole city holds exactly what the city has published."""

from __future__ import annotations

from tests.demo.conftest import build
from youwo.core.models import Horizon
from youwo.demo.size import CUT_OFF
from youwo.insight import queries
from youwo.insight.actions import HORIZON
from youwo.journal.models import Line
from youwo.journal.queries import verify
from youwo.ledger.models import Entry, Kind


def test_the_published_figures(db):
    build(seed=1408, part=1.0)

    overview = queries.overview("1408", queries.cut(CUT_OFF))
    figures = {figure.definition.name: figure.value for figure in overview.figures}

    assert 180_000 < figures.pop("person_times") < 190_000
    assert figures == {
        "enrolled_units": 1_227,
        "enrolled_members": 34_000,
        "activities": 1_962,
        "deeds": 2_176,
    }
    # Counted without the rollups, the ledger says the same, and the rollups have all of it.
    entries = Entry.objects.between(queries.cut(CUT_OFF).since, CUT_OFF).standing()
    assert entries.filter(kind=Kind.DEED).count() == 2_176
    assert Horizon.objects.get(name=HORIZON).read_to == Entry.objects.latest("pk").pk
    # The most recent deeds open down to a real case, and the journal is sealed to its end.
    recent = Entry.objects.standing().filter(kind=Kind.DEED).order_by("-occurred_on", "-pk")[:300]
    assert {entry.source_label for entry in recent} == {"needs.delivery", "service.delivery"}
    assert verify() == []
    assert Horizon.objects.get(name="journal.seals").read_to == Line.objects.latest("pk").pk
