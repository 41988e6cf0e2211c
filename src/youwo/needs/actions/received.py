"""From the words somebody said to the board: taking down, reviewing, asking back."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youwo.areas.models import Area
from youwo.capacity import actions as capacity
from youwo.core.acts import acting, attempt
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.core.sealing import blind
from youwo.core.search import terms
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.actions.moving import (
    due,
    locked,
    move,
    must_deal,
    tell_voice,
)
from youwo.needs.models import (
    SAID_MOST,
    Channel,
    HandOver,
    OutsideMatter,
    Problem,
    Status,
    Voice,
    Wish,
)
from youwo.needs.news import tell_new
from youwo.needs.waiting import turns_of
from youwo.people.models import ConsentText, Person
from youwo.people.rules import powers
from youwo.turns import actions as turns

_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|0\d{2,3}\d{7,8})(?!\d)")
# How people set the digits of a number apart.
_APART = re.compile(r"(?<=\d)[\s·.–—-]{1,2}(?=\d)")


@dataclass(frozen=True)
class Contact:
    """Who spoke and how to reach them. A landline or a mobile number; the name may be missing."""

    phone: str
    name: str = ""
    address: str = ""
    minor: bool = False


def receive(
    said: str,
    *,
    kind: str,
    community: Area,
    contact: Contact,
    consent: ConsentText | None,
    consent_given_by: str,
    nonce: uuid.UUID,
    by: Person | None,
    at: datetime,
    channel: str = Channel.OWN,
    compound: Area | None = None,
    point: tuple[Decimal, Decimal] | None = None,
) -> Wish:
    """Take down a wish. The same nonce with the same words returns the wish that it made before.

    A form filled in once more after going back makes a wish of its own. Costs four inserts.
    `point` is (longitude, latitude) in WGS-84. Refuses a worker of another community, and a child's
    wish without the guardian's consent.
    """
    if by is not None and channel != Channel.OWN and not _may_enter(by, community, at):
        raise Refused(_("You can enter wishes for your own community only."), "community")
    if contact.minor and consent_given_by != Voice.Consent.GUARDIAN:
        raise Refused(_("For a child, please ask the guardian to agree."), "consent")
    wish = unsaved(
        said,
        kind=kind,
        community=community,
        contact=contact,
        consent=consent,
        consent_given_by=consent_given_by,
        nonce=nonce,
        by=by,
        at=at,
        channel=channel,
        compound=compound,
        point=point,
    )
    voice = wish.voice
    try:
        return _write_down(wish, voice, by=by, at=at)
    except IntegrityError:
        earlier = Wish.objects.select_related("voice").filter(nonce=nonce).first()
        if earlier is not None and _is_same(earlier, wish, voice):
            return earlier
        if earlier is not None:
            wish.nonce = uuid.uuid5(nonce, "\n".join((said, community.pk, contact.phone)))
            second = Wish.objects.filter(nonce=wish.nonce).first()
            if second is not None:
                return second
        # Otherwise two random references met: once in hundreds of thousands of wishes.
        return _write_down(wish, voice, by=by, at=at)


def unsaved(
    said: str,
    *,
    kind: str,
    community: Area,
    contact: Contact,
    consent: ConsentText | None,
    consent_given_by: str,
    nonce: uuid.UUID,
    by: Person | None,
    at: datetime,
    channel: str,
    compound: Area | None = None,
    point: tuple[Decimal, Decimal] | None = None,
) -> Wish:
    """Make the rows of a wish and of its voice, for callers that write many at once."""
    voice = Voice(
        name=contact.name,
        phone=contact.phone,
        phone_index=blind("phone", contact.phone) if contact.phone else "",
        address=contact.address,
        person=by if channel == Channel.OWN else None,
        minor=contact.minor,
        consent_text=consent,
        consent_given_by=consent_given_by,
        consent_at=at,
    )
    return Wish(
        voice=voice,
        nonce=nonce,
        kind=kind,
        community=community,
        compound=compound,
        longitude=point[0] if point else None,
        latitude=point[1] if point else None,
        channel=channel,
        recorded_by=by,
        said=said,
        search_terms=terms(said),
        received_at=at,
        since=at,
        due_at=due(Status.RECEIVED, community.pk, at),
    )


def _is_same(earlier: Wish, wish: Wish, voice: Voice) -> bool:
    """Say whether two tries say the same for the same person. Answers were added to the earlier."""
    return (
        (earlier.said == wish.said or earlier.said.startswith(f"{wish.said}\n"))
        and earlier.community_id == wish.community_id
        and earlier.voice.phone_index == voice.phone_index
    )


@attempt()
def _write_down(wish: Wish, voice: Voice, *, by: Person | None, at: datetime) -> Wish:
    voice.pk = None
    voice.save(force_insert=True)
    wish.voice = voice
    wish.reference = new_reference("W")
    wish.save(force_insert=True)
    turns.put(wish, turns_of(wish))
    tell_new(wish, at=at)
    journal.write("receive", wish, by=by, at=at, area_code=wish.community_id, channel=wish.channel)
    return wish


def _may_enter(by: Person, community: Area, at: datetime) -> bool:
    return powers(by, local_day(at)).cover(community.pk, *rules.DEALING)


@acting()
def record_hand_over(
    matter: OutsideMatter,
    *,
    community: Area | None,
    channel: str,
    nonce: uuid.UUID,
    by: Person | None,
    at: datetime,
    wish: Wish | None = None,
    problem: Problem | None = None,
) -> HandOver:
    """Write down that somebody was told where to go. Their words are not kept."""
    hand_over, made = HandOver.objects.get_or_create(
        nonce=nonce,
        defaults={
            "matter": matter,
            "community": community,
            "wish": wish,
            "problem": problem,
            "channel": channel,
            "by": by,
            "at": at,
        },
    )
    if made:
        code = community.pk if community else ""
        journal.write("hand_over", hand_over, by=by, at=at, area_code=code, matter=matter.pk)
    return hand_over


@acting()
def publish(
    wish: Wish,
    *,
    public_title: str,
    public_text: str,
    public_person: str,
    kind: str,
    by: Person,
    at: datetime,
) -> Wish:
    """Put a reviewed wish on the board, in words that everybody may read.

    Refuses words that name the person or give a number.
    """
    must_deal(wish, by, at)
    wish = locked(wish, "publish")
    refuse_personal(
        [wish.voice],
        public_title=public_title,
        public_text=public_text,
        public_person=public_person,
    )
    first_time = wish.published_at is None
    wish.public_title, wish.public_text, wish.public_person = (
        public_title,
        public_text,
        public_person,
    )
    wish.public_terms = terms(public_title, public_text)
    wish.kind = kind
    wish.published_at = at
    move(
        wish,
        "publish",
        at=at,
        also=[
            "public_title",
            "public_text",
            "public_person",
            "public_terms",
            "kind",
            "published_at",
        ],
    )
    if first_time:
        capacity.open_pool(wish, capacity=1, at=at)
    journal.write("publish", wish, by=by, at=at, area_code=wish.community_id)
    return wish


def refuse_personal(voices: Iterable[Voice], **texts: str) -> None:
    """Refuse public words that name one of these people, tell their door or give a number."""
    plain = {field: _plain(text) for field, text in texts.items()}
    for field, text in plain.items():
        if _NUMBER.search(text):
            raise _with_number(field)
    for voice in voices:
        own = "".join(filter(str.isdigit, voice.phone))[-7:]
        for field, text in texts.items():
            if len(own) == 7 and own in plain[field]:
                raise _with_number(field)
            if _names(voice, text):
                raise Refused(
                    _("Everybody will read this. Please take out the person's name and door."),
                    field,
                )


def refuse_numbers(**texts: str) -> None:
    """Refuse words for units that give a telephone or document number of somebody."""
    for field, text in texts.items():
        if _NUMBER.search(_plain(text)):
            raise Refused(
                _("The units read this. Please take out the telephone or document number."), field
            )


def _plain(text: str) -> str:
    return _APART.sub("", unicodedata.normalize("NFKC", text))


def _with_number(field: str) -> Refused:
    return Refused(
        _("Everybody will read this. Please take out the telephone or document number."), field
    )


def _names(voice: Voice, text: str) -> bool:
    name, address = voice.name.strip(), voice.address.strip()
    return (len(name) > 1 and name in text) or (len(address) > 3 and address in text)


@acting()
def ask(wish: Wish, *, question: str, by: Person, at: datetime) -> Wish:
    """Return a wish to the resident with a question."""
    must_deal(wish, by, at)
    wish = locked(wish, "ask")
    wish.question = question
    move(wish, "ask", at=at, also=["question"])
    journal.write("ask", wish, by=by, at=at, area_code=wish.community_id)
    tell_voice(
        wish, gettext_lazy("The community has a question about your wish."), cause="ask", at=at
    )
    return wish


@acting()
def answer(wish: Wish, *, words: str, by: Person | None, at: datetime) -> Wish:
    """Add the resident's answer to what they said; the review goes on.

    The caller has made sure that it is the resident, or staff who asked them.
    """
    wish = locked(wish, "answer")
    added = f"{wish.said}\n{_('Answer')}: {words}"
    if len(added) > SAID_MOST:
        raise Refused(_("This is too long. Please say it in fewer words."), "words")
    wish.said = added
    wish.search_terms = terms(added)
    move(wish, "answer", at=at, also=["said", "search_terms"])
    journal.write("answer", wish, by=by, at=at, area_code=wish.community_id)
    return wish


@acting()
def reveal(wish: Wish, *, reason: str, by: Person, at: datetime) -> Contact:
    """Return who spoke and how to reach them, to staff or, while it is in hand, to who promised.

    It is journalled.
    """
    on = local_day(at)
    if not (rules.may_deal(by, wish, on) or rules.may_reach(by, wish, on)):
        raise Refused(_("Only the community and who promised may see this."))
    journal.write("unmask", wish, by=by, at=at, area_code=wish.community_id, reason=reason)
    voice = wish.voice
    return Contact(voice.phone, voice.name, voice.address, voice.minor)
