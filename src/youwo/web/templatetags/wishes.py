"""Tags for lists of wishes."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from youwo.core.references import spaced
from youwo.needs.models import Status, Wish
from youwo.web.templatetags.youwo import chip, stamp
from youwo.web.time_words import Now

register = template.Library()


@register.simple_tag
def wish_state(wish: Wish) -> SafeString | str:
    """Say where a wish stands, as everybody reads it: a chip, or the stamp of what is done."""
    if wish.status == Status.PUBLISHED:
        return chip(_("waits for somebody"))
    if wish.status == Status.CLAIMED:
        return chip(_("promised"), "due")
    if wish.status == Status.DELIVERED:
        return chip(_("to be confirmed"), "due")
    if wish.status in (Status.CONFIRMED, Status.CLOSED):
        return stamp(_("done and confirmed"))
    return chip(wish.get_status_display())


_TITLE = 30


@register.simple_tag
def staff_rows(wishes: Iterable[Wish]) -> SafeString:
    """Draw the lines of the staff's list: what was said, where it stands, where and when."""
    now, list_ = Now(), reverse("needs:staff-list")
    states = {value: chip(label) for value, label in Status.choices}
    kinds = {value: escape(str(label)) for value, label in Wish.Kind.choices}
    rows = []
    for wish in wishes:
        words = wish.public_title or wish.said
        if len(words) > _TITLE:
            words = Truncator(words).chars(_TITLE)
        place: str = escape(wish.community.name)
        if wish.compound is not None:
            place += f" · {escape(wish.compound.name)}"
        # Every part that anybody wrote is escaped.
        rows.append(
            f'<li><a class="row-card" href="{list_}{wish.reference}/">'
            f'<span class="t">{escape(words)}</span>'
            f'<span class="side">{states[wish.status]}</span>'
            f'<span class="muted small">{place} · {kinds[wish.kind]}'
            f' · <span class="num nowrap">{spaced(wish.reference)}</span></span>'
            f'<span class="side muted small">{now.since(wish.received_at)}</span></a></li>'
        )
    return mark_safe("".join(rows))  # noqa: S308
