from tests.demo.conftest import NOW
from youwo.areas import queries
from youwo.core.clock import local_day
from youwo.demo.places import JINSHUI
from youwo.service.models import Asset
from youwo.turns.models import Turn

TODAY = local_day(NOW)


def test_most_of_the_citys_compounds_are_described(small_city):
    compounds = queries.compounds("1408", TODAY)
    unknown = queries.with_fact(compounds, "property_company", TODAY, present=None)
    assert 0 < unknown.count() < compounds.count() / 4


def test_jinshui_keeps_assets_in_every_state(small_city):
    rows = Asset.objects.within(JINSHUI)
    counts = [
        rows.due(TODAY).exists(),
        rows.expired(TODAY).exists(),
        rows.filter(status="repair").exists(),
        rows.filter(status="retired").exists(),
        rows.kept().filter(received_on__isnull=True).exists(),
        rows.filter(status="in_use", next_inspection_on__gt=TODAY).exists(),
    ]
    assert counts == [True] * 6


def test_what_is_to_be_done_with_them_stands_in_queues(small_city):
    kinds = set(Turn.objects.filter(kind__startswith="asset.").values_list("kind", flat=True))
    assert kinds == {"asset.receive", "asset.inspect", "asset.repair", "asset.replace"}
