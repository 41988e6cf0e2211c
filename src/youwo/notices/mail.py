"""E-mails: the same words as text and as simple HTML, one message or several in each."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from youwo.notices.models import Delivery, Message

# A line of a body that begins with it is an item of a list.
ITEM = "· "


def compose(deliveries: Sequence[Delivery]) -> EmailMultiAlternatives:
    """Make one e-mail of the messages of one person, in their language."""
    messages = [delivery.message for delivery in deliveries]
    recipient = messages[0].recipient
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    with override(recipient.language or settings.LANGUAGE_CODE):
        subject = _subject(messages)
        choose = _("You choose what you get by e-mail: %(address)s") % {
            "address": _address("/me/messages/preferences/")
        }
        text = "\n\n".join([*(_text(message, messages) for message in messages), choose])
        html = _page(subject, messages)
    email = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[recipient.email],
        # Fixed for each delivery, so that a mailbox that gets it twice can tell.
        headers={
            "Message-ID": f"<delivery-{deliveries[0].pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    email.attach_alternative(html, "text/html")
    return email


def _subject(messages: Sequence[Message]) -> str:
    if len(messages) == 1:
        return " ".join(messages[0].subject.split())
    return ngettext(
        "%(count)d message from the quiet hours",
        "%(count)d messages from the quiet hours",
        len(messages),
    ) % {"count": len(messages)}


def _address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _text(message: Message, messages: Sequence[Message]) -> str:
    parts = [
        message.subject if len(messages) > 1 else "",
        message.body,
        _("Open it here: %(address)s") % {"address": _address(message.link)}
        if message.link
        else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _page(subject: str, messages: Sequence[Message]) -> str:
    parts = format_html_join("", "{}", ((_html(message),) for message in messages))
    choose = format_html(
        '<p style="color:#666;font-size:14px"><a href="{}" style="color:#666">{}</a></p>',
        _address("/me/messages/preferences/"),
        _("Choose what comes by e-mail, and when"),
    )
    return format_html(
        '<!doctype html><html><head><meta charset="utf-8"><title>{}</title></head>'
        '<body style="max-width:36em;margin:24px auto;padding:0 16px;'
        "font:16px/1.6 'PingFang SC','Microsoft YaHei',sans-serif;color:#222\">"
        "{}{}</body></html>",
        subject,
        parts,
        choose,
    )


def _html(message: Message) -> SafeString:
    link = (
        format_html(
            '<p><a href="{}" style="color:#a83228">{}</a></p>',
            _address(message.link),
            _("Have a look"),
        )
        if message.link
        else ""
    )
    blocks = format_html_join(
        "", "{}", ((_block(block),) for block in message.body.split("\n\n") if block.strip())
    )
    return format_html('<h2 style="font-size:18px">{}</h2>{}{}', message.subject, blocks, link)


def _block(block: str) -> SafeString:
    """Make a paragraph, or a list with the words above it."""
    lines = block.splitlines()
    words = [line for line in lines if not line.startswith(ITEM)]
    items = [line.removeprefix(ITEM) for line in lines if line.startswith(ITEM)]
    head = (
        format_html(
            "<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((word,) for word in words))
        )
        if words
        else ""
    )
    listed = (
        format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((one,) for one in items)))
        if items
        else ""
    )
    return format_html("{}{}", head, listed)
