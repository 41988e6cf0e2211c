"""What an act tells, to whomever: gathered while it is under way, written at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import override

from youwo.core.acts import at_end
from youwo.notices.models import Message, Notice, Post
from youwo.notices.queries import Group
from youwo.notices.quiet import NIGHT, free_from
from youwo.people import masking
from youwo.people.models import Person

_SUBJECT = 120
_BODY = 300


@dataclass(frozen=True)
class Told:
    """A notice, with its readers or the groups that hear it where these are known by now."""

    notice: Notice
    people: Sequence[Person] = ()
    groups: Sequence[Group] = ()


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody whom a notice is for, and what of it is different for them."""

    person: Person
    body: object = None
    link: str = ""
    cause: str = ""


def gather(told: Iterable[Told]) -> None:
    """Tell something when the act ends, in one statement with all else that it tells by then."""
    at_end(_write, told)


def _write(told: Sequence[Told]) -> None:
    """Write all that an act tells, with one statement and no look at who reads it.

    Where everybody is known, it is their messages; where only groups hear of it, their posts. As
    soon as readers have to be looked up, or messages and posts would be two statements, it is the
    notices themselves: who reads them is found out seconds later, by `outbox`.
    """
    if all(one.people for one in told):
        write_messages(
            message(one.notice, Reader(person=person)) for one in told for person in one.people
        )
    elif all(one.groups for one in told):
        write_posts(
            post(one.notice, group.key, quiet=group.quiet) for one in told for group in one.groups
        )
    else:
        Notice.objects.bulk_create([one.notice for one in told])


def write_messages(messages: Iterable[Message]) -> None:
    """Put messages into their readers' inboxes, the same cause once; one statement for all."""
    # In the order of their keys, so that two who tell the same people never wait for each other.
    ordered = sorted(messages, key=lambda one: (one.recipient_id, one.cause))
    Message.objects.bulk_create(ordered, ignore_conflicts=True)


def write_posts(posts: Iterable[Post]) -> None:
    """Put posts on their way to their groups, the same cause once; one statement for all."""
    Post.objects.bulk_create(list(posts), ignore_conflicts=True, batch_size=1000)


def language_of(person: Person) -> str:
    """Return the language in which somebody reads."""
    return person.language or settings.LANGUAGE_CODE


def texts(subject: object, body: object, languages: Iterable[str]) -> dict[str, list[str]]:
    """Put subject and body, which may be lazy text, into words of each of some languages."""
    said = {}
    for language in languages:
        with override(language):
            said[language] = [str(subject), str(body)]
    return said


def message(notice: Notice, reader: Reader) -> Message:
    """Make the message of one reader of a notice, in their language."""
    language = language_of(reader.person)
    subject, body = notice.words(language)
    if reader.body is not None:
        with override(language):
            body = str(reader.body)
    return Message(
        recipient=reader.person,
        kind=notice.kind,
        subject=Truncator(subject).chars(_SUBJECT),
        body=body,
        link=reader.link or notice.link,
        cause=reader.cause or notice.cause,
        created_at=notice.created_at,
        outgoing=bool(reader.person.email),
        urgent=notice.urgent,
    )


def post(notice: Notice, robot: int, *, quiet: bool) -> Post:
    """Make the post of one group that hears of a notice."""
    at = notice.created_at
    subject, body = notice.words(settings.LANGUAGE_CODE)
    return Post(
        robot_id=robot,
        kind=notice.kind,
        subject=_leaving(subject, _SUBJECT),
        body=_leaving(body, _BODY),
        link=notice.link,
        cause=notice.cause,
        created_at=at,
        next_at=free_from(at, NIGHT) if quiet and not notice.urgent else at,
    )


def _leaving(words: str, most: int) -> str:
    return Truncator(masking.numbers(" ".join(words.split()))).chars(most)
