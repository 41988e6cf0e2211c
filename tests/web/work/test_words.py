"""Every kind of turn has words, and leads to a page that takes its reference."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.urls import reverse

import youwo
from youwo.web.work.words import words_of_turns

WORDS = words_of_turns()
# A kind of turn, as the `waiting` modules of the domains write it.
KIND = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')


@pytest.mark.parametrize("kind", WORDS)
def test_button_and_sentence_lead_to_pages(kind):
    words = WORDS[kind]
    for page in filter(None, (words.page, words.about)):
        assert "REFERENCE" in reverse(page, args=["REFERENCE"])
    assert str(words.sentence) % {"title": "标题"}


@pytest.mark.parametrize("kind", WORDS)
def test_its_icon_is_there(kind):
    drawn = Template("{% icon name %}").render(Context({"name": WORDS[kind].icon}))
    assert drawn.startswith("<svg")


def test_every_kind_that_is_put_has_words():
    written = {
        kind
        for path in Path(youwo.__file__).parent.glob("*/waiting.py")
        for kind in KIND.findall(path.read_text())
    }
    assert written - set(WORDS) == set()
