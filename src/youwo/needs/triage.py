"""What can be told from words: kind and field, likely twins, and what lies outside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from youwo.areas.models import within
from youwo.core.recent import Recent
from youwo.ledger.models import Field
from youwo.needs.models import (
    JOINABLE,
    OutsideMatter,
    Problem,
    ProblemKind,
    Report,
    Status,
    Wish,
)


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


def field_of(words: str, otherwise: str = Field.VISITS) -> str:
    """Guess the field of service from the words; visits and help where they say nothing."""
    return _best(words, _lexicon("fields"), otherwise)


def field_of_problem(words: str) -> str:
    """Guess the field of service that sees to a problem; a daily trouble where nothing says."""
    return field_of(words, Field.TROUBLES)


@Recent
def outside_matters() -> list[OutsideMatter]:
    """Return what lies outside, the most urgent first; read at most once a minute in a process."""
    return list(OutsideMatter.objects.filter(active=True).order_by("place", "code"))


def outside(
    words: str, area_code: str = "", *, kinds: Sequence[str] = OutsideMatter.Kind.values
) -> OutsideMatter | None:
    """Return what lies outside the programme and is named in the words; the most urgent if many."""
    compact = "".join(words.split())
    for matter in outside_matters():
        if matter.kind not in kinds:
            continue
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


# In the same compound, and of the same kind, fewer common words are needed.
_SAME_PLACE = 8
_SAME_KIND = 14


@Recent
def catalogue() -> dict[str, ProblemKind]:
    """Return all kinds by their code, in their order, those too that hold no more.

    Read at most once a minute.
    """
    return {kind.pk: kind for kind in ProblemKind.objects.order_by("place", "code")}


def problem_kinds() -> list[ProblemKind]:
    """Return the catalogue that holds now, in its order."""
    return [kind for kind in catalogue().values() if kind.active]


def kinds_for(*, rural: bool) -> list[ProblemKind]:
    """Return the kinds of the catalogue for compounds, or for villages."""
    return [kind for kind in problem_kinds() if (kind.rural if rural else kind.urban)]


def problem_kind_of(words: str, *, rural: bool) -> ProblemKind | None:
    """Guess the kind of a problem from its words; None where they say nothing."""
    compact = "".join(words.split())
    best, most = None, 0
    for kind in kinds_for(rural=rural):
        # A longer match says more, and so do several.
        score = sum(len(word) ** 2 for word in kind.words.split() if word in compact)
        if score > most:
            best, most = kind, score
    return best


def alike_problems(
    words: str,
    community_code: str,
    *,
    compound: str = "",
    kind: str = "",
    limit: int = 3,
) -> list[Problem]:
    """Return problems of the same community, not yet solved, that are likely the same. Two queries.

    What still waits for review is found by what was said, which is shown to nobody but staff.
    """
    if len(words.strip()) < 4:
        return []
    near = _near(community_code)
    said = _said(near)
    found = [
        (_likeness(words, said[problem.pk], problem, compound, kind), problem) for problem in near
    ]
    found.sort(key=lambda pair: (-pair[0], -pair[1].pk))
    return [problem for likeness, problem in found[:limit] if likeness >= _ALIKE]


def twins_for_staff(problem: Problem, said: Sequence[str], *, limit: int = 5) -> list[Problem]:
    """Return other problems of the same community that are likely the same.

    Only those that can be joined with this one, or this one with them. `said` is what the voices
    behind this one said. Two queries.
    """
    near = [
        row
        for row in _near(problem.community_id)
        if row.pk != problem.pk and (row.can_join(problem) or problem.can_join(row))
    ]
    own = [*_written(problem), *said]
    others = _said(near)
    compound, kind = problem.compound_id or "", problem.kind_id
    found = [
        (max(_likeness(words, others[row.pk], row, compound, kind) for words in own), row)
        for row in near
    ]
    found.sort(key=lambda pair: (-pair[0], -pair[1].pk))
    return [row for likeness, row in found[:limit] if likeness >= _ALIKE]


def _near(community_code: str) -> list[Problem]:
    rows = (
        Problem.objects.filter(within(community_code, "community_id"), status__in=JOINABLE)
        .select_related("kind", "compound")
        .defer("search_terms", "public_terms")
        .order_by("-received_at", "-id")
    )
    return list(rows[:_LOOK_AT])


def _said(problems: list[Problem]) -> dict[int, list[str]]:
    """Return all texts about some problems: what was written, and what each voice said."""
    texts = {problem.pk: _written(problem) for problem in problems}
    rows = Report.objects.filter(problem__in=texts).values_list("problem_id", "said")
    for key, said in rows.order_by("pk"):
        texts[key].append(said)
    return texts


def _written(problem: Problem) -> list[str]:
    return [text for text in (problem.title, problem.public_title, problem.public_text) if text]


def _likeness(words: str, texts: list[str], problem: Problem, compound: str, kind: str) -> float:
    if compound and problem.compound_id and problem.compound_id != compound:
        # The lamp of another compound is another lamp.
        return 0
    found = process.extractOne(words, texts, scorer=fuzz.partial_ratio)
    likeness = found[1] if found else 0
    if compound and problem.compound_id == compound:
        likeness += _SAME_PLACE
    if kind and problem.kind_id == kind:
        likeness += _SAME_KIND
    return likeness
