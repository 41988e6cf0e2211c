import pytest
from django.db import connection, transaction

from tests import factories
from youwo.core.search import matching, terms
from youwo.organizations.models import Organization

pytestmark = pytest.mark.django_db


def text(name, words=None):
    return factories.OrganizationFactory(name=name, search_terms=terms(words or name))


def found(words):
    rows = matching(Organization.objects.order_by("id"), words)
    return [row.name for row in rows]


def test_a_two_character_word_is_found_anywhere_in_a_text():
    text("金税社区楼道灯坏了")
    text("修水管")
    assert found("楼道") == ["金税社区楼道灯坏了"]
    assert found("坏了") == ["金税社区楼道灯坏了"]


def test_a_longer_word_is_found_where_all_of_it_stands():
    text("轮椅坡道")
    text("坡道旁的轮椅")
    assert found("轮椅坡道") == ["轮椅坡道"]


def test_all_words_must_stand_in_the_text():
    text("给老人送轮椅")
    text("给老人送饭")
    assert found("老人 轮椅") == ["给老人送轮椅"]
    assert found("老人，轮椅") == ["给老人送轮椅"]


def test_a_single_character_is_found_wherever_it_stands():
    text("停水")
    text("水管")
    text("喝水难")
    text("停电")
    assert found("水") == ["停水", "水管", "喝水难"]


def test_letters_and_figures_are_words_of_their_own():
    text("3号楼 WiFi 坏了")
    assert found("wifi") == ["3号楼 WiFi 坏了"]
    assert found("3") == ["3号楼 WiFi 坏了"]
    assert found("wif") == []


def test_full_width_letters_are_the_plain_ones():
    text("ＷｉＦｉ坏了")
    assert found("wifi") == ["ＷｉＦｉ坏了"]


def test_rare_characters_are_found():
    text("𠮷家村", "𠮷家村")
    text("吉家村")
    assert found("𠮷家") == ["𠮷家村"]


@pytest.mark.parametrize("words", ["", "  ", "！？", "'", '"', "*", "---", "😀", "\0"])
def test_no_word_keeps_every_row(words):
    text("轮椅")
    assert found(words) == ["轮椅"]


@pytest.mark.parametrize(
    "words",
    [
        '轮椅"',
        "轮椅'",
        "'轮椅'",
        '"轮椅',
        "轮椅 *",
        "轮椅*",
        "轮椅:",
        "轮椅:*",
        "(轮椅",
        "轮椅)",
        "-轮椅",
        "轮椅 ^",
        "轮椅\\",
        "轮椅 !",
        "轮椅 & |",
        "轮椅; DROP TABLE x",
        "NEAR(轮椅)",
        "search_terms:轮椅",
        "%轮椅%",
        "轮椅\0",
    ],
)
def test_quotes_and_operators_are_only_signs(words):
    text("轮椅 near search terms drop table x")
    text("拐杖")
    assert found(words) == ["轮椅 near search terms drop table x"]


@pytest.mark.parametrize("words", ["轮椅 OR 拐杖", "轮椅 AND 拐杖", "轮椅 NOT 拐杖"])
def test_words_that_are_operators_elsewhere_are_words(words):
    text("轮椅")
    assert found(words) == []


def test_a_text_that_changes_is_found_by_its_new_words_only():
    row = text("轮椅")
    row.search_terms = terms("拐杖")
    row.save(update_fields=["search_terms"])
    assert (found("轮椅"), found("拐杖")) == ([], ["轮椅"])


def test_a_text_that_is_removed_is_not_found():
    text("轮椅").delete()
    assert found("轮椅") == []


def test_a_very_long_word_can_be_kept_and_found():
    text("长", "a" * 5000)
    assert found("a" * 5000) == ["长"]


def test_a_very_long_question_is_no_error():
    text("轮椅")
    assert found("轮椅" * 3000) == []


def test_each_piece_is_kept_once():
    assert terms("轮椅 轮椅", "轮椅") == "轮椅 椅"


def test_search_is_one_query(django_assert_num_queries):
    text("轮椅")
    with django_assert_num_queries(1):
        found("轮椅 给老人送")


def test_search_can_be_narrowed_and_counted():
    text("轮椅甲")
    text("轮椅乙")
    rows = matching(Organization.objects.filter(name="轮椅乙"), "轮椅")
    assert rows.count() == 1


def test_search_uses_its_index():
    rows = matching(Organization.objects.only("id").order_by(), "轮椅")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain()
    index = "organizations_organization_search_terms"
    assert index in plan or "VIRTUAL TABLE INDEX" in plan
