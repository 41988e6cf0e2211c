import pytest

from tests.needs.factories import published, received
from youwo.needs import triage
from youwo.needs.defaults import load_outside_matters
from youwo.needs.models import OutsideMatter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("想请人教用手机挂号", "skill"),
        ("家里水龙头漏水，想请人修一修", "service"),
        ("想要一台轮椅", "goods"),
        ("老人想去盐湖边转转", "outing"),
        ("一个人在家，想有人陪着说说话", "company"),
        ("嗯嗯嗯嗯", "service"),
    ],
)
def test_the_kind_is_guessed_from_the_words(words, kind):
    assert triage.kind_of(words) == kind


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("陪诊去医院", "health"),
        ("辅导作业", "learning"),
        ("下水道堵了", "troubles"),
        ("看看我", "visits"),
    ],
)
def test_the_field_is_guessed_from_the_words(words, field):
    assert triage.field_of(words) == field


@pytest.mark.parametrize(
    ("words", "code"),
    [("楼下起 火 了", "fire"), ("我要信访", "petition"), ("想打官司", "court"), ("想学剪纸", None)],
)
def test_what_lies_outside_is_told(words, code):
    load_outside_matters()
    found = triage.outside(words)
    assert (found.code if found else None) == code


def test_the_most_urgent_goes_first():
    load_outside_matters()
    assert triage.outside("我要信访，楼下着火了").code == "fire"


def test_a_rule_of_another_county_does_not_hold_here(jinshui, elsewhere):
    OutsideMatter.objects.create(
        code="x", kind="duty", name="x", words="剪纸", where_to_go="x", area=elsewhere.parent.parent
    )
    assert (
        triage.outside("想学剪纸", jinshui.pk),
        triage.outside("想学剪纸", elsewhere.pk).code,
    ) == (None, "x")


def test_the_usual_list_is_loaded_once():
    assert (load_outside_matters() > 5, load_outside_matters()) == (True, 0)


def test_a_neighbours_twin_is_shown(worker, jinshui, at):
    twin = published(worker, jinshui, at)
    published(worker, jinshui, at, title="想修修漏水的水龙头")
    found = triage.alike("想请人教教用手机挂号", jinshui.pk)
    assert found[0] == twin


def test_what_is_not_public_is_no_twin(jinshui, at):
    received(jinshui, at, said="想请人教教用手机挂号")
    assert triage.alike("想请人教教用手机挂号", jinshui.pk) == []


def test_the_reviewer_sees_unpublished_twins(jinshui, at):
    first = received(jinshui, at, said="想请人教教用手机挂号")
    second = received(jinshui, at, said="想请人教教用手机挂号啊")
    assert triage.alike_for_staff(second) == [first]
