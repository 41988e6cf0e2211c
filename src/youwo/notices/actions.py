"""Telling people something, and what they do with it.

A message is written in the transaction of the fact that causes it, so that neither exists without
the other; where its readers are not known yet, a notice, of which `outbox` makes messages. What
leaves the house is put on its way later, by `outbox` too, and sent by `tasks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from youwo.core.acts import acting
from youwo.core.refused import Refused
from youwo.journal.actions import write
from youwo.notices import audiences, queries
from youwo.notices.gathered import Told, gather, language_of, texts
from youwo.notices.models import (
    Channel,
    Habits,
    Kind,
    Message,
    Notice,
    Preference,
    Sending,
)
from youwo.people.models import Person
from youwo.people.rules import above


def tell(
    people: Iterable[Person | None],
    *,
    kind: str,
    subject: object,
    body: object = "",
    link: str = "",
    cause: str,
    at: datetime,
    urgent: bool = False,
) -> None:
    """Write a message into people's inboxes, and send it out where and when they wish so.

    The same cause never makes a second message for the same person. Subject and body may be lazy
    text (`format_lazy`): each person reads their own language. The subject leaves the house in the
    clear, so it holds nothing of a person that is not public. `link` is a path within the site.
    What is urgent does not wait for the end of quiet hours. One statement, however many people;
    within an act, for all that it tells, when it ends (`gathered`).
    """
    known = {person.pk: person for person in people if person is not None and person.is_active}
    notice = _notice(
        audiences.PEOPLE,
        known,
        kind=kind,
        texts=texts(subject, body, {language_of(person) for person in known.values()}),
        link=link,
        cause=cause,
        at=at,
        urgent=urgent,
    )
    if known:
        gather([Told(notice, people=list(known.values()))])


def tell_audience(
    audience: str,
    keys: Iterable[int],
    *,
    kind: str,
    subject: object,
    body: object = "",
    link: str = "",
    cause: str,
    at: datetime,
    but: Person | None = None,
) -> None:
    """Do what `tell` does for whoever stands behind an audience, without looking up who that is.

    `keys` are of what the audience is about: those who find its readers know them (`audiences`).
    `but` did it themselves and need not be told. The messages are in the inboxes some seconds
    later.
    """
    notice = _notice(
        audience,
        keys,
        kind=kind,
        texts=texts(subject, body, dict(settings.LANGUAGES)),
        link=link,
        cause=cause,
        at=at,
        but=but,
    )
    if notice.keys:
        gather([Told(notice)])


def _notice(
    audience: str,
    keys: Iterable[int],
    *,
    kind: str,
    texts: dict[str, list[str]],
    link: str,
    cause: str,
    at: datetime,
    urgent: bool = False,
    but: Person | None = None,
) -> Notice:
    return Notice(
        audience=audience,
        keys=list(dict.fromkeys(keys)),
        but=None if but is None else but.pk,
        kind=kind,
        texts=texts,
        link=link,
        cause=cause,
        created_at=at,
        urgent=urgent,
        next_at=at,
    )


@dataclass(frozen=True)
class Letter:
    """A message in words of its own, in the reader's language."""

    recipient: Person
    subject: str
    body: str


def tell_each(letters: Iterable[Letter], *, kind: str, link: str, cause: str, at: datetime) -> None:
    """Do what `tell` does where each person reads something else, in one statement as well."""
    gather(
        Told(
            _notice(
                audiences.PEOPLE,
                [letter.recipient.pk],
                kind=kind,
                texts={language_of(letter.recipient): [letter.subject, letter.body]},
                link=link,
                cause=cause,
                at=at,
            ),
            people=[letter.recipient],
        )
        for letter in letters
    )


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that happened in a place or to a unit (its key), for the chat groups there.

    Subject and body may be lazy text. They leave the house: titles that everybody may read, and no
    person. `link` is a path within the site.
    """

    kind: str
    subject: object
    cause: str
    area_code: str = ""
    organization: int | None = None
    body: object = ""
    link: str = ""
    urgent: bool = False


def tell_group(
    area_code: str = "",
    *,
    kind: str,
    subject: object,
    cause: str,
    at: datetime,
    organization: int | None = None,
    body: object = "",
    link: str = "",
    urgent: bool = False,
) -> None:
    """Post into the chat groups of a place, of those above it, and of a unit (its key).

    Only where the group wants this kind; the same cause once in each group. See `News`. No
    statement where no group listens, else one.
    """
    news = News(
        kind=kind,
        subject=subject,
        cause=cause,
        area_code=area_code,
        organization=organization,
        body=body,
        link=link,
        urgent=urgent,
    )
    tell_groups([news], at=at)


def tell_groups(news: Iterable[News], *, at: datetime) -> None:
    """Do what `tell_group` does for many pieces of news, in one statement for all."""
    gather(
        _told(one, groups, at)
        for one in news
        if (
            groups := queries.listening(
                one.kind, codes=above(one.area_code), organization=one.organization
            )
        )
    )


def post_to(told: Iterable[tuple[queries.Group, News]], *, at: datetime) -> None:
    """Post each piece of news into its one group, the same cause once; one statement for all."""
    gather(_told(one, [group], at) for group, one in told)


def _told(news: News, groups: Sequence[queries.Group], at: datetime) -> Told:
    notice = _notice(
        audiences.GROUPS,
        [group.key for group in groups],
        kind=news.kind,
        texts=texts(news.subject, news.body, [settings.LANGUAGE_CODE]),
        link=news.link,
        cause=news.cause,
        at=at,
        urgent=news.urgent,
    )
    return Told(notice, groups=groups)


def read(message: Message, *, at: datetime) -> Message:
    """Note that its recipient has opened a message. The first time counts."""
    if message.read_at is None:
        Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=at)
        message.read_at = at
    return message


def read_all(*, by: Person, at: datetime) -> int:
    """Note that somebody has seen all their messages, and return how many were new."""
    return Message.objects.filter(recipient=by, read_at__isnull=True).update(read_at=at)


@acting()
def choose_channels(*, by: Person, wanted: Collection[tuple[str, str]], at: datetime) -> None:
    """Keep by which channels somebody wants which kinds; what is not named is not wanted."""
    choices = [
        Preference(person=by, kind=kind, channel=channel, wanted=(kind, channel) in wanted)
        for kind in Kind.values
        for channel in Channel.values
    ]
    Preference.objects.bulk_create(
        choices,
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["wanted"],
    )
    write("choose_channels", by, by=by, at=at)


@acting()
def choose(
    *,
    by: Person,
    wanted: Collection[tuple[str, str]],
    quiet: bool,
    quiet_from: time,
    quiet_until: time,
    digest_on: int | None,
    at: datetime,
) -> None:
    """Keep what somebody wants how, when they want nothing, and on which day their week comes."""
    if quiet_from == quiet_until:
        raise Refused(_("The quiet hours must end at another time than they begin."), "quiet_until")
    choose_channels(by=by, wanted=wanted, at=at)
    Habits.objects.update_or_create(
        person=by,
        defaults={
            "quiet": quiet,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "digest_on": digest_on,
        },
    )


_Sending = TypeVar("_Sending", bound=Sending)


@acting()
def send_again(sending: _Sending, *, by: Person, at: datetime) -> _Sending:
    """Put something that was given up on its way once more, on its keeper's word.

    The receiver may get it twice if its fate was unknown; an e-mail's Message-ID stays the same.
    """
    row = type(sending)._default_manager.select_for_update().get(pk=sending.pk)
    if row.state != Sending.State.FAILED:
        raise Refused(_("This delivery is on its way already."))
    row.state = Sending.State.WAITING
    row.attempts, row.next_at, row.error = 0, at, ""
    row.save(update_fields=["state", "attempts", "next_at", "error"])
    write("send_again", row, by=by, at=at)
    return row
