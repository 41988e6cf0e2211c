"""The arithmetic of a result, such that anybody can do it again with a pencil.

A voice (a sheet, or a call-back) is the mean of its answers, each as the step's place on its scale;
a viewpoint is the mean of its voices; the result is the mean of the viewpoints by their weights. A
viewpoint without a voice is left out, and the other weights count for the whole. Viewpoints are
rounded to tenths of a hundredth before they are weighted, so that the sums that are shown are the
sums that were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from youwo.evaluation.models import Viewpoint
from youwo.evaluation.terms import LEAST_PUBLIC

# Why a viewpoint does not count.
MISSED, NOBODY, FEW, SET_ASIDE = "missed", "nobody", "few", "set_aside"


@dataclass(frozen=True)
class Asked:
    """A question: what it asks, and the words of its steps, the least first."""

    text: str
    steps: tuple[str, ...]


@dataclass
class Voice:
    """What one evaluator or resident said: the chosen step of each question, or None."""

    chosen: dict[Asked, int | None]
    words: str = ""


@dataclass
class Heard:
    """All voices of a viewpoint, or why there are none."""

    voices: list[Voice] = field(default_factory=list)
    why: str = NOBODY


def share(voice: Voice) -> Fraction | None:
    """Return the mean of a voice's answers, from 0 to 1; None where it could say nothing."""
    shares = [
        Fraction(step, len(asked.steps) - 1)
        for asked, step in voice.chosen.items()
        if step is not None
    ]
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def _tenths(value: Fraction) -> int:
    """Round a share to tenths of a hundredth, halves up."""
    return int(value * 1000 + Fraction(1, 2))


def _table(voices: Iterable[Voice]) -> list[dict[str, Any]]:
    """Count how often each step of each question was chosen."""
    rows: dict[Asked, dict[str, Any]] = {}
    for voice in voices:
        for asked, step in voice.chosen.items():
            row = rows.setdefault(
                asked,
                {
                    "text": asked.text,
                    "steps": list(asked.steps),
                    "chosen": [0] * len(asked.steps),
                    "unsaid": 0,
                },
            )
            if step is None:
                row["unsaid"] += 1
            else:
                row["chosen"][step] += 1
    return list(rows.values())


def _viewpoint(name: str, weight: int, heard: Heard) -> dict[str, Any]:
    counted = [(voice, said) for voice in heard.voices if (said := share(voice)) is not None]
    few = name == Viewpoint.PUBLIC and 0 < len(counted) < LEAST_PUBLIC
    why = FEW if few else ("" if counted else heard.why)
    mean = sum((said for _voice, said in counted), Fraction(0)) / len(counted) if counted else None
    return {
        "viewpoint": name,
        "weight": weight,
        "voices": 0 if few else len(counted),
        "tenths": None if few or mean is None else _tenths(mean),
        "why": why,
        "questions": [] if few else _table(voice for voice, _said in counted),
        "words": [] if few else [voice.words for voice in heard.voices if voice.words],
    }


def added_up(
    weights: Sequence[tuple[str, int]], heard: Mapping[str, Heard]
) -> tuple[int | None, dict[str, Any]]:
    """Return a result in tenths of a hundredth, None where nobody counts, and the sums behind it.

    `weights` are (viewpoint, weight) in the order in which they are shown.
    """
    rows = [_viewpoint(name, weight, heard.get(name, Heard())) for name, weight in weights]
    counting = [row for row in rows if row["tenths"] is not None]
    whole = sum(row["weight"] for row in counting)
    sums = {"viewpoints": rows, "whole": whole, "all": sum(weight for _name, weight in weights)}
    if not whole:
        return None, sums
    total = sum(row["weight"] * row["tenths"] for row in counting)
    return int(Fraction(total, whole) + Fraction(1, 2)), sums


def level(levels: Sequence[Sequence[Any]], tenths: int | None) -> str:
    """Return what a template calls a result: the words of the highest level that it reaches."""
    if tenths is None:
        return ""
    reached = [(least, words) for least, words in levels if tenths >= least * 10]
    return max(reached)[1] if reached else ""
