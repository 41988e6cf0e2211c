"""Every turn that meetings and items put has its words, and its button leads to a page."""

import inspect
import re

from django.urls import reverse

from youwo.service import waiting
from youwo.web.service.turns import TURNS


def test_every_kind_has_words():
    put = re.findall(r'"((?:item|meeting|invitation)\.\w+)"', inspect.getsource(waiting))

    assert set(put) == set(TURNS)


def test_every_button_leads_to_a_page():
    pages = {page for words in TURNS.values() for page in (words.page, words.about) if page}

    assert all(reverse(page, args=["S22222222"]) for page in pages)
