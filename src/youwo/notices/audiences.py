"""Who stands behind an audience: looked up when messages and posts are made of notices.

The package that knows says so, in the `ready` of its entry for Django: those who act for a unit,
the voices behind a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import TypeAlias

from django.db import transaction

from youwo.notices.gathered import Reader, message, post, write_messages, write_posts
from youwo.notices.models import Message, Notice, Post, Robot
from youwo.people.models import Person

# Whom everybody knows: people and the robots of groups, by their keys.
PEOPLE = "people"
GROUPS = "groups"

Find: TypeAlias = Callable[[Sequence[Notice]], Iterable[tuple[Notice, Reader]]]
Row: TypeAlias = Message | Post


def register(audience: str, find: Find) -> None:
    """Let `find` look up the readers of all notices for an audience.

    It is given many at once, and costs the same number of statements for any number of them.
    """
    _makers[audience] = partial(_messages, find)


def deliver(notices: Iterable[Notice]) -> list[tuple[Notice, str]]:
    """Write the messages and posts of notices; a few statements for those of each audience.

    Returns of which notices none could be made, each with the name of the error.
    """
    failed: list[tuple[Notice, str]] = []
    by_audience = sorted(notices, key=lambda notice: notice.audience)
    for _audience, same in groupby(by_audience, key=lambda notice: notice.audience):
        _deliver(list(same), failed)
    return failed


def _deliver(notices: list[Notice], failed: list[tuple[Notice, str]]) -> None:
    """Write the rows of notices for one audience: together, or one by one where that fails."""
    try:
        with transaction.atomic():
            made = _makers[notices[0].audience](notices)
            write_messages(row for row in made if isinstance(row, Message))
            write_posts(row for row in made if isinstance(row, Post))
    # Whatever it is: the other notices must not wait for it.
    except Exception as error:
        if len(notices) == 1:
            failed.append((notices[0], type(error).__name__))
            return
        for notice in notices:
            _deliver([notice], failed)


def _messages(find: Find, notices: Sequence[Notice]) -> list[Row]:
    return [
        message(notice, reader)
        for notice, reader in find(notices)
        if reader.person.is_active and reader.person.pk != notice.but
    ]


def _people(notices: Sequence[Notice]) -> list[tuple[Notice, Reader]]:
    people = Person.objects.in_bulk({key for notice in notices for key in notice.keys})
    return [
        (notice, Reader(person=people[key]))
        for notice in notices
        for key in notice.keys
        if key in people
    ]


def _posts(notices: Sequence[Notice]) -> list[Row]:
    keys = {key for notice in notices for key in notice.keys}
    robots = Robot.objects.filter(pk__in=keys, removed_at__isnull=True)
    quiet = dict(robots.values_list("pk", "quiet"))
    return [
        post(notice, key, quiet=quiet[key])
        for notice in notices
        for key in notice.keys
        if key in quiet
    ]


_makers: dict[str, Callable[[Sequence[Notice]], list[Row]]] = {
    PEOPLE: partial(_messages, _people),
    GROUPS: _posts,
}
