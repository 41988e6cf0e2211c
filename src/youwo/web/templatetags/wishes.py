"""Tags for lists of wishes."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from youwo.needs.models import Status, Wish
from youwo.web.templatetags.youwo import chip, stamp

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
