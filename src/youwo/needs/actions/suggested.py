"""Complaints and suggestions from any page."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.acts import acting
from youwo.core.clock import local_day
from youwo.core.references import new_reference
from youwo.core.refused import Refused
from youwo.journal import actions as journal
from youwo.needs import rules
from youwo.needs.models import Suggestion
from youwo.people.models import Person


@acting()
def suggest(
    words: str,
    *,
    page: str,
    phone: str,
    community: Area | None,
    nonce: uuid.UUID,
    by: Person | None,
    at: datetime,
) -> Suggestion:
    """Take down a complaint or suggestion from any page.

    The same nonce with the same words makes no second one; other words, written after going back,
    are a suggestion of their own.
    """
    new = {
        "reference": new_reference("S"),
        "words": words,
        "page": page[:200],
        "phone": phone,
        "community": community,
        "at": at,
    }
    suggestion, made = Suggestion.objects.get_or_create(nonce=nonce, defaults=new)
    if not made and suggestion.words != words:
        own = uuid.uuid5(nonce, words)
        suggestion, made = Suggestion.objects.get_or_create(nonce=own, defaults=new)
    if made:
        code = community.pk if community else ""
        journal.write("suggest", suggestion, by=by, at=at, area_code=code)
    return suggestion


@acting()
def answer_suggestion(
    suggestion: Suggestion, *, answer: str, by: Person, at: datetime
) -> Suggestion:
    """Answer a suggestion; who sent it reads the answer under its reference."""
    suggestion = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    if suggestion.answered_at is not None:
        raise Refused(_("A colleague has just answered this."))
    suggestion.answer, suggestion.answered_by, suggestion.answered_at = answer, by, at
    suggestion.save(update_fields=["answer", "answered_by", "answered_at"])
    code = suggestion.community_id or ""
    journal.write("answer", suggestion, by=by, at=at, area_code=code)
    return suggestion


@acting()
def reveal_suggestion_phone(
    suggestion: Suggestion, *, reason: str, by: Person, at: datetime
) -> str:
    """Return the number that was left with a suggestion, to those who answer it, to call back.

    It is journalled.
    """
    if not rules.may_answer(by, suggestion, local_day(at)):
        raise Refused(_("Only those who answer it may see this."))
    code = suggestion.community_id or ""
    journal.write("unmask", suggestion, by=by, at=at, area_code=code, reason=reason)
    return suggestion.phone
