"""What chat groups hear of whistles: that one was blown, answered, or climbed a level.

The words of a whistle are written for the units to read, without a name, a number or a door.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from youwo.dispatch.models import Whistle
from youwo.notices.actions import News, tell_groups
from youwo.notices.models import GroupKind
from youwo.notices.queries import groups
from youwo.organizations.models import Organization


def _page(whistle: Whistle) -> str:
    return f"/work/whistles/{whistle.reference}/"


def tell_called(whistle: Whistle, units: Sequence[Organization], *, at: datetime) -> None:
    """Tell the groups of the called units, and those of the place."""
    place = whistle.community.name
    cause = f"whistle.{whistle.pk}.call"
    words = format_lazy(_("{place} whistles: {title}"), place=place, title=whistle.title)
    told = [
        News(
            kind=GroupKind.WHISTLE,
            subject=words,
            body=_("Please report, or object with a reason."),
            organization=unit.pk,
            link=_page(whistle),
            cause=f"{cause}.{unit.pk}",
        )
        for unit in units
    ]
    here = News(
        kind=GroupKind.WHISTLE,
        subject=words,
        area_code=whistle.community_id,
        link=_page(whistle),
        cause=cause,
    )
    tell_groups([*told, here], at=at)


def tell_answered(whistle: Whistle, unit: Organization, *, at: datetime) -> None:
    """Tell the groups of the place who comes."""
    words = format_lazy(_("{unit} reports: {title}"), unit=str(unit), title=whistle.title)
    news = News(
        kind=GroupKind.WHISTLE,
        subject=words,
        area_code=whistle.community_id,
        link=_page(whistle),
        cause=f"whistle.{whistle.pk}.answer.{unit.pk}",
    )
    tell_groups([news], at=at)


def tell_climbed(keys: Sequence[int], *, at: datetime) -> None:
    """Tell the groups of each place which whistles have climbed there: one line for a place.

    No statement where no group wants to hear of it, else two.
    """
    if not any(GroupKind.ESCALATION in group.wanted for group in groups()):
        return
    rows = Whistle.objects.filter(pk__in=keys).order_by("pk")
    places: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for code, place, reference, title in rows.values_list(
        "community_id", "community__name", "reference", "title"
    ):
        places[code, place].append((reference, title))
    tell_groups(
        [_climbed(code, place, found, at) for (code, place), found in places.items()], at=at
    )


def _climbed(code: str, place: str, found: list[tuple[str, str]], at: datetime) -> News:
    reference, title = found[0]
    if len(found) == 1:
        words = format_lazy(
            _("A whistle from {place} has climbed a level: {title}"), place=place, title=title
        )
        link = f"/work/whistles/{reference}/"
    else:
        words = format_lazy(
            _("{count} whistles from {place} have climbed a level."), count=len(found), place=place
        )
        link = "/work/whistles/"
    return News(
        kind=GroupKind.ESCALATION,
        subject=words,
        area_code=code,
        link=link,
        cause=f"whistles.climb.{code}.{int(at.timestamp())}.{reference}",
    )
