"""What a version of a template asks, and how much each viewpoint counts; it never changes."""

from __future__ import annotations

from youwo.core.recent import RecentBy
from youwo.evaluation.models import Question, Viewpoint, Weight


@RecentBy
def _asked(template: int) -> list[Question] | None:
    return list(Question.objects.filter(template=template).order_by("number")) or None


def questions_of(template: int, viewpoint: str = "") -> list[Question]:
    """Return the questions of a version of a template, of one viewpoint or of all, in their order.

    Kept for a minute: what has been published never changes.
    """
    rows = _asked(template) or []
    return [row for row in rows if not viewpoint or row.viewpoint == viewpoint]


@RecentBy
def _weights(template: int) -> dict[str, int] | None:
    rows = Weight.objects.filter(template=template)
    return dict(rows.values_list("viewpoint", "weight")) or None


def weights_of(template: int) -> list[tuple[str, int]]:
    """Return the weights of a version of a template, in the order of the viewpoints. Kept, too."""
    kept = _weights(template) or {}
    return [(name, kept[name]) for name in Viewpoint.values if name in kept]
