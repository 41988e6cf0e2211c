"""What can be told from the words of a wish: its kind, its field, twins, and what lies outside."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from youwo.areas.models import within
from youwo.core.recent import Recent
from youwo.ledger.models import Field
from youwo.needs.models import OutsideMatter, Status, Wish


# Words that speak for a kind. The longest match counts most: 教用手机 says more than 手机.
@cache
def _lexicon(name: str) -> dict[str, list[str]]:
    """The words that speak for each kind, and for each field of service."""
    lexicon: dict[str, dict[str, list[str]]] = json.loads(
        files("youwo.needs").joinpath("data/words.json").read_text("utf-8")
    )
    return lexicon[name]


def _best(words: str, lexicon: dict[str, list[str]], otherwise: str) -> str:
    # A longer match says more: 教用手机 counts more than 手机.
    scores = {
        name: sum(len(entry) ** 2 for entry in entries if entry in words)
        for name, entries in lexicon.items()
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else otherwise


def kind_of(words: str) -> str:
    """Guess the kind of a wish from its words; a hand (service) where they say nothing."""
    return _best(words, _lexicon("kinds"), Wish.Kind.SERVICE)


def field_of(words: str) -> str:
    """Guess the field of service from the words; visits and help where they say nothing."""
    return _best(words, _lexicon("fields"), Field.VISITS)


@Recent
def outside_matters() -> list[OutsideMatter]:
    """Return what lies outside, the most urgent first; read at most once a minute in a process."""
    return list(OutsideMatter.objects.filter(active=True).order_by("place", "code"))


def outside(words: str, area_code: str = "") -> OutsideMatter | None:
    """Return what lies outside the programme and is named in the words; the most urgent if many."""
    compact = "".join(words.split())
    for matter in outside_matters():
        holds_here = matter.area_id is None or area_code.startswith(matter.area_id)
        if holds_here and any(word in compact for word in matter.words.split()):
            return matter
    return None


_ALIKE = 62
_LOOK_AT = 200


def alike(words: str, community_code: str, *, limit: int = 3) -> list[Wish]:
    """Return public wishes of the same community, still open, that say much the same. One query."""
    if len(words.strip()) < 4:
        return []
    near = (
        Wish.objects.filter(within(community_code, "community_id"))
        .filter(status__in=[Status.PUBLISHED, Status.CLAIMED])
        .only("reference", "public_title", "public_text", "status", "published_at", "community_id")
        .order_by("-published_at", "-id")[:_LOOK_AT]
    )
    texts = {wish: f"{wish.public_title} {wish.public_text}" for wish in near}
    found = process.extract(
        words, texts, scorer=fuzz.partial_ratio, score_cutoff=_ALIKE, limit=limit
    )
    return [wish for _, _, wish in found]


def alike_for_staff(wish: Wish, *, limit: int = 3) -> list[Wish]:
    """Return other wishes of the same community with nearly the same words, for the reviewer."""
    near = (
        Wish.objects.filter(within(wish.community_id, "community_id"))
        .exclude(pk=wish.pk)
        .only("reference", "said", "status", "received_at", "community_id", "public_title")
        .order_by("-received_at", "-id")[:_LOOK_AT]
    )
    found = process.extract(
        wish.said,
        {row: row.said for row in near},
        scorer=fuzz.ratio,
        score_cutoff=_ALIKE,
        limit=limit,
    )
    return [row for _, _, row in found]
