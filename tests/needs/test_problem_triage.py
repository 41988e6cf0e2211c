"""The kind of a problem and its twins, as its words tell."""

import pytest

from tests import factories
from tests.needs.problem_factories import accepted, kind, reported
from youwo.needs import triage
from youwo.needs.defaults import load_problem_kinds

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("3号楼门口的路灯不亮", "lamp"),
        ("楼道里堆满了杂物", "corridor-pile"),
        ("下水道堵了往外反水", "sewer"),
        ("家里暖气不热才十五度", "heating"),
        ("有人把电动车上楼充电", "bike-upstairs"),
        ("院里的垃圾桶不够用", "bins"),
        ("消防通道被车堵住了", "fire-lane"),
    ],
)
def test_the_usual_catalogue_knows_what_people_say(said, code):
    load_problem_kinds()
    assert triage.problem_kind_of(said, rural=False).pk == code


def test_villages_have_kinds_of_their_own():
    load_problem_kinds()
    assert triage.problem_kind_of("机井坏了没法浇地", rural=True).pk == "irrigation"
    assert triage.problem_kind_of("机井坏了没法浇地", rural=False) is None


def test_words_that_say_nothing_have_no_kind():
    kind()
    assert triage.problem_kind_of("你好", rural=False) is None


def test_nearly_the_same_words_are_twins(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    assert triage.alike_problems("门口路灯不亮了", jinshui.pk) == [problem]


def test_a_few_characters_have_no_twins(worker, jinshui, at):
    accepted(worker, jinshui, at)
    assert triage.alike_problems("路灯", jinshui.pk) == []


def test_another_community_has_no_twins(worker, jinshui, elsewhere, at):
    accepted(worker, jinshui, at)
    assert triage.alike_problems("门口路灯不亮了", elsewhere.pk) == []


def test_the_same_compound_and_kind_bring_twins_nearer(jinshui, at):
    compound = factories.area(f"{jinshui.pk}-0001", "税苑小区")
    problem = reported(jinshui, at, said="楼下黑得看不见路了", compound=compound).problem
    said = "看不见路，晚上太黑"
    assert triage.alike_problems(said, jinshui.pk) == []
    assert triage.alike_problems(said, jinshui.pk, compound=compound.pk, kind=problem.kind_id) == [
        problem
    ]


def test_staff_are_shown_twins_of_all_voices(jinshui, at):
    problem = reported(jinshui, at, said="地下车库一片漆黑").problem
    twin = reported(jinshui, at, said="3号楼门口路灯不亮").problem
    assert triage.twins_for_staff(problem, ["3号楼门口的路灯不亮了"]) == [twin]
