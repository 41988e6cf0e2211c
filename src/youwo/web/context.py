"""What every template can read. Nothing here asks the database."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from youwo.web.home import choices

_TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the language tag, the look and the place that this visitor has chosen."""
    language = get_language() or ""
    place = choices.place(request)
    return {
        "language_tag": _TAGS.get(language, language),
        "elder": choices.elder(request),
        "theme": choices.theme(request),
        "place": place,
        # As above, whatever place a page itself is about.
        "chosen_place": place,
    }
