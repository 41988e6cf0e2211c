from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories
from youwo.areas import actions, definitions, queries
from youwo.areas.actions import Told
from youwo.areas.models import Area, CompoundFact, DefinitionChoice
from youwo.core.refused import Refused
from youwo.journal.models import Line

LACKS = ["managing_body", "property_company", "guard", "fence", "cameras"]
THREE_NO = definitions.STATUSES["three_no"][0]
DAY = date(2024, 3, 1)


@pytest.fixture
def compound(jinshui, at):
    return actions.add_compound(jinshui, name="税苑小区", by=None, at=at)


def tell(compound, kind, *, present, on=DAY, at, detail=""):
    return actions.record_facts([Told(compound, kind, present, on, detail)], by=None, at=at)


def lacking(compound, kinds, at, on=DAY):
    actions.record_facts([Told(compound, kind, False, on) for kind in kinds], by=None, at=at)


def judged(compound, on=DAY, definition=THREE_NO):
    return definitions.judge(definition, list(compound.facts.standing()), on)


def test_a_later_fact_ends_the_one_before(compound, at):
    tell(compound, "guard", present=False, at=at)
    tell(compound, "guard", present=True, on=date(2024, 9, 1), at=at, detail="两班")
    assert list(compound.facts.order_by("starts_on").values_list("present", "ends_on")) == [
        (False, date(2024, 9, 1)),
        (True, None),
    ]


def test_an_earlier_fact_ends_where_the_known_one_begins(compound, at):
    tell(compound, "guard", present=True, at=at)
    (earlier,) = tell(compound, "guard", present=False, on=date(2020, 1, 1), at=at)
    assert earlier.ends_on == DAY


def test_what_is_already_known_makes_no_new_fact(compound, at):
    tell(compound, "guard", present=False, at=at)
    assert tell(compound, "guard", present=False, on=date(2024, 5, 1), at=at) == []


def test_another_answer_for_the_same_day_corrects_the_one_before(compound, at):
    (wrong,) = tell(compound, "guard", present=False, at=at)
    tell(compound, "guard", present=True, at=at)
    wrong.refresh_from_db()
    assert wrong.withdrawn_why == "同一天有新的记录，已据此更正。"
    assert [fact.present for fact in CompoundFact.objects.in_force(DAY)] == [True]


def test_two_answers_for_one_day_at_once_leave_the_last(compound, at):
    told = [Told(compound, "guard", present, DAY) for present in (False, True)]
    assert [fact.present for fact in actions.record_facts(told, by=None, at=at)] == [True]


def test_the_journal_says_who_recorded_a_fact(compound, at):
    worker = factories.PersonFactory()
    (fact,) = actions.record_facts([Told(compound, "guard", True, DAY)], by=worker, at=at)
    line = Line.objects.get(verb="record_fact", target_key=str(fact.pk))
    assert (line.actor_key, line.area_code) == (str(worker.pk), compound.pk)


def test_only_compounds_are_described(jinshui, at):
    with pytest.raises(Refused, match="只有小区"):
        tell(jinshui, "guard", present=True, at=at)


def test_a_compound_that_has_ended_is_refused(compound, at):
    Area.objects.filter(pk=compound.pk).update(valid_to=date(2024, 12, 1))
    with pytest.raises(Refused, match="已经停用"):
        tell(compound, "guard", present=True, at=at)


def test_a_day_to_come_is_refused(compound, at):
    with pytest.raises(Refused, match="还没到"):
        tell(compound, "guard", present=True, on=at.date() + timedelta(days=1), at=at)


def test_long_words_are_refused(compound, at):
    with pytest.raises(Refused, match="80个字"):
        tell(compound, "guard", present=True, at=at, detail="长" * 81)


def test_an_unknown_kind_is_a_mistake_of_the_caller(compound, at):
    with pytest.raises(ValueError, match="lift"):
        tell(compound, "lift", present=True, at=at)


def test_a_wrong_entry_is_taken_back_and_the_one_before_holds_again(compound, at):
    (first,) = tell(compound, "guard", present=False, at=at)
    (wrong,) = tell(compound, "guard", present=True, on=date(2024, 9, 1), at=at)
    taken_back = actions.withdraw_fact(wrong, reason=" 记错小区 ", by=None, at=at)
    first.refresh_from_db()
    assert (taken_back.withdrawn_why, first.ends_on) == ("记错小区", None)


@pytest.mark.parametrize("reason", ["", " ", "长" * 201])
def test_taking_back_needs_a_reason(compound, at, reason):
    (fact,) = tell(compound, "guard", present=False, at=at)
    with pytest.raises(Refused):
        actions.withdraw_fact(fact, reason=reason, by=None, at=at)


def test_an_entry_is_taken_back_once(compound, at):
    (fact,) = tell(compound, "guard", present=False, at=at)
    actions.withdraw_fact(fact, reason="记错", by=None, at=at)
    with pytest.raises(Refused, match="已经撤回"):
        actions.withdraw_fact(fact, reason="记错", by=None, at=at)


def test_a_fact_of_an_earlier_moment_is_known_again(compound, at):
    (wrong,) = tell(compound, "guard", present=False, at=at)
    later = at + timedelta(days=1)
    actions.withdraw_fact(wrong, reason="记错", by=None, at=later)
    assert list(CompoundFact.objects.known(at)) == [wrong]
    assert list(CompoundFact.objects.known(later)) == []


def test_many_compounds_are_described_in_as_many_statements_as_one(
    compound, jinshui, at, django_assert_num_queries
):
    others = [actions.add_compound(jinshui, name=f"{n}号院", by=None, at=at) for n in range(2)]
    with django_assert_num_queries(6):
        lacking(compound, LACKS, at)
    with django_assert_num_queries(6):
        actions.record_facts(
            [Told(one, kind, False, DAY) for one in others for kind in LACKS], by=None, at=at
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": DAY, "ends_on": DAY},
        {"withdrawn_reason": "记错", "ends_on": DAY},
        {"starts_on": DAY, "ends_on": date(2024, 4, 1)},
        {"ends_on": None},
    ],
    ids=["ends as it begins", "a reason alone", "the same day twice", "open twice"],
)
def test_the_database_refuses(compound, at, wrong):
    tell(compound, "guard", present=False, at=at)
    row = {"area": compound, "kind": "guard", "present": True, "starts_on": date(2023, 1, 1)}
    row |= {"recorded_at": at, "ends_on": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        CompoundFact.objects.create(**(row | wrong))


def test_a_status_holds_since_the_last_of_its_facts_began(compound, at):
    lacking(compound, LACKS[:-1], at)
    tell(compound, "cameras", present=True, at=at)
    tell(compound, "cameras", present=False, on=date(2024, 6, 1), at=at)
    found = judged(compound, on=date(2024, 7, 1))
    assert (found.holds, found.since) == (True, date(2024, 6, 1))


def test_other_words_for_the_same_answer_do_not_begin_it_anew(compound, at):
    lacking(compound, LACKS, at)
    tell(compound, "guard", present=False, on=date(2024, 8, 1), at=at, detail="门卫室空置")
    assert judged(compound, on=date(2024, 9, 1)).since == DAY


def test_a_status_does_not_hold_before_its_facts(compound, at):
    lacking(compound, LACKS, at)
    found = judged(compound, on=DAY - timedelta(days=1))
    assert (found.holds, found.is_open) == (None, True)


def test_what_is_unknown_leaves_a_status_open(compound, at):
    lacking(compound, LACKS[:-1], at)
    found = judged(compound)
    assert found.holds is None
    assert found.parts[-1].missing == ("cameras",)


def test_one_fact_against_it_rules_a_status_out(compound, at):
    tell(compound, "property_company", present=True, at=at)
    found = judged(compound)
    assert [part.holds for part in found.parts] == [None, False, None]
    assert found.holds is False


def test_a_status_may_need_what_a_compound_has(compound, at):
    tell(compound, "owners_committee", present=True, at=at)
    tell(compound, "property_company", present=False, at=at)
    assert judged(compound, definition=definitions.STATUSES["self_managed"][0]).holds is True


def test_the_first_version_holds_until_the_city_chooses_another(db, at):
    second = definitions.STATUSES["three_no"][1]
    assert queries.definition_in_force("three_no", DAY) == THREE_NO
    actions.choose_definition(second, starts_on=DAY, by=None, at=at)
    assert queries.definition_in_force("three_no", DAY) == second
    assert queries.definition_in_force("three_no", DAY - timedelta(days=1)) == THREE_NO


def test_a_second_choice_for_a_day_replaces_the_first(db, at):
    for definition in definitions.STATUSES["three_no"][1:]:
        actions.choose_definition(definition, starts_on=DAY, by=None, at=at)
    assert DefinitionChoice.objects.get().version == 3


def test_a_choice_of_a_version_that_is_no_more_is_passed_over(db, at):
    DefinitionChoice.objects.create(name="three_no", version=99, starts_on=DAY, recorded_at=at)
    queries.choices.forget()
    assert queries.definition_in_force("three_no", DAY) == THREE_NO


def test_each_status_has_one_version_in_force(db):
    found = [definition.label for definition in queries.definitions_in_force(DAY)]
    assert found == ["three_no v1", "self_managed v1", "no_fire_equipment v1"]


def test_three_no_compounds_of_a_place_are_counted_in_one_query(
    compound, elsewhere, at, django_assert_num_queries
):
    other = actions.add_compound(elsewhere, name="别处小区", by=None, at=at)
    for one in (compound, other):
        lacking(one, LACKS, at)
    queries.successors()
    with django_assert_num_queries(1):
        assert queries.count_with_status("140802", THREE_NO, DAY) == 1


def test_a_compound_is_counted_by_what_held_on_the_day(compound, at):
    lacking(compound, LACKS, at)
    tell(compound, "fence", present=True, on=date(2024, 9, 1), at=at)
    counts = [
        queries.count_with_status("140802", THREE_NO, day)
        for day in (date(2024, 8, 31), date(2024, 9, 1))
    ]
    assert counts == [1, 0]


@given(
    answers=st.dictionaries(st.sampled_from(LACKS), st.booleans()),
    version=st.sampled_from(definitions.STATUSES["three_no"]),
)
@settings(deadline=None)
@pytest.mark.django_db
def test_the_set_and_the_page_judge_alike(answers, version):
    with transaction.atomic():
        compound = factories.area("140802005022-0001", "税苑小区")
        at = factories.AT
        told = [Told(compound, kind, present, DAY) for kind, present in answers.items()]
        actions.record_facts(told, by=None, at=at)
        held = judged(compound, definition=version).holds
        found = {
            holds: queries.with_status(
                queries.compounds("1408", DAY), version, DAY, holds=holds
            ).exists()
            for holds in (True, False, None)
        }
        transaction.set_rollback(True)
    assert found == {True: False, False: False, None: False} | {held: True}


@given(
    days=st.lists(
        st.tuples(st.integers(0, 8), st.booleans(), st.booleans()), min_size=1, max_size=8
    )
)
@settings(deadline=None)
@pytest.mark.django_db
def test_at_every_moment_one_fact_of_a_kind_follows_another(days):
    with transaction.atomic():
        compound = factories.area("140802005022-0001", "税苑小区")
        for offset, present, take_back in days:
            on = DAY + timedelta(days=offset)
            made = tell(compound, "guard", present=present, on=on, at=factories.AT)
            if made and take_back:
                actions.withdraw_fact(made[0], reason="记错", by=None, at=factories.AT)
        chain = list(compound.facts.standing().order_by("starts_on"))
        transaction.set_rollback(True)
    following = [fact.starts_on for fact in chain[1:]]
    assert [fact.ends_on for fact in chain] == [*following, None][: len(chain)]


@pytest.mark.parametrize("present", [True, False, None])
def test_compounds_are_found_by_a_fact(jinshui, at, present):
    made = {
        answer: actions.add_compound(jinshui, name=f"{answer}院", by=None, at=at)
        for answer in (True, False, None)
    }
    for answer in (True, False):
        tell(made[answer], "guard", present=answer, at=at)
    rows = queries.compounds(jinshui.pk, DAY)
    assert list(queries.with_fact(rows, "guard", DAY, present=present)) == [made[present]]
