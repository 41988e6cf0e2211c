import pytest

from youwo.areas import rules


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("金税社区居委会", "金税社区"),
        ("金税社区居民委员会", "金税社区"),
        ("华毓居委会", "华毓社区"),
        ("东柏台村委会", "东柏台村"),
        ("东柏台村民委员会", "东柏台村"),
        ("沟西村村委会", "沟西村"),
        ("永济监狱虚拟社区", "永济监狱虚拟社区"),
        ("北城街道", "北城街道"),
    ],
)
def test_a_short_name_is_what_people_say(official, short):
    assert rules.short_name(official) == short


@pytest.mark.parametrize(
    ("code", "kind"),
    [("1408", "city"), ("140802", "county"), ("140802005", "town"), ("140802005022", "community")],
)
def test_the_length_of_a_code_tells_the_kind_of_place(code, kind):
    assert rules.kind_of(code) == kind


@pytest.mark.parametrize("code", ["", "14", "14080x", "１４０８", "140802005022-0001"])
def test_other_text_is_no_official_code(code):
    assert rules.kind_of(code) is None


def test_the_codes_above_a_compound_are_in_its_code():
    assert rules.codes_above("140802005022-0001") == [
        "1408",
        "140802",
        "140802005",
        "140802005022",
        "140802005022-0001",
    ]


@pytest.mark.parametrize("code", ["", "9999", "999999", "0408", "²408", "14-8"])
def test_what_no_place_can_have_is_no_code(code):
    assert rules.kind_of(code) is None
