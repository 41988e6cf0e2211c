from datetime import date
from threading import Barrier

import pytest
from django.db import transaction

from tests import factories
from tests.side_by_side import each_at_once
from youwo.areas import actions, queries
from youwo.areas.models import Area
from youwo.core.refused import Refused
from youwo.journal.models import Line

ON = date(2025, 7, 1)


def compound(jinshui, at, name="税苑小区"):
    return actions.add_compound(jinshui, name=name, by=None, at=at)


def test_compounds_are_numbered_below_their_community(jinshui, at):
    first, second = compound(jinshui, at), compound(jinshui, at, "金税花园")
    assert (first.code, second.code) == ("140802005022-0001", "140802005022-0002")
    assert (first.kind, first.parent) == ("compound", jinshui)


def test_adding_a_compound_is_journalled(jinshui, worker, at):
    added = actions.add_compound(jinshui, name="税苑小区", by=worker, at=at)
    line = Line.objects.get()
    assert (line.verb, line.target_key, line.actor_key) == ("add", added.code, str(worker.pk))


def test_a_number_is_not_given_again(jinshui, at):
    ended = compound(jinshui, at)
    actions.end(ended, on=ON, successor=None, by=None, at=at)
    assert compound(jinshui, at).code == "140802005022-0002"


@pytest.mark.parametrize("name", ["", "  ", "苑" * 61, "税苑 小区"])
def test_a_compound_needs_a_name_of_its_own(jinshui, at, name):
    compound(jinshui, at, "税苑 小区")
    with pytest.raises(Refused) as refused:
        compound(jinshui, at, name)
    assert refused.value.field == "name"


def test_only_a_community_has_compounds(jinshui, at):
    with pytest.raises(Refused):
        compound(jinshui.parent, at)


def test_a_community_that_ended_takes_no_compounds(jinshui, at):
    actions.end(jinshui, on=ON, successor=None, by=None, at=at)
    with pytest.raises(Refused):
        compound(jinshui, at)


def test_people_who_add_compounds_at_once_get_different_numbers(shared_database, at):
    jinshui = factories.community("140802005022", "金税社区")
    added = each_at_once(lambda number: compound(jinshui, at, f"{number}号院").code, list(range(6)))
    assert sorted(added) == [f"140802005022-{number:04d}" for number in range(1, 7)]


def test_without_the_lock_two_would_take_the_same_number(shared_database, at, monkeypatch):
    jinshui = factories.community("140802005022", "金税社区")
    both_have_read = Barrier(2)
    create = Area.objects.create

    def create_together(**values):
        both_have_read.wait(20)
        return create(**values)

    monkeypatch.setattr(Area.objects, "select_for_update", lambda **_: Area.objects.all())
    monkeypatch.setattr(Area.objects, "create", create_together)
    # On SQLite the immediate transaction is the lock.
    monkeypatch.setattr(actions, "add_compound", actions.add_compound.__wrapped__)
    added = each_at_once(lambda number: compound(jinshui, at, f"{number}号院"), [1, 2])
    assert sorted(type(each).__name__ for each in added) == ["Area", "IntegrityError"]


def test_a_code_ends_and_points_to_its_successor(jinshui, elsewhere, worker, at):
    new = factories.community("140802005099", "金税新社区")
    actions.end(jinshui, on=ON, successor=new, by=worker, at=at)
    jinshui.refresh_from_db()
    assert (jinshui.valid_to, jinshui.successor) == (ON, new)
    line = Line.objects.get()
    assert (line.verb, line.data) == ("end", {"on": "2025-07-01", "successor": "140802005099"})


def test_a_code_is_in_force_until_the_day_before_its_end(jinshui, at):
    actions.end(jinshui, on=ON, successor=None, by=None, at=at)
    assert Area.objects.valid(date(2025, 6, 30)).filter(pk=jinshui.pk).exists()
    assert not Area.objects.valid(ON).filter(pk=jinshui.pk).exists()


def test_a_code_ends_once(jinshui, at):
    actions.end(jinshui, on=ON, successor=None, by=None, at=at)
    with pytest.raises(Refused):
        actions.end(jinshui, on=ON, successor=None, by=None, at=at)


def test_a_code_cannot_end_before_it_begins(jinshui, at):
    Area.objects.filter(pk=jinshui.pk).update(valid_from=ON)
    with pytest.raises(Refused) as refused:
        actions.end(jinshui, on=ON, successor=None, by=None, at=at)
    assert refused.value.field == "on"


def test_a_town_with_communities_in_force_does_not_end(jinshui, at):
    with pytest.raises(Refused):
        actions.end(jinshui.parent, on=ON, successor=None, by=None, at=at)


def test_a_town_ends_after_its_communities(jinshui, at):
    actions.end(jinshui, on=ON, successor=None, by=None, at=at)
    assert actions.end(jinshui.parent, on=ON, successor=None, by=None, at=at).valid_to == ON


@pytest.mark.parametrize("kind", ["itself", "other kind", "ended", "not begun", "back"])
def test_a_successor_must_take_the_place_over(jinshui, elsewhere, at, kind):
    successor = {"itself": jinshui, "other kind": jinshui.parent}.get(kind, elsewhere)
    if kind == "ended":
        Area.objects.filter(pk=elsewhere.pk).update(valid_to=date(2025, 6, 1))
    if kind == "not begun":
        Area.objects.filter(pk=elsewhere.pk).update(valid_from=date(2026, 6, 1))
    if kind == "back":
        Area.objects.filter(pk=elsewhere.pk).update(valid_to=date(2026, 1, 1), successor=jinshui)
    with pytest.raises(Refused) as refused:
        actions.end(jinshui, on=ON, successor=successor, by=None, at=at)
    assert refused.value.field == "successor"


def test_spans_follow_chains_of_changed_codes(jinshui, elsewhere, at):
    first = factories.community("140802005001", "老社区")
    second = factories.community("140802004001", "中社区")
    actions.end(first, on=date(2024, 1, 1), successor=second, by=None, at=at)
    actions.end(second, on=ON, successor=elsewhere, by=None, at=at)
    assert queries.spans(elsewhere.code) == [elsewhere.code, second.code, first.code]
    assert queries.spans("140881") == ["140881", second.code, first.code]


def test_spans_leave_out_predecessors_that_lie_inside(jinshui, at):
    old = factories.community("140802005001", "老社区")
    actions.end(old, on=ON, successor=jinshui, by=None, at=at)
    assert queries.spans("140802") == ["140802"]
    assert queries.spans(jinshui.code) == [jinshui.code, old.code]


def test_spans_of_a_place_hold_rows_of_its_predecessors(jinshui, elsewhere, at):
    actions.end(jinshui, on=ON, successor=elsewhere, by=None, at=at)
    found = Area.objects.filter(queries.lying_in("140881001", "code"))
    assert set(found) == {jinshui, elsewhere, elsewhere.parent}


def test_spans_cost_a_query_only_once_a_minute(jinshui, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.spans("1408")
    with django_assert_num_queries(0):
        queries.spans("140802")


def test_an_end_that_is_taken_back_leaves_no_trace_in_the_process(jinshui, elsewhere, at):
    with transaction.atomic():
        actions.end(jinshui, on=ON, successor=elsewhere, by=None, at=at)
        transaction.set_rollback(True)
    assert queries.spans(elsewhere.code) == [elsewhere.code]
