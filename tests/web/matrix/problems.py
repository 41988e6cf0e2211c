"""Who may open the pages of problems."""

from tests.needs.pictures import picture
from tests.needs.problem_factories import accepted, kind, reported
from youwo.areas.models import Area
from youwo.core.clock import start_of
from youwo.needs import photos

PAGES = {
    "problems:index": ("", "ooooooooo"),
    "problems:new": ("", "ooooooooo"),
    "problems:map": ("", "ooooooooo"),
    "problems:points": ("", "ooooooooo"),
    "problems:catalogue": ("", "ooooooooo"),
    "problems:detail": ("public problem", "ooooooooo"),
    "problems:join": ("public problem", "ooooooooo"),
    "problems:photo": ("photo of a problem", "---oo--o-"),
    "problems:staff-list": ("", "l--ooooo-"),
    "problems:staff-export": ("", "l--ooooo-"),
    "problems:enter": ("", "l--oooo--"),
    "problems:staff": ("problem", "l--oo--o-"),
    "problems:voice": ("report", "l--oo----"),
    "problems:reveal": ("report", "l--oo----"),
    "problems:staff-act": ("problem accept", "l-->>----"),
}


def arguments(city) -> dict:
    jinshui = Area.objects.get(pk="140802005022")
    worker = city.people["worker"]
    at = start_of(worker.joined_at.date().replace(year=2025, month=6, day=3))
    report = reported(jinshui, at)
    photo = photos.add(report, photos.Picture(picture(), 40, 30), at=at)
    return {
        "kind": [kind().pk],
        "problem": [report.problem.reference],
        "problem accept": [report.problem.reference, "accept"],
        "public problem": [accepted(worker, jinshui, at).reference],
        "report": [report.reference],
        "photo of a problem": [report.reference, photo.pk],
    }
