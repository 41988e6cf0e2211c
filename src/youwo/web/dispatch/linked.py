"""What whistles say on the pages of problems and of service items.

To staff and units with a link; to residents in plain words.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from youwo.dispatch.actions import as_its_item
from youwo.needs.models import Problem
from youwo.service.models import ServiceItem
from youwo.web.dispatch.telling import told_steps
from youwo.web.needs.way import Reader
from youwo.web.problems.lineage import SOURCES, Linked
from youwo.web.service.lineage import Node


def whistles(problem: Problem, reader: Reader) -> list[Linked]:
    """Return the whistles about a problem; for residents, who was called and why it pauses."""
    if reader is not Reader.STAFF:
        return [
            Linked(_("Whistle"), step.title, text=step.text, at=step.at)
            for step in told_steps(problem)
        ]
    return [
        Linked(
            _("Whistle"),
            whistle.title,
            whistle.get_status_display(),
            whistle.level.name,
            reverse("dispatch:whistle", args=[whistle.reference]),
            whistle.whistled_at,
        )
        for whistle in [
            as_its_item(one, one.item)
            for one in problem.whistles.select_related("level", "item").order_by("pk")
        ]
    ]


def nodes_of(item: ServiceItem) -> list[Node]:
    """Return the whistles behind a service item, as links of its lineage. One query."""
    return [
        Node(
            "whistle",
            "speakerphone",
            _("Whistle: %(title)s") % {"title": whistle.title},
            whistle.whistled_at,
            f"{whistle.level.name} · {whistle.get_status_display()}",
            reverse("dispatch:whistle", args=[whistle.reference]),
        )
        for whistle in [
            as_its_item(one, item) for one in item.whistles.select_related("level").order_by("pk")
        ]
    ]


SOURCES.append(whistles)
