"""Filters and tags that every template uses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from youwo.core.paging import Page
from youwo.web.templatetags import youwo as tags
from youwo.web.time_words import Now

CITY = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 6, 3, 9, 12, tzinfo=CITY)


@pytest.fixture(autouse=True)
def _now_in_chinese(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    with translation.override("zh-hans"):
        yield


def render(text, path="/", **context):
    request = RequestFactory().get(path)
    return Template(text).render(Context({"request": request, **context})).strip()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, "今天 09:12"),
        (datetime(2025, 6, 4, 17, 30, tzinfo=CITY), "明天 17:30"),
        (datetime(2025, 6, 2, 0, 5, tzinfo=CITY), "昨天 00:05"),
        (datetime(2025, 6, 9, 9, 12, tzinfo=CITY), "6 月 9 日 09:12"),
        (datetime(2024, 12, 31, 23, 59, tzinfo=CITY), "2024 年 12 月 31 日 23:59"),
        (None, ""),
    ],
)
def test_moment_is_said_as_people_say_it(at, words):
    assert tags.moment(at) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=30), "刚刚"),
        (timedelta(minutes=5), "5 分钟前"),
        (timedelta(hours=2, minutes=50), "2 小时前"),
        (timedelta(days=3), "3 天前"),
        (timedelta(days=20), "5 月 14 日"),
    ],
)
def test_since_is_said_in_one_unit(ago, words):
    assert tags.since(NOW - ago) == words


@pytest.mark.parametrize(
    ("left", "kind", "words"),
    [
        (timedelta(minutes=-40), "late", "超时 40 分钟"),
        (timedelta(0), "late", "超时 1 分钟"),
        (timedelta(hours=8), "due", "今天 17:12"),
        (timedelta(days=1), "due", "明天 09:12"),
        (timedelta(days=3), "", "还有 3 天"),
    ],
)
def test_due_is_said_in_words_and_not_by_colour_alone(left, kind, words):
    assert Now(NOW).due(NOW + left) == (kind, words)


def test_due_chip_is_left_out_where_nothing_is_due():
    assert render("{% due_chip due %}", due=None) == ""


def test_due_chip_carries_its_moment():
    assert 'datetime="2025-06-03T17:30:00+08:00"' in render(
        "{% due_chip due %}", due=datetime(2025, 6, 3, 17, 30, tzinfo=CITY)
    ).replace("\n", "")


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 分钟"), (120, "2 小时"), (280, "4 小时 40 分")]
)
def test_minutes_are_said_as_hours(minutes, words):
    assert tags.lasting(minutes) == words


def test_day_of_this_year_leaves_the_year_out():
    assert tags.day(date(2025, 4, 30)) == "4 月 30 日"
    assert tags.day(date(2024, 4, 30)) == "2024 年 4 月 30 日"
    assert tags.day(None) == ""


def test_day_of_a_moment_is_that_of_the_city():
    # Half past midnight in the city is still the day before in Greenwich.
    early = datetime(2025, 6, 2, 16, 30, tzinfo=UTC)
    assert Now(NOW).day(early) == Now(NOW).day(date(2025, 6, 3))


def test_numbers_are_grouped():
    assert (tags.number(183412), tags.number(0), tags.number(None)) == ("183,412", "0", "")


def test_reference_is_grouped():
    assert tags.reference("WK3F9QXD4") == "WK3-F9Q-XD4"


def test_icon_says_nothing_to_screen_readers():
    assert 'aria-hidden="true"' in render('{% icon "home" %}')


@pytest.mark.parametrize("name", ["no-such-icon", "../../../youwo", "home.svg", ""])
def test_unknown_icon_is_refused(name):
    with pytest.raises(LookupError):
        tags.icon(name)


def test_changing_a_filter_goes_back_to_the_first_page():
    assert render("{% url_keep kind='goods' %}", "/?q=%E7%81%AF&cursor=x") == (
        "?q=%E7%81%AF&amp;kind=goods"
    )


def test_turning_the_page_keeps_the_filters():
    assert render("{% url_keep cursor='y' %}", "/?kind=goods") == "?kind=goods&amp;cursor=y"


def test_filter_can_be_taken_away():
    assert render("{% url_keep kind='' %}", "/?kind=goods") == "?"


def test_address_that_does_not_exist_is_nothing():
    assert render("{% url_if 'no:where' as it %}[{{ it }}]") == "[]"


@pytest.mark.parametrize(
    ("path", "mark"),
    [("/wishes/", ' aria-current="page"'), ("/wishes/W1/", ' aria-current="true"'), ("/x/", "")],
)
def test_tab_of_the_open_page_is_marked(path, mark):
    assert f"a{mark}." == render("a{% current '/wishes/' %}.", path)


def test_home_is_marked_on_its_own_page_only():
    assert render("a{% current '/' %}.", "/wishes/") == "a."


def test_pages_lead_on_and_back_with_the_filters():
    html = render("{% pages page %}", "/?kind=goods", page=Page([], "later", "earlier"))

    assert 'href="?kind=goods&amp;cursor=later"' in html
    assert 'href="?kind=goods&amp;cursor=earlier"' in html


def test_single_page_leads_nowhere():
    assert "href" not in render("{% pages page %}", page=Page([], None, None))


class WishForm(forms.Form):
    said = forms.CharField(label="您想要什么", help_text="一两句就行", widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="哪一类", choices=[("a", "物件"), ("b", "帮忙")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="同意")
    note = forms.CharField(label="备注", required=False)


def test_field_ties_label_hint_and_error_to_its_control():
    html = render("{% field form.said rows=4 inputmode='text' %}", form=WishForm({}))

    assert '<label for="id_said"' in html
    assert 'aria-describedby="id_said_hint id_said_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_said_hint">一两句就行' in html
    assert 'id="id_said_error"' in html
    assert 'rows="4"' in html
    assert 'inputmode="text"' in html


def test_choices_are_a_named_group():
    html = render("{% field form.kind %}", form=WishForm())

    assert html.count("<fieldset") == 1
    assert html.count("<legend") == 1
    assert html.count('type="radio"') == 2


def test_tick_box_stands_in_its_label():
    html = render("{% field form.agreed %}", form=WishForm())

    assert '<label class="choice" for="id_agreed">' in html


def test_field_says_that_it_may_stay_empty():
    assert "（选填）" in render("{% field form.note %}", form=WishForm())
    assert "（选填）" not in render("{% field form.said %}", form=WishForm())


def test_problems_link_to_their_fields():
    html = render("{% problems form %}", form=WishForm({}))

    assert 'href="#id_said"' in html
    assert 'href="#id_kind' in html


def test_problems_stay_away_where_there_are_none():
    assert render("{% problems form %}", form=WishForm()) == ""


def test_typed_text_is_escaped():
    html = render("{% field form.note %}", form=WishForm({"note": '"><b>x</b>'}))

    assert "<b>" not in html


def test_unknown_tag_is_an_error():
    with pytest.raises(TemplateSyntaxError):
        Template("{% field %}")
