"""The arithmetic of a result, against sums made with a pencil."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youwo.evaluation.sums import Asked, Heard, Voice, added_up, level, share

THREE = Asked("来没来", ("从不", "有时", "每回"))
FOUR = Asked("办成没有", ("没有", "一半", "大多", "都"))
WEIGHTS = [("self", 10), ("public", 30), ("community", 40), ("department", 20)]


def heard(*steps, asked=THREE):
    return Heard([Voice({asked: step}) for step in steps])


def by_viewpoint(sums):
    return {row["viewpoint"]: row for row in sums["viewpoints"]}


def test_a_voice_is_the_mean_of_its_answers():
    assert share(Voice({THREE: 1, FOUR: 3})) == Fraction(3, 4)


def test_a_question_that_cannot_be_said_is_left_out_of_the_mean():
    assert share(Voice({THREE: 1, FOUR: None})) == Fraction(1, 2)


def test_a_voice_that_can_say_nothing_is_none():
    assert share(Voice({THREE: None})) is None


def test_a_result_is_the_mean_by_weight():
    views = {
        "self": heard(2),
        "public": heard(2, 1, 0),
        "community": heard(1),
        "department": heard(2),
    }
    tenths, sums = added_up(WEIGHTS, views)
    # 10 × 100.0 + 30 × 50.0 + 40 × 50.0 + 20 × 100.0 = 6,500 hundredths of 100
    assert (tenths, sums["whole"]) == (650, 100)


def test_missing_viewpoints_leave_the_weights_of_the_others_to_count_for_the_whole():
    tenths, sums = added_up(WEIGHTS, {"self": heard(2), "community": heard(1)})
    # (10 × 100.0 + 40 × 50.0) ÷ 50
    assert (tenths, sums["whole"], sums["all"]) == (600, 50, 100)


def test_a_missing_viewpoint_says_why():
    _tenths, sums = added_up(WEIGHTS, {"community": Heard(why="missed")})
    rows = by_viewpoint(sums)
    assert (rows["community"]["why"], rows["self"]["why"]) == ("missed", "nobody")


def test_two_residents_are_neither_shown_nor_counted():
    tenths, sums = added_up(WEIGHTS, {"public": heard(0, 0), "community": heard(2)})
    row = by_viewpoint(sums)["public"]
    assert (tenths, row["why"], row["voices"], row["questions"]) == (1000, "few", 0, [])


def test_three_residents_count():
    _tenths, sums = added_up(WEIGHTS, {"public": heard(0, 1, 2)})
    row = by_viewpoint(sums)["public"]
    assert (row["tenths"], row["voices"]) == (500, 3)


def test_residents_who_cannot_say_do_not_make_up_the_three():
    _tenths, sums = added_up(WEIGHTS, {"public": heard(0, 1, None)})
    assert by_viewpoint(sums)["public"]["why"] == "few"


def test_nobody_at_all_gives_no_result():
    tenths, sums = added_up(WEIGHTS, {})
    assert (tenths, sums["whole"]) == (None, 0)


def test_steps_are_counted_as_they_were_chosen():
    voices = [Voice({THREE: step, FOUR: 3}) for step in (0, 2, 2, None)]
    _tenths, sums = added_up(WEIGHTS, {"public": Heard(voices)})
    assert by_viewpoint(sums)["public"]["questions"][0] == {
        "text": "来没来",
        "steps": ["从不", "有时", "每回"],
        "chosen": [1, 0, 2],
        "unsaid": 1,
    }


def test_words_of_few_residents_are_not_kept_in_the_sums():
    views = {"public": Heard([Voice({THREE: 2}, "小李来的")])}
    assert by_viewpoint(added_up(WEIGHTS, views)[1])["public"]["words"] == []


@pytest.mark.parametrize(
    ("tenths", "words"), [(1000, "好"), (850, "好"), (849, "较好"), (0, "一般"), (None, "")]
)
def test_levels_begin_at_their_least(tenths, words):
    assert level([[85, "好"], [70, "较好"], [0, "一般"]], tenths) == words


steps = st.lists(st.one_of(st.none(), st.integers(0, 2)), max_size=6)


@settings(deadline=None)
@given(st.fixed_dictionaries({name: steps for name, _weight in WEIGHTS}))
def test_the_sums_that_are_shown_give_the_result(chosen):
    tenths, sums = added_up(WEIGHTS, {name: heard(*said) for name, said in chosen.items()})
    counting = [row for row in sums["viewpoints"] if row["tenths"] is not None]
    assert sums["whole"] == sum(row["weight"] for row in counting)
    if counting:
        exact = Fraction(sum(row["weight"] * row["tenths"] for row in counting), sums["whole"])
        assert abs(tenths - exact) <= Fraction(1, 2)
        assert min(r["tenths"] for r in counting) <= tenths <= max(r["tenths"] for r in counting)
    else:
        assert tenths is None
