"""The memory of a server of two workers under load, shared pages counted once."""

from __future__ import annotations

from bench import cases
from bench.client import fire, get
from bench.results import Result
from bench.serving import serving

MOST_MB = 400
PAGES = ["/", "/wishes/", "/wishes/new/", "/figures/", "/follow/", "/account/login/"]


def run(size: str) -> list[Result]:
    """Ask for public pages, and note the most that all processes of the server held together."""
    cases.places()
    rounds = {"small": 20, "full": 400}[size]
    with serving(workers=2) as server:
        requests = [get(page) for page in PAGES] * rounds
        fired = fire(server.port, [requests] * 8)
    if set(fired.statuses) - {200, 302}:
        raise AssertionError(f"unexpected answers: {fired.statuses}")
    return [
        Result(
            work="server of two workers",
            figure=server.peak_mb,
            unit="MB",
            peak_mb=server.peak_mb,
            note=f"after {len(fired.latencies):,} pages, {fired.per_second:,.0f} pages/s",
            target=MOST_MB,
            met=server.peak_mb <= MOST_MB,
        )
    ]
