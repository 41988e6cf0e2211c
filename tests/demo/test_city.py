"""The small city: proportions, determinism, live work, and the next day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q

from tests.demo.conftest import NOW, build
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.demo import city, live, signins
from youwo.demo.places import JINSHUI
from youwo.demo.size import CUT_OFF, FULL
from youwo.demo.units import TAX_OFFICE
from youwo.dispatch.models import Whistle
from youwo.evaluation.models import Answer
from youwo.insight import queries
from youwo.journal.queries import history
from youwo.ledger.models import Entry, Kind
from youwo.needs import actions
from youwo.needs.models import Channel, Delivery, Mover, Problem, Status, Wish
from youwo.notices.models import Message, Notice
from youwo.organizations.models import MemberEnrolment, Organization, Pairing, UnitEnrolment
from youwo.organizations.rules import acts_for
from youwo.people.models import Person, Role
from youwo.people.rules import powers
from youwo.service.models import ServiceItem


def quiet(*_):
    pass


def figures(**cut) -> dict[str, int]:
    overview = queries.overview("1408", queries.cut(CUT_OFF, **cut))
    return {figure.definition.name: figure.value for figure in overview.figures}


def test_the_figures_of_a_part_are_that_part_of_the_published_ones(small_city):
    size = FULL.share(small_city.part)
    found = figures()

    assert 180_000 * small_city.part < found.pop("person_times") < 190_000 * small_city.part
    assert found == {
        "enrolled_units": size.units,
        "enrolled_members": size.members,
        "activities": size.activities,
        "deeds": size.deeds,
    }


def test_a_year_before_everything_was_less(small_city):
    overview = queries.overview("1408", queries.cut(CUT_OFF))

    assert [f.definition.name for f in overview.figures if f.past >= f.value] == []


def test_some_facts_were_taken_back_with_a_reason(small_city):
    taken_back = Entry.objects.filter(sign=-1)

    assert taken_back.count() > 0
    assert not taken_back.filter(reason="").exists()


def test_nothing_is_recorded_in_the_future(small_city):
    assert not Entry.objects.filter(recorded_at__gt=NOW).exists()


def test_facts_happen_in_every_county(small_city):
    counties = set(Area.objects.filter(kind=Area.Kind.COUNTY).values_list("code", flat=True))

    assert {code[:6] for code in Entry.objects.values_list("area_id", flat=True)} == counties


def test_a_deed_of_jinshui_opens_down_to_its_wish(small_city):
    deeds = Entry.objects.within(JINSHUI).filter(kind=Kind.DEED, source_label="needs.delivery")
    delivery = Delivery.objects.get(pk=deeds.order_by("occurred_on")[0].source_key)
    verbs = [line.verb for line in history(delivery.wish)]

    assert verbs == ["receive", "publish", "claim", "deliver", "confirm", "call_back"]


def test_a_written_case_is_like_one_that_people_went_through(small_city):
    """Bulk rows and the actions must not drift apart."""
    index = next(n for n, scene in enumerate(live.SCENES) if scene.state == "closed")
    played = Wish.objects.get(pk=small_city.standing[str(index)])
    written = (
        Wish.objects.filter(status=Status.CLOSED, claimed_for__isnull=True)
        .exclude(pk__in=small_city.standing.values())
        .first()
    )
    varying = {
        "id", "reference", "nonce", "community", "compound", "longitude", "latitude", "voice",
        "channel", "recorded_by", "said", "search_terms", "public_title", "public_text",
        "public_person", "public_terms", "kind", "received_at", "since", "published_at",
        "closed_at", "claim", "claimed_by", "appointment",
    }  # fmt: skip
    fields = [f.name for f in Wish._meta.fields if f.name not in varying]

    assert {n: getattr(written, n) for n in fields} == {n: getattr(played, n) for n in fields}
    assert written.claim.state == played.claim.state
    assert written.claim.holder_label == played.claim.holder_label
    entries = [
        Entry.objects.get(
            source_key=actions.standing_delivery(wish).pk, source_label="needs.delivery"
        )
        for wish in (written, played)
    ]
    same = ["kind", "sign", "programme", "served", "counted_how", "confirmed_by"]
    assert len({tuple(getattr(entry, name) for name in same) for entry in entries}) == 1


def test_whoever_calls_back_is_not_who_did_it(small_city):
    deliveries = Delivery.objects.filter(call_back__isnull=False).select_related("call_back")

    assert [d.pk for d in deliveries if d.call_back.by_id in (d.doer_id, d.recorded_by_id)] == []


def test_jinshui_has_wishes_in_every_state(small_city):
    found = set(Wish.objects.within(JINSHUI).values_list("status", flat=True))

    assert found == set(Status.values)


@pytest.mark.parametrize("username", ["worker", "member", "unit"])
def test_a_queue_has_something_late_or_soon(small_city, username):
    person = Person.objects.get(username=username)
    waiting = {
        "worker": Wish.objects.within(JINSHUI).filter(mover=Mover.WORKER),
        "member": Wish.objects.filter(mover=Mover.CLAIMANT, claimed_by=person),
        "unit": Wish.objects.filter(mover=Mover.CLAIMANT, claimed_for__name=TAX_OFFICE),
    }[username]

    assert waiting.filter(due_at__lte=NOW + timedelta(days=1)).exists()
    assert waiting.filter(due_at__gt=NOW + timedelta(days=1)).exists()


def test_a_promise_of_the_first_worker_waits_for_the_second(small_city):
    doer = Person.objects.get(username="worker")
    wish = Wish.objects.get(status=Status.CONFIRMED, claimed_by=doer)

    with pytest.raises(Refused):
        answer(wish, doer)
    answer(wish, Person.objects.get(username="worker2"))
    assert Wish.objects.get(pk=wish.pk).status == Status.CLOSED


def answer(wish, by):
    actions.call_back(wish, came=True, on_time=True, again="yes", words="", by=by, at=NOW)


def test_everybody_signs_in_with_the_password_on_the_screen(small_city):
    found = [authenticate(username=one.username, password=signins.PASSWORD) for one in signins.ALL]

    assert [person.username for person in found if person] == [s.username for s in signins.ALL]


@pytest.mark.parametrize("one", signins.STAFF, ids=[one.username for one in signins.STAFF])
def test_staff_hold_their_role(small_city, one):
    person = Person.objects.get(username=one.username)

    assert powers(person, local_day(NOW)).codes(*Role.values) == [one.area]


def test_the_unit_coordinator_acts_for_the_tax_office(small_city):
    person = Person.objects.get(username="unit")
    office = Organization.objects.get(name=TAX_OFFICE)

    assert acts_for(person, office, local_day(NOW))


def test_everybody_has_an_unread_message(small_city):
    readers = Message.objects.filter(read_at=None).values_list("recipient__username", flat=True)

    assert {one.username for one in signins.ALL} - set(readers) == set()
    assert not Notice.objects.exists()


def test_the_same_seed_gives_the_same_facts(small_city):
    first = facts()
    with transaction.atomic():
        forget_the_city()
        build()
        second = facts()
        transaction.set_rollback(True)

    assert second == first


def facts():
    """What happened, without the keys that a database hands out."""
    names = ("occurred_on", "kind", "area_id", "title", "served", "recorded_at", "sign", "field")
    enrolled = ("reference", "community_id", "starts_on", "ends_on")
    return [
        sorted(map(str, Entry.objects.values_list(*names, "organization__name"))),
        sorted(map(str, MemberEnrolment.objects.values_list(*enrolled, "person__name"))),
        sorted(map(str, UnitEnrolment.objects.values_list(*enrolled, "organization__name"))),
        sorted(map(str, Wish.objects.values_list("public_title", "said", "status", "since"))),
        sorted(map(str, Problem.objects.values_list("title", "status", "since", "compound"))),
        sorted(map(str, ServiceItem.objects.values_list("title", "status", "since", "due_on"))),
        sorted(map(str, Whistle.objects.values_list("title", "status", "since", "due_at"))),
        sorted(map(str, Answer.objects.values_list("sheet__evaluated__person__name", "step"))),
        sorted(map(str, Pairing.objects.values_list("organization__name", "area", "starts_on"))),
    ]


def forget_the_city():
    """Empty every table; append-only ones let go inside a transaction that is rolled back."""
    from django.apps import apps
    from django.db import connection

    from tests.conftest import APPEND_ONLY
    from youwo.core.append_only import refusal_triggers

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys=ON")
            for table in APPEND_ONLY:
                for name in refusal_triggers(table):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        tables = [m._meta.db_table for m in apps.get_models() if m._meta.app_label in OURS]
        if connection.vendor == "sqlite":
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


OURS = {
    "core", "journal", "areas", "almanac", "people", "notices", "organizations", "ledger",
    "turns", "capacity", "needs", "service", "dispatch", "evaluation", "insight",
}  # fmt: skip


def test_on_the_same_day_nothing_changes(small_city):
    later = NOW + timedelta(hours=3)

    assert city.refresh(small_city, now=later, progress=quiet) == small_city


def test_the_next_day_has_fresh_work_and_goes_on_with_history(small_city):
    tomorrow = NOW + timedelta(days=1)
    before = Entry.objects.filter(source_label="demo.history").count()

    made = city.refresh(small_city, now=tomorrow, progress=quiet)

    assert Wish.objects.filter(received_at__gt=NOW).count() > 5
    assert Entry.objects.filter(source_label="demo.history").count() >= before
    assert city.built() == made
    assert figures()["deeds"] == FULL.share(made.part).deeds


def test_day_by_day_history_becomes_what_one_build_would_have_made(small_city):
    steps = [small_city]
    for days in (1, 3, 30):
        later = NOW + timedelta(days=days)
        steps.append(city.refresh(steps[-1], now=later, progress=quiet))
    day_by_day = past(*steps)
    with transaction.atomic():
        forget_the_city()
        at_once = past(build(now=steps[-1].until))
        transaction.set_rollback(True)

    assert day_by_day == at_once


def past(*steps):
    """When things happened and were recorded, without the live work and the story of Jinshui."""
    played = {key for step in steps for key in step.standing.values()}
    told = Q(wish__in=played) | Q(wish__channel=Channel.HEARING)
    deliveries = Delivery.objects.filter(told).values_list("pk", flat=True)
    live_keys = [str(key) for key in deliveries]
    entries = Entry.objects.exclude(source_label="needs.delivery", source_key__in=live_keys)
    entries = entries.exclude(source_label="service.delivery")
    return sorted(entries.values_list("recorded_at", "occurred_on", "kind", "sign"))


def test_the_next_day_leaves_alone_what_somebody_has_touched(small_city):
    index = next(n for n, scene in enumerate(live.SCENES) if scene.state == "received")
    wish = Wish.objects.get(pk=small_city.standing[str(index)])
    worker = Person.objects.get(username="worker")
    actions.ask(wish, question="几点在家", by=worker, at=NOW + timedelta(minutes=5))

    city.refresh(small_city, now=NOW + timedelta(days=1), progress=quiet)

    assert Wish.objects.get(pk=wish.pk).status == Status.RETURNED


def test_a_database_with_people_is_left_alone(small_city):
    with pytest.raises(Refused):
        build()
