"""Whatever is done to assets in whatever order: sums stay, and a turn stands where one is due."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.service.asset_factories import brought, compound, share
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.service import upkeep
from youwo.service.actions import assets
from youwo.service.models import ASSET_MOVES, Asset
from youwo.turns.models import Turn

DELIVERED = Decimal(40)


class Assets(RuleBasedStateMachine):
    """A worker does everything with 40 bins and their parts, in any order."""

    def __init__(self):
        super().__init__()
        jinshui = factories.community("140802005022", "金税社区")
        self.worker = factories.granted("worker", jinshui)
        self.keeper = factories.OrganizationFactory()
        self.at = factories.AT.replace(year=2025, month=6, day=3)
        self.places = [compound(jinshui, number, f"{number}号院") for number in (1, 2)]
        self.delivery = brought(self.worker, jinshui, self.at)
        self.goods = self.delivery.goods.get()

    def some(self, number):
        rows = list(Asset.objects.order_by("pk"))
        return rows[number % len(rows)]

    @property
    def any_yet(self):
        return Asset.objects.exists()

    def tried(self, act, *args, **kwargs):
        try:
            return act(*args, by=self.worker, at=self.at, **kwargs)
        except Refused:
            return None

    @rule(quantity=st.integers(0, 50), place=st.integers(0, 1), months=st.sampled_from([None, 1]))
    def hand_over(self, quantity, place, months):
        left = DELIVERED - upkeep.handed_on([self.goods]).get(self.goods.pk, Decimal())
        shares = [share(self.delivery, self.places[place], quantity, inspect_every_months=months)]
        on = local_day(self.at)
        made = self.tried(assets.hand_over, self.delivery, shares=shares, on=on)
        assert bool(made) == (0 < quantity <= left)

    @precondition(lambda self: self.any_yet)
    @rule(number=st.integers(0, 9), quantity=st.integers(0, 41), keeps=st.booleans())
    def split(self, number, quantity, keeps):
        asset = self.some(number)
        made = self.tried(
            assets.split,
            asset,
            quantity=Decimal(quantity),
            area=self.places[1],
            place="",
            organization=self.keeper if keeps else None,
            nonce=uuid4(),
        )
        assert bool(made) == (
            asset.status in ASSET_MOVES["split"] and 0 < quantity < asset.quantity
        )

    @precondition(lambda self: self.any_yet)
    @rule(number=st.integers(0, 9), keeps=st.booleans())
    def move(self, number, keeps):
        asset = self.some(number)
        keeper = self.keeper if keeps else None
        made = self.tried(assets.move, asset, area=self.places[0], place="", organization=keeper)
        assert bool(made) == (asset.status in ASSET_MOVES["move"])

    @precondition(lambda self: self.any_yet)
    @rule(number=st.integers(0, 9))
    def receive(self, number):
        asset, on = self.some(number), local_day(self.at)
        made = self.tried(assets.receive, [asset], how="signature", receiver="张", on=on)
        assert bool(made) == (asset.is_kept and not asset.is_received)

    @precondition(lambda self: self.any_yet)
    @rule(number=st.integers(0, 9), sound=st.booleans())
    def inspect(self, number, sound):
        asset, on = self.some(number), local_day(self.at)
        made = self.tried(assets.inspect, asset, on=on, sound=sound, note="松了", nonce=uuid4())
        verb = "find_sound" if sound else "find_broken"
        assert bool(made) == (asset.status in ASSET_MOVES[verb])

    @precondition(lambda self: self.any_yet)
    @rule(number=st.integers(0, 9))
    def repair(self, number):
        asset = self.some(number)
        made = self.tried(assets.repair, asset, note="")
        assert bool(made) == (asset.status in ASSET_MOVES["repair"])

    @precondition(lambda self: self.any_yet)
    @rule(number=st.integers(0, 9))
    def retire(self, number):
        asset = self.some(number)
        made = self.tried(assets.retire, asset, reason="报废")
        assert bool(made) == (asset.status in ASSET_MOVES["retire"])

    @rule(days=st.integers(1, 40))
    def wait(self, days):
        self.at += timedelta(days=days)
        upkeep.remind(self.at)

    @invariant()
    def no_more_than_was_delivered(self):
        assert upkeep.handed_on([self.goods]).get(self.goods.pk, Decimal()) <= DELIVERED

    @invariant()
    def what_must_be_done_is_somebodys_turn(self):
        found = {
            (int(key), kind)
            for key, kind in Turn.objects.filter(subject_label="service.asset").values_list(
                "subject_key", "kind"
            )
        }
        wanted = {
            (asset.pk, turn.kind)
            for asset in Asset.objects.select_related("area")
            for turn in upkeep.turns_of(asset, self.at)
        }
        assert found == wanted


@pytest.mark.django_db(transaction=False)
def test_any_order_of_acts_keeps_the_sum_and_the_queue():
    from django.db import transaction

    class Fresh(Assets):
        """Each run in a savepoint of its own, so that none sees another's rows."""

        def __init__(self):
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
