"""Who may open the pages of hearings."""

from tests.needs.hearing_factories import opened

PAGES = {
    "hearings:list": ("", "l--ooooo-"),
    "hearings:export": ("", "l--ooooo-"),
    "hearings:new": ("", "l--oooo--"),
    "hearings:hearing": ("hearing", "l--oo--o-"),
    "hearings:about": ("hearing", "l--oo----"),
    "hearings:attendees": ("hearing", "l--oo----"),
    "hearings:lines": ("hearing", "l--oo----"),
    "hearings:send": ("hearing", "l-->>----"),
    "hearings:paste": ("hearing", "l--oo----"),
    "hearings:close": ("hearing", "l--oo----"),
    "hearings:reopen": ("hearing", "l-->>----"),
    "hearings:sheet": ("hearing", "l--oo----"),
}


def arguments(city) -> dict:
    """An open hearing in Jinshui."""
    worker = city.people["worker"]
    place = worker.grants.get().area
    at = worker.grants.get().granted_at
    return {"hearing": [opened(worker, place, at).reference]}
