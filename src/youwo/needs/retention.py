"""Forgetting who spoke, when the time that people agreed to is over. Counts and deeds stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from youwo.journal import actions as journal
from youwo.needs.models import Attendee, HearingLine, Photo, Problem, Report, Voice, Wish

# As the text of consent says: two years after the wish has ended.
KEPT = timedelta(days=730)
_BATCH = 500


def forget_voices(*, at: datetime) -> int:
    """Delete names, numbers, doors, own words and pictures of what ended long ago.

    Whoever closed their account is forgotten as soon as their wish, or the problem they reported,
    has ended. Returns how many wishes and reports that were; run daily.
    """
    forgotten = 0
    for forget in (_forget_some, _forget_reports):
        while batch := forget(at):
            forgotten += batch
    return forgotten


@transaction.atomic
def _forget_some(at: datetime) -> int:
    long_ago = Q(closed_at__lt=at - KEPT)
    account_closed = Q(closed_at__isnull=False, voice__person__anonymised_at__isnull=False)
    wishes = list(
        Wish.objects.select_for_update(of=("self",))
        .filter(long_ago | account_closed, voice__anonymised_at__isnull=True)
        .order_by("id")[:_BATCH]
    )
    _forget_who(Voice.objects.filter(wish__in=wishes), at)
    for wish in wishes:
        wish.said = wish.search_terms = wish.question = ""
    Wish.objects.bulk_update(wishes, ["said", "search_terms", "question"])
    _delete_photos(Photo.objects.filter(wish__in=wishes))
    journal.write_all(
        journal.line("forget", wish, by=None, at=at, area_code=wish.community_id) for wish in wishes
    )
    return len(wishes)


def forget_lines(*, at: datetime) -> int:
    """Delete what was said, and the names of who was there, of hearings that closed long ago.

    That there was a line, and the case it became, stay. Returns how many lines that were; run
    daily.
    """
    long_ago = Q(hearing__closed_at__lt=at - KEPT)
    Attendee.objects.filter(long_ago).exclude(name="").update(name="")
    lines = HearingLine.objects.filter(long_ago).exclude(said="")
    return lines.update(said="", name="", phone="", building="")


@transaction.atomic
def _forget_reports(at: datetime) -> int:
    """Forget some of those who reported problems. What everybody read of a problem stays."""
    long_ago = Q(problem__closed_at__lt=at - KEPT)
    account_closed = Q(problem__closed_at__isnull=False, voice__person__anonymised_at__isnull=False)
    reports = list(
        Report.objects.select_for_update(of=("self",))
        .filter(long_ago & ~Q(said="") | account_closed)
        .select_related("problem")
        .order_by("id")[:_BATCH]
    )
    _forget_who(Voice.objects.filter(report__in=reports), at)
    problems = {report.problem_id: report.problem for report in reports}
    for report in reports:
        report.said = report.words = ""
    for problem in problems.values():
        problem.title, problem.search_terms = problem.public_title, problem.public_terms
    Report.objects.bulk_update(reports, ["said", "words"])
    Problem.objects.bulk_update(problems.values(), ["title", "search_terms"])
    _delete_photos(Photo.objects.filter(report__in=reports))
    journal.write_all(
        journal.line("forget", report, by=None, at=at, area_code=report.problem.community_id)
        for report in reports
    )
    return len(reports)


def _forget_who(voices: QuerySet[Voice], at: datetime) -> None:
    voices.update(name="", phone="", phone_index="", address="", person=None, anonymised_at=at)


def _delete_photos(photos: QuerySet[Photo]) -> None:
    for photo in photos:
        # The file goes when the row is gone for good.
        transaction.on_commit(partial(photo.file.storage.delete, str(photo.file.name)))
    photos.delete()
