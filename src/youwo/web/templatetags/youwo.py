"""Filters and tags for every template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput
from django.forms.widgets import CheckboxSelectMultiple, FileInput, RadioSelect, Select, Textarea
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from youwo.core.lengths import lasting
from youwo.core.references import spaced
from youwo.people import masking
from youwo.web.addresses import address
from youwo.web.people import words
from youwo.web.time_words import Now

register = template.Library()

_ICONS = next((Path(__file__).parent.parent / "static" / "vendor").glob("tabler-icons-*"))


# --- pictures --------------------------------------------------------------------------------
@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw a Tabler outline icon. It says nothing to screen readers: words stand beside it."""
    if not name.replace("-", "").isalnum():
        raise LookupError(name)
    path = _ICONS / f"{name}.svg"
    if not path.exists():
        raise LookupError(f"No icon {name!r}; `script/vendor icon {name}` fetches it.")
    drawing = path.read_text()
    shapes = drawing[drawing.index("/>") + 2 : drawing.rindex("</svg>")]
    # The drawing is a file of ours, never anybody's input.
    return mark_safe(  # noqa: S308
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false">'
        f"{''.join(line.strip() for line in shapes.splitlines())}</svg>"
    )


# --- addresses -------------------------------------------------------------------------------
@register.simple_tag
def url_if(name: str, *args: Any) -> str:
    """Return the address of a page, or nothing where this release does not have the page."""
    try:
        return reverse(name, args=args) if args else address(name)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("components/map.html")
def map_of(name: str, words: str, **data: str) -> dict[str, Any]:
    """A map with the ground that all maps share; `name` is its id, `data` what its script reads."""
    return {
        "name": name,
        "words": words,
        "data": {key.replace("_", "-"): value for key, value in data.items()},
        "tiles": settings.MAP_TILES,
        "credit": settings.MAP_CREDIT,
    }


@register.simple_tag(takes_context=True)
def url_keep(context: Context, **changes: Any) -> str:
    """Return this page's query with some parameters changed; an empty value takes one away.

    Changing a filter goes back to the first page.
    """
    kept = [
        (name, value)
        for name, values in context["request"].GET.lists()
        if name not in changes and name != "cursor"
        for value in values
    ]
    added = [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
    return f"?{urlencode([*kept, *added])}"


@register.simple_tag(takes_context=True)
def current(context: Context, url: str) -> SafeString | str:
    """Mark the tab of the page that is open (`aria-current`), or the section it belongs to."""
    path = context["request"].path
    if path == url:
        return mark_safe(' aria-current="page"')
    if url not in ("", "/") and path.startswith(url):
        return mark_safe(' aria-current="true"')
    return ""


# --- words -----------------------------------------------------------------------------------
@register.filter
def reference(value: str) -> str:
    """Return a reference in groups of three: W7K-39Q-XD4."""
    return spaced(value)


@register.filter
def journal_verb(name: str) -> str:
    """Return what somebody did, as a line of the journal says it."""
    return words.verb(name)


@register.filter
def number(value: Any) -> str:
    """Return a whole number with thousands separators."""
    return "" if value in (None, "") else f"{int(value):,}"


@register.filter
def day(value: date | None) -> str:
    """Return a day as people write it: with the year only where it is not this one."""
    return Now().day(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment as people say it: today 17:30, yesterday 09:12, June 3 09:12."""
    return Now().moment(value) if value else ""


@register.filter
def since(value: datetime | None) -> str:
    """Say how long ago a moment was, in one unit; beyond a week, the day."""
    return Now().since(value) if value else ""


register.filter("lasting", lasting)


# --- what is said of people ------------------------------------------------------------------
register.filter("masked_name", masking.name)
register.filter("masked_phone", masking.phone)
register.filter("masked_document", masking.document)
register.filter("masked_email", masking.email)
register.filter("masked_address", masking.address)


# --- chips, stamps, buttons ------------------------------------------------------------------
# Lists hold dozens of chips: they are put together here, because a template for each costs more
# than the rest of the row.
def _chip(words: Any, kind: str, drawing: str) -> SafeString | str:
    if not words:
        return ""
    # The kind and the drawing are ours; `format_html` would look at each of them once more.
    picture = icon(drawing) if drawing else ""
    return mark_safe(f'<span class="chip {kind}">{picture}{conditional_escape(words)}</span>')  # noqa: S308


@register.simple_tag
def chip(words: Any, kind: str = "", icon: str = "") -> SafeString | str:
    """A short state in words. Kinds: due (amber), late (cinnabar), done (pine), or plain."""
    return _chip(words, kind, icon)


def _due_chip(due: datetime, now: Now) -> SafeString | str:
    kind, words = now.due(due)
    written = mark_safe(f'<time datetime="{due.isoformat()}">{escape(words)}</time>')  # noqa: S308
    return _chip(written, kind, {"late": "alarm", "due": "clock"}.get(kind, ""))


@register.simple_tag
def due_chip(due: datetime | None) -> SafeString | str:
    """How much time is left until a moment, or how much too late it is."""
    return _due_chip(due, Now()) if due else ""


@register.simple_tag
def queue_rows(items: Sequence[Any]) -> SafeString:
    """Draw the lines of the queue; the first one's button is the filled one of the page."""
    now, kind, rows = Now(), "btn-primary", []
    for item in items:
        about, href = escape(item.about), escape(item.href)
        sentence, button_ = escape(item.sentence), escape(item.button)
        # Every part that anybody wrote is escaped.
        rows.append(
            f'<li class="row-card"><span class="t">{icon(item.icon)}'
            f' <a class="through" href="{about}">{sentence}</a></span>'
            f'<span class="side">{_due_chip(item.due_at, now)}</span>'
            f'<span class="muted small">{escape(item.detail)} · {now.since(item.since)}</span>'
            f'<span class="side"><a class="btn {kind}" href="{href}">{button_}</a></span></li>'
        )
        kind = "btn-quiet"
    return mark_safe("".join(rows))  # noqa: S308


@register.simple_tag
def stamp(words: str, big: bool = False) -> SafeString:
    """The seal's outline, for what has been confirmed and stands in the ledger."""
    return format_html('<span class="stamp{}">{}</span>', " big" if big else "", words)


@register.inclusion_tag("components/button.html")
def button(
    words: str,
    kind: str = "quiet",
    *,
    icon: str = "",
    href: str = "",
    name: str = "",
    value: str = "",
    wide: bool = False,
    form: str = "",
    formaction: str = "",
) -> dict[str, Any]:
    """A button (or a link that looks like one, with `href`). Kinds: primary, quiet, plain."""
    return {
        "words": words,
        "kind": kind,
        "icon": icon,
        "href": href,
        "name": name,
        "value": value,
        "wide": wide,
        "form": form,
        "formaction": formaction,
    }


@register.inclusion_tag("components/tap.html")
def tap(
    words: str, action: str, *, name: str, value: Any, kind: str = "quiet", icon: str = ""
) -> dict[str, Any]:
    """A form of one button that says for which row it is pressed. Kinds as of `button`."""
    return {
        "words": words,
        "action": action,
        "name": name,
        "value": value,
        "kind": kind,
        "icon": icon,
    }


# --- forms -----------------------------------------------------------------------------------
_PLAIN = (RadioSelect, CheckboxSelectMultiple)


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    hint: str = "",
    label: str = "",
    big: bool = False,
    side: bool = False,
    optional: bool = True,
    **attributes: Any,
) -> dict[str, Any]:
    """One form field with its label, hint and error.

    Further attributes (`autocomplete`, `inputmode`, `rows`, `placeholder`, `autofocus`) go to the
    control; an underscore in a name becomes a hyphen.
    """
    widget = bound.field.widget
    grouped = isinstance(widget, _PLAIN)
    if isinstance(widget, Textarea):
        # A browser cuts what is pasted without a word; what is too long is kept, and said to be so.
        attributes["maxlength"] = False
    single = isinstance(widget, CheckboxInput) and not grouped
    hint = hint or str(bound.help_text)
    ids = [f"{bound.auto_id}_hint"] * bool(hint) + [f"{bound.auto_id}_error"] * bool(bound.errors)
    attrs = {key.replace("_", "-"): value for key, value in attributes.items()}
    control: Any = ""
    if not grouped:
        # The browser would cut off without a word what is pasted; the form says what is too long.
        attrs.setdefault("maxlength", False)
        if not single:
            own = "form-select" if isinstance(widget, Select) else "form-control"
            attrs["class"] = f"{own} {widget.attrs.get('class', '')}".strip()
        if ids:
            attrs["aria-describedby"] = " ".join(ids)
        control = bound.as_widget(attrs=attrs)
    return {
        "field": bound,
        "control": control,
        "label": label or bound.label,
        "hint": hint,
        "big": big,
        "side": side,
        "grouped": grouped,
        "single": single,
        "file": isinstance(widget, FileInput),
        "described": " ".join(ids),
        "optional": optional and not bound.field.required and not single,
    }


@register.inclusion_tag("components/problems.html")
def problems(form: Any) -> dict[str, Any]:
    """What is wrong with a sent form, each with a link to its field. Stands above the form."""
    return {"form": form}


# --- lists -----------------------------------------------------------------------------------
@register.inclusion_tag("components/pages.html", takes_context=True)
def pages(context: Context, page: Any, rows: str = "rows") -> dict[str, Any]:
    """Earlier and later rows of a `core.paging.Page`, keeping the filters.

    Where scripts run, "more" adds to the list whose id is `rows` instead of leaving the page.
    """
    return {
        "page": page,
        "rows": rows,
        "after": url_keep(context, cursor=page.after) if page.after else "",
        "before": url_keep(context, cursor=page.before) if page.before else "",
    }


@register.inclusion_tag("components/search.html", takes_context=True)
def search(context: Context, label: str, placeholder: str = "") -> dict[str, Any]:
    """The words to look for in a list (`q`); the filters of the address stay, the page does not."""
    given = context["request"].GET
    kept = [
        (name, value)
        for name, values in given.lists()
        if name not in ("q", "cursor")
        for value in values
        if value
    ]
    words = given.get("q", "")
    return {"kept": kept, "label": label, "placeholder": placeholder or label, "words": words}


@register.inclusion_tag("components/choices.html", takes_context=True)
def choices(
    context: Context,
    name: str,
    offered: Iterable[tuple[Any, Any]],
    chosen: Any,
    *,
    all: str,  # noqa: A002 (a word of the templates)
    label: str,
) -> dict[str, Any]:
    """A filter of a list as a line of links: all, or one of (value, words).

    `name` is the filter's in the address.
    """
    rows = [(all, url_keep(context, **{name: ""}), not chosen)]
    rows += [(words, url_keep(context, **{name: key}), key == chosen) for key, words in offered]
    return {"rows": rows, "label": label}
