"""Forgetting who spoke, when the time that people agreed to is over. Counts and deeds stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from youwo.journal import actions as journal
from youwo.journal.models import Line
from youwo.needs.models import Attendee, HearingLine, Photo, Voice, Wish

# As the text of consent says: two years after the wish has ended.
KEPT = timedelta(days=730)
_BATCH = 500


def forget_voices(*, at: datetime) -> int:
    """Delete names, numbers, doors, own words and pictures of wishes that ended long ago.

    Whoever closed their account is forgotten as soon as their wish has ended. Returns how many
    wishes that were; run daily.
    """
    forgotten = 0
    while batch := _forget_some(at):
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
    Voice.objects.filter(wish__in=wishes).update(
        name="", phone="", phone_index="", address="", person=None, anonymised_at=at
    )
    for wish in wishes:
        wish.said = wish.search_terms = wish.question = ""
    Wish.objects.bulk_update(wishes, ["said", "search_terms", "question"])
    for photo in Photo.objects.filter(wish__in=wishes):
        # The file goes when the row is gone for good.
        transaction.on_commit(partial(photo.file.storage.delete, str(photo.file.name)))
    Photo.objects.filter(wish__in=wishes).delete()
    Line.objects.bulk_create(
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
