"""What led to what, from any end: voice, problem, meeting, service item, delivery, goods, deed.

`lineage` takes a chain (`service.queries.chain_of`, `chain_of_item`) and returns it in the order in
which it happened. Domains above service add their own stretches (`more`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from youwo.needs.models import Problem, ProblemStatus
from youwo.service import queries
from youwo.service.models import AgendaItem, Delivery, ItemStatus, JointMeeting, ServiceItem
from youwo.service.queries import Chain
from youwo.web.needs.way import Reader
from youwo.web.problems.lineage import SOURCES, Linked


@dataclass(frozen=True)
class Node:
    """One link: what it is, in words, where its page is, and when it came about."""

    kind: str
    icon: str
    title: str
    at: datetime | None = None
    text: str = ""
    href: str = ""
    # done, now, next or ended, as in the way of a case
    state: str = "done"
    here: bool = False


def lineage(
    chain: Chain, *, here: object = None, public: bool = False, more: Iterable[Node] = ()
) -> list[Node]:
    """Return the links of a chain in the order in which they came about.

    `here` is the row whose page is open: it is marked. `public` leaves out links, references and
    whatever names people. `more` are links of other domains, such as whistles.
    """
    nodes = [
        *_voices(chain, public),
        *(node for matter in chain.agenda for node in _meeting(matter, here, public)),
        *(node for item in chain.items for node in _item(item, here, public)),
        *more,
        *_end(chain, public),
    ]
    beginning = timezone.now()
    return sorted(nodes, key=lambda node: node.at or beginning)


def _voices(chain: Chain, public: bool) -> list[Node]:
    problem = chain.problem
    if problem is None:
        return []
    nodes = [
        Node(
            "voices",
            "message-report",
            ngettext("%(count)s voice", "%(count)s voices", chain.voices) % {"count": chain.voices},
            chain.first_voice_at,
        )
    ]
    if problem.accepted_at:
        nodes.append(
            Node(
                "problem",
                "clipboard-text",
                _("Problem: %(title)s") % {"title": problem.public_title or problem.title},
                problem.accepted_at,
                problem.get_status_display(),
                "" if public else _page("problems:staff", problem.reference),
            )
        )
    return nodes


def _page(name: str, reference: str) -> str:
    try:
        return reverse(name, args=[reference])
    except NoReverseMatch:
        return ""


def _began(meeting: JointMeeting) -> datetime:
    """Return when a meeting was begun; of one to come, when it is to begin."""
    return meeting.held_at or meeting.starts_at


def _meeting(matter: AgendaItem, here: object, public: bool) -> list[Node]:
    meeting = matter.meeting
    text = matter.reason or matter.get_outcome_display()
    return [
        Node(
            "meeting",
            "users",
            _("Joint meeting on %(day)s")
            % {"day": date_format(timezone.localtime(_began(meeting)), _("M j"))},
            _began(meeting),
            text if meeting.held_at else meeting.get_status_display(),
            "" if public else _page("service:meeting", meeting.reference),
            "done" if meeting.held_at else "next",
            here == meeting,
        )
    ]


def _item(item: ServiceItem, here: object, public: bool) -> list[Node]:
    owner = str(item.organization) if item.organization else _("nobody yet")
    dropped = item.status == ItemStatus.DROPPED
    nodes = [
        Node(
            "item",
            "list-check",
            _("Service item: %(title)s") % {"title": item.title},
            item.agreed_at,
            _("%(owner)s, by %(day)s")
            % {"owner": owner, "day": date_format(item.due_on, _("M j"))},
            "" if public else _page("service:item", item.reference),
            "ended" if dropped else "done" if item.started_at or item.is_closed else "now",
            here == item,
        )
    ]
    if dropped:
        nodes.append(
            Node("dropped", "arrow-back-up", _("Dropped"), item.since, item.reason, state="ended")
        )
    for delivery in getattr(item, "done", []):
        nodes += _delivery(delivery, here, public)
    if item.status == ItemStatus.STARTED:
        nodes.append(Node("work", "clock", _("Under way"), None, "", state="now"))
    return nodes


def _delivery(delivery: Delivery, here: object, public: bool) -> list[Node]:
    who = str(delivery.organization) if delivery.organization else _("the community")
    people = ngettext("%(n)s person", "%(n)s people", delivery.people) % {"n": delivery.people}
    revoked = delivery.revoked_at is not None
    nodes = [
        Node(
            "delivery",
            "heart-handshake",
            _("Taken back: %(what)s") % {"what": delivery.what}
            if revoked
            else _("Done: %(what)s") % {"what": delivery.what},
            delivery.recorded_at,
            f"{who} · {people}",
            state="ended" if revoked else "done",
            here=here == delivery,
        )
    ]
    if revoked:
        return nodes
    if delivery.goods.all():
        nodes.append(
            Node(
                "goods",
                "seedling",
                _("Handed over: %(goods)s") % {"goods": _(", ").join(_things(delivery))},
                delivery.recorded_at,
            )
        )
    entry = getattr(delivery, "entry", None)
    if entry:
        nodes.append(
            Node(
                "deed",
                "circle-check",
                _("Accepted: one deed in the ledger"),
                delivery.item.closed_at or delivery.recorded_at,
                "",
                "" if public else reverse("insight:fact", args=[entry]),
            )
        )
    return nodes


def _things(delivery: Delivery) -> list[str]:
    return [
        f"{thing.item} {thing.quantity.normalize():f} {thing.unit}"
        for thing in delivery.goods.all()
    ]


def _end(chain: Chain, public: bool) -> list[Node]:
    problem = chain.problem
    if problem is None:
        return []
    if problem.status == ProblemStatus.DONE:
        return [Node("judged", "users", _("The residents say whether it is solved"), state="now")]
    if problem.status == ProblemStatus.CLOSED:
        words = (
            _("Solved; the community asked on the spot")
            if problem.asked
            else _("Solved, with the residents' word")
        )
        return [Node("solved", "check", words, problem.closed_at)]
    return []


def of_problem(problem: Problem, reader: Reader) -> list[Linked]:
    """Say on the pages of a problem which meetings and service items it led to.

    Two statements for staff, whose links lead to the rest; four for everybody else, who are told
    what was done as well.
    """
    staff = reader is Reader.STAFF
    return [
        *(_linked_meeting(matter, staff) for matter in queries.agenda_of_problem(problem)),
        *(
            row
            for item in queries.items_of_problem(problem, whole=not staff)
            for row in _linked_item(item, staff)
        ),
    ]


def _linked_meeting(matter: AgendaItem, staff: bool) -> Linked:
    meeting = matter.meeting
    return Linked(
        what=str(_("Joint meeting")),
        title=_("Joint meeting on %(day)s")
        % {"day": date_format(timezone.localtime(_began(meeting)), _("M j"))},
        state=matter.get_outcome_display() if meeting.held_at else meeting.get_status_display(),
        text=matter.reason,
        href=_page("service:meeting", meeting.reference) if staff else "",
        at=_began(meeting),
    )


def _linked_item(item: ServiceItem, staff: bool) -> list[Linked]:
    owner = str(item.organization) if item.organization else _("nobody yet")
    due = _("%(owner)s, by %(day)s") % {
        "owner": owner,
        "day": date_format(item.due_on, _("M j")),
    }
    rows = [
        Linked(
            what=str(_("Service item")),
            title=item.title,
            state=item.get_status_display(),
            text=" · ".join(filter(None, [due, item.reason if item.is_dropped else ""])),
            href=_page("service:item", item.reference) if staff else "",
            at=item.agreed_at,
        )
    ]
    if not staff:
        standing = (row for row in item.done if not row.revoked_at)  # type: ignore[attr-defined]
        rows += [_linked_delivery(row, done=not item.is_dropped) for row in standing]
    return rows


def _linked_delivery(delivery: Delivery, *, done: bool) -> Linked:
    who = str(delivery.organization) if delivery.organization else _("the community")
    on = date_format(delivery.occurred_on, _("M j"))
    return Linked(
        what=str(_("What was done")),
        title=delivery.what,
        text=" · ".join(filter(None, [on, who, _(", ").join(_things(delivery))])),
        at=delivery.recorded_at,
        done=done,
    )


SOURCES.append(of_problem)
