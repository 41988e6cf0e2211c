"""The Chinese catalogues: complete, and true to the source."""

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

import youwo

LOCALE = Path(youwo.__file__).parent / "locale"
LANGUAGES = ["zh_Hans", "zh_Hant"]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdi]|(?<!%)%[sd]|{(\w*)}")


def _catalogue(language):
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES/django.po"))


def _translated(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    missing = [e.msgid for e in _catalogue(language) if not e.obsolete and not all(_translated(e))]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language):
    assert [entry.msgid for entry in _catalogue(language) if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_source(language):
    def names(text):
        return sorted({match.group(0) for match in PLACEHOLDER.finditer(text)})

    wrong = [
        (entry.msgid, text)
        for entry in _catalogue(language)
        for text in _translated(entry)
        if text and names(text) != names(entry.msgid_plural or entry.msgid)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_have_names(language):
    nameless = re.compile(r"(?<!%)%[sd](?![a-z])")

    assert [entry.msgid for entry in _catalogue(language) if nameless.search(entry.msgid)] == []


def test_both_catalogues_hold_the_same_texts():
    hans, hant = (
        {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in _catalogue(language)}
        for language in LANGUAGES
    )

    assert hans == hant


def test_chinese_says_it_quietly():
    loud = [e.msgid for e in _catalogue("zh_Hans") for text in _translated(e) if "！" in text]
    pressing = [e.msgid for e in _catalogue("zh_Hans") for text in _translated(e) if "务必" in text]

    assert (loud, pressing) == ([], [])


@pytest.mark.parametrize(
    ("language", "home"), [("zh-hans", "首页"), ("zh-hant", "首頁"), ("en", "Home")]
)
def test_compiled_catalogue_is_the_one_in_use(language, home):
    with translation.override(language):
        assert gettext("Home") == home


@pytest.mark.parametrize(("language", "days"), [("zh-hans", "3 天"), ("en", "3 days")])
def test_counted_texts_have_their_form(language, days):
    with translation.override(language):
        assert ngettext("%(n)s day", "%(n)s days", 3) % {"n": 3} == days
