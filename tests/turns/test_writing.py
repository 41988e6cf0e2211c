"""The turns of an act are written by one statement, whatever its cases had and need."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.side_by_side import at_once, meanwhile, meeting_at, on_postgresql
from tests.turns.factories import wanted
from youwo.core.acts import acting
from youwo.people.models import Person
from youwo.turns import actions
from youwo.turns.models import Turn

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = Person(pk=1), Person(pk=2), Person(pk=3)


def named(at, *references, **kwargs):
    return [wanted(at, reference=reference, **kwargs) for reference in references]


def turns(case):
    """Return the references of a case's turns, in the order of its slots."""
    rows = Turn.objects.filter(subject_label="people.person", subject_key=str(case.pk))
    return list(rows.order_by("slot").values_list("reference", flat=True))


def put(cases):
    """Put the turns of cases, and see that this costs one statement."""
    with CaptureQueriesContext(connection) as captured, acting():
        for case, wished in cases:
            actions.put(case, wished)
    written = [row["sql"] for row in captured if "turns_turn" in row["sql"]]
    assert len(written) == 1, written


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_case_grows_and_shrinks(before, after, at):
    put([(ONE, named(at, *"ABC"[:before])), (TWO, named(at, "Z"))])
    put([(ONE, named(at, *"VWXYZ"[:after]))])
    assert (turns(ONE), turns(TWO)) == (list("VWXYZ"[:after]), ["Z"])


def test_several_cases_move_together(at):
    put([(ONE, named(at, "A", "B", "C")), (TWO, []), (THREE, named(at, "D"))])
    put([(ONE, named(at, "E")), (TWO, named(at, "F", "G")), (THREE, [])])
    assert [turns(case) for case in (ONE, TWO, THREE)] == [["E"], ["F", "G"], []]


def test_cases_of_different_tables_with_the_same_key_are_different(jinshui, at):
    unit = factories.OrganizationFactory()
    put([(Person(pk=unit.pk), named(at, "PERSON", "OTHER")), (unit, named(at, "UNIT"))])
    put([(Person(pk=unit.pk), []), (unit, named(at, "NEXT"))])
    assert list(Turn.objects.values_list("subject_label", "reference")) == [
        ("organizations.organization", "NEXT")
    ]


def test_of_several_words_about_a_case_the_last_one_counts(at):
    put([(ONE, named(at, "A"))])
    put([(ONE, named(at, "B", "C")), (TWO, named(at, "D")), (ONE, []), (ONE, named(at, "E"))])
    assert (turns(ONE), turns(TWO)) == (["E"], ["D"])


def test_where_nobody_is_to_do_anything_all_rows_go(at):
    put([(ONE, named(at, "A", "B")), (TWO, named(at, "C")), (THREE, named(at, "D"))])
    put([(ONE, named(at, "A")), (TWO, named(at, "C"))])
    put([(ONE, []), (TWO, [])])
    assert list(Turn.with_spare.values_list("reference", flat=True)) == ["D"]


def test_a_turn_changes_its_owner(at):
    unit, person = factories.OrganizationFactory(), factories.PersonFactory()
    owners = [
        {"role": "worker"},
        {"role": "", "organization": unit.pk},
        {"role": "", "person": person.pk},
        {"role": "coordinator"},
        {"role": "", "organization": unit.pk},
        {"role": "worker"},
    ]
    for owner in owners:
        put([(ONE, [wanted(at, **owner)])])
        found = Turn.objects.values("role", "organization", "person").get()
        assert found == {"role": "", "organization": None, "person": None, **owner}


@pytest.mark.parametrize(
    "words",
    [
        '李家\'s "三号楼" \\ %s %(at)s $1 ? :a {b} [c]',
        "灯💡不亮 👩‍🚒 𠮷 é",
        "; DROP TABLE turns_turn; --",
        "null",
        "0",
        "",
    ],
)
def test_words_stay_as_they_are(words, at):
    put([(ONE, named(at, "A"))])
    put([(ONE, [wanted(at, title=words, detail=words)])])
    turn = Turn.objects.get()
    assert (turn.title, turn.detail) == (words, words)


def test_several_lines_become_one(at):
    put([(ONE, [wanted(at, title="三号楼\r\n路灯\t不亮")])])
    assert Turn.objects.get().title == "三号楼 路灯 不亮"


def test_all_of_a_turn_is_written_and_renewed(worker, volunteer, elsewhere, at):
    later = at + timedelta(days=1, microseconds=7)
    put([(ONE, named(at, "A", not_persons=(volunteer.pk,)))])
    put(
        [
            (
                ONE,
                [
                    wanted(
                        later,
                        hours=7.25,
                        kind="problem.review",
                        reference="P1",
                        title="路灯",
                        detail="西城",
                        area=elsewhere.pk,
                        not_persons=(worker.pk,),
                        not_organizations=(5, 6),
                    )
                ],
            )
        ]
    )
    row = Turn.objects.values().get()
    row.pop("id")
    assert row == {
        "kind": "problem.review",
        "subject_label": "people.person",
        "subject_key": "1",
        "slot": 0,
        "reference": "P1",
        "title": "路灯",
        "detail": "西城",
        "area_id": elsewhere.pk,
        "role": "worker",
        "organization_id": None,
        "person_id": None,
        "barred": f" person.{worker.pk} unit.5 unit.6 ",
        "since": later,
        "due_at": later + timedelta(hours=7.25),
    }


def test_what_a_case_needs_no_more_is_nobodys_and_says_nothing(volunteer, at):
    unit = factories.OrganizationFactory()
    put(
        [
            (
                ONE,
                [
                    wanted(at),
                    wanted(at, role="", person=volunteer.pk, detail="细节", not_persons=(3,)),
                    wanted(at, role="", organization=unit.pk),
                ],
            )
        ]
    )
    put([(ONE, [wanted(at)])])
    said = ("kind", "reference", "title", "detail", "role", "organization", "person", "barred")
    spare = Turn.with_spare.filter(slot__gt=0).order_by("slot")
    assert list(spare.values_list("slot", *said)) == [
        (1, "", "", "", "", "", None, None, ""),
        (2, "", "", "", "", "", None, None, ""),
    ]
    assert Turn.objects.count() == 1
    assert [list(owner.turns.all()) for owner in (volunteer, unit)] == [[], []]


def test_a_spare_row_is_used_again(at):
    put([(ONE, named(at, "A", "B"))])
    rows = set(Turn.objects.values_list("pk", flat=True))
    put([(ONE, named(at, "A"))])
    put([(ONE, named(at, "C", "D"))])
    assert (set(Turn.with_spare.values_list("pk", flat=True)), turns(ONE)) == (rows, ["C", "D"])


def test_more_turns_than_a_statement_has_parameters_are_written_by_one(at):
    many = [Person(pk=key) for key in range(1, 6001)]
    one, two = named(at, "A"), named(at, "B", "C")
    put((case, one) for case in many)
    put((case, two if case.pk % 2 else []) for case in many)
    assert (Turn.objects.count(), Turn.with_spare.count()) == (6000, 9000)
    put((case, []) for case in many)
    assert Turn.with_spare.count() == 0


def test_what_is_written_without_a_slot_finds_one(at):
    """So the release before writes while it still runs."""
    put([(ONE, named(at, "A", "B"))])
    like = Turn.objects.values().get(slot=0)
    del like["id"], like["slot"]
    Turn.objects.bulk_create(Turn(**{**like, "reference": name}) for name in ("C", "D"))
    assert sorted(turns(ONE)) == ["A", "B", "C", "D"]
    assert Turn.objects.filter(slot__gte=1_000_000).count() == 2

    number = import_module("youwo.turns.migrations.0004_numbered").NUMBER
    for _again in range(2):
        with connection.cursor() as cursor:
            cursor.execute(number)
        rows = Turn.objects.order_by("pk").values_list("reference", "slot")
        assert list(rows) == [("A", 0), ("B", 1), ("C", 2), ("D", 3)]

    put([(ONE, named(at, "E"))])
    assert turns(ONE) == ["E"]


def test_spare_rows_are_deleted_after_a_day(at):
    put([(ONE, named(at, "A", "B")), (TWO, named(at, "C"))])
    put([(ONE, named(at, "D"))])
    actions.forget_spare(at=at + timedelta(days=1))
    assert Turn.with_spare.count() == 3
    actions.forget_spare(at=at + timedelta(days=1, seconds=1))
    assert list(Turn.with_spare.order_by("pk").values_list("reference", flat=True)) == ["D", "C"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_that_write_the_turns_of_a_case_at_once_leave_those_of_one(at):
    ones, twos = named(at, "A", "B"), named(at, "C", "D")
    for _again in range(5):
        assert at_once(lambda: actions.put(ONE, ones), lambda: actions.put(ONE, twos)) == [
            None,
            None,
        ]
        assert turns(ONE) in (["A", "B"], ["C", "D"])
        actions.clear(ONE)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_acts_that_write_the_same_cases_in_another_order_do_not_block_each_other(at):
    one, other = named(at, "A"), named(at, "B")
    forth = [Person(pk=key) for key in range(1, 2001)]
    put_both = meeting_at(actions.put_many)

    def connected(cases):
        connection.ensure_connection()
        put_both(cases)

    assert at_once(
        lambda: connected([(case, one) for case in forth]),
        lambda: connected([(case, other) for case in reversed(forth)]),
    ) == [None, None]
    assert Turn.objects.values("reference").distinct().count() == 1
    assert Turn.objects.count() == 2000


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_spare_row_that_an_act_uses_again_is_not_waited_for_nor_deleted(at):
    put([(ONE, named(at, "A", "B")), (TWO, named(at, "C", "D"))])
    put([(ONE, named(at, "A")), (TWO, named(at, "C"))])
    seen = []

    def forget():
        actions.forget_spare(at=at + timedelta(days=2))
        seen.append(turns(ONE))

    assert meanwhile(lambda: actions.put(ONE, named(at, "E", "F")), forget) == []
    assert (seen, turns(ONE), Turn.with_spare.count()) == ([["A"]], ["E", "F"], 3)
