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
        ("想要一个大按键的电话机", "goods"),
        ("老年机坏了，想请人修一修", "service"),
        ("电饭锅坏了，想要一台新的", "goods"),
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


@pytest.mark.parametrize(
    ("words", "telephone"),
    [
        ("厨房煤气漏了，味道很大", "119"),
        ("楼下漏煤气", "119"),
        ("我家漏气了，不敢开灯", "119"),
        ("楼道里一股天然气味", "119"),
        ("燃气泄露，快来人", "119"),
        ("地下室烧起来了", "119"),
        ("有老人晕倒了", "120"),
        ("邻居昏过去叫不醒", "120"),
        ("孩子触电了", "120"),
        ("隔壁有人动刀", "110"),
        ("有人持刀在院里", "110"),
        ("门口砍人了", "110"),
        ("楼顶有人要跳楼", "110"),
        ("老伴最近想不开", "12356"),
        ("她说要轻生", "12356"),
        ("心里难受，想跳楼", "12356"),
    ],
)
def test_an_emergency_is_known_in_common_words(words, telephone):
    load_outside_matters()
    found = triage.outside(words)
    assert found is not None
    assert (found.kind, found.telephone) == ("emergency", telephone)


@pytest.mark.parametrize(
    "words",
    [
        "消防通道被堵，消防车进不来",
        "楼道灯坏了",
        "燃气表换新，什么时候轮到我们楼",
        "想请人查查燃气管有没有漏",
        "煤气罐没气了，想请人帮着换",
        "轮椅的车胎漏气，想请人修一修",
        "暖气片漏水",
        "电梯老是跳楼层",
        "想请人磨刀，菜刀切不动了",
        "电线裸露，怕孩子触电",
        "河边没有护栏，怕孩子溺水",
        "电动车进楼充电，怕自燃，要是着了火整个楼都跑不了",
        "老伴中风以后走不了路，想要一台轮椅",
    ],
)
def test_ordinary_words_are_no_emergency(words):
    load_outside_matters()
    assert triage.outside(words) is None


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
