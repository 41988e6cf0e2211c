"""One line of a benchmark: a figure, and the limit it stands beside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one work reached.

    `limit` is what the same machine does in the same run without the product (bare SQL, say), and
    `ratio` the figure divided by it. `target` is the promised figure, `met` whether it was kept;
    both are None where nothing is promised. `statements` counts SQL statements for one unit of
    work, `peak_mb` is the greatest resident memory of the processes that did it.
    """

    work: str
    figure: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    statements: float | None = None
    peak_mb: float | None = None
    note: str = ""
    target: float | None = None
    met: bool | None = None
