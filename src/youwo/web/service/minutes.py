"""Minutes: rendered from what was decided, as a page, on paper, and as a Word file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from youwo.core.clock import local_day
from youwo.core.references import spaced
from youwo.people import masking
from youwo.service import rules
from youwo.service.models import AgendaItem, Invitation, JointMeeting
from youwo.service.queries import seated
from youwo.web.access import signed_in_person, with_units
from youwo.web.service import shared

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Line:
    """One matter of the minutes: what it was, what became of it, and who sees to it."""

    number: int
    title: str
    outcome: str
    text: str
    item: Any


@dataclass(frozen=True)
class Minutes:
    """The minutes of a meeting in words."""

    title: str
    when: str
    place: str
    reason: str
    present: list[str]
    absent: list[str]
    lines: list[Line]


def _person(name: str, *, whole: bool) -> str:
    return name if whole else masking.name(name)


def _seat(invitation: Invitation, *, whole: bool) -> str:
    name = invitation.organization.name if invitation.organization else ""
    who = _person(invitation.who, whole=whole)
    if not name:
        return who
    return _("%(unit)s (%(who)s)") % {"unit": name, "who": who} if who else name


def _helpers(item: Any) -> str:
    return _(", ").join(helper.organization.name for helper in item.helpers.all())


def _line(number: int, matter: AgendaItem) -> Line:
    item = getattr(matter, "item", None)
    if item is not None:
        owner = item.organization.name if item.organization else _("nobody yet")
        words = [
            _("Owner: %(name)s") % {"name": owner},
            *(
                [_("with the help of %(names)s") % {"names": _helpers(item)}]
                if item.helpers.all()
                else []
            ),
            _("by %(day)s") % {"day": date_format(item.due_on, _("M j, Y"))},
            *(
                _("%(thing)s %(quantity)s %(unit)s")
                % {
                    "thing": thing.name,
                    "quantity": f"{thing.quantity.normalize():f}",
                    "unit": thing.unit,
                }
                for thing in item.resources.all()
            ),
        ]
        return Line(
            number, matter.title, str(matter.get_outcome_display()), _("; ").join(words), item
        )
    return Line(number, matter.title, str(matter.get_outcome_display()), matter.reason, None)


def minutes_of(meeting: JointMeeting, *, whole: bool) -> Minutes:
    """Put the minutes together. `whole` shows the names of people to the meeting's own staff."""
    invitations = seated(meeting)
    agenda = (
        meeting.agenda.select_related("item__organization")
        .prefetch_related("item__helpers__organization", "item__resources")
        .order_by("number", "pk")
    )
    starts = timezone.localtime(meeting.held_at or meeting.starts_at)
    return Minutes(
        title=_("Minutes of the joint meeting in %(community)s")
        % {"community": meeting.community.name},
        when=_("%(day)s %(clock)s")
        % {"day": date_format(starts.date(), _("M j, Y")), "clock": starts.strftime("%H:%M")},
        place=meeting.place,
        reason=meeting.reason or _("monthly meeting"),
        present=[_seat(one, whole=whole) for one in invitations if one.came],
        absent=[_seat(one, whole=whole) for one in invitations if one.came is False],
        lines=[_line(number, matter) for number, matter in enumerate(agenda, start=1)],
    )


def _shown(request: HttpRequest, reference: str) -> tuple[JointMeeting, Minutes | None]:
    meeting = shared.meeting_of(request, reference)
    if not (meeting.is_held or meeting.is_closed):
        return meeting, None
    on = local_day(timezone.now())
    whole = rules.may_read(signed_in_person(request), meeting.community_id, on)
    return meeting, minutes_of(meeting, whole=whole)


@with_units
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the minutes, ready to print."""
    meeting, minutes = _shown(request, reference)
    if minutes is None:
        return redirect("service:meeting", meeting.reference)
    return render(request, "service/minutes.html", {"meeting": meeting, "minutes": minutes})


@with_units
def word(request: HttpRequest, reference: str) -> HttpResponse | FileResponse:
    """Send the minutes as a Word file."""
    meeting, minutes = _shown(request, reference)
    if minutes is None:
        return redirect("service:meeting", meeting.reference)
    file = io.BytesIO()
    document(meeting, minutes).save(file)
    file.seek(0)
    day = timezone.localtime(meeting.starts_at).strftime("%Y%m%d")
    name = f"{minutes.title}-{day}.docx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=_WORD)


def document(meeting: JointMeeting, minutes: Minutes) -> Any:
    """Lay the minutes out as offices do: title, heads, a table of matters, signatures."""
    # Here, because a server that writes no minutes need not hold what writes them.
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paper = docx.Document()
    style: Any = paper.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(14)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(minutes.title)
    run.bold, run.font.size = True, Pt(20)
    heads = [
        (_("Time"), minutes.when),
        (_("Meeting place"), minutes.place),
        (_("Why it was called"), minutes.reason),
        (_("Present"), _(", ").join(minutes.present) or _("not noted")),
        (_("Absent"), _(", ").join(minutes.absent)),
        (_("Reference"), spaced(meeting.reference)),
    ]
    for name, value in heads:
        if value:
            line = paper.add_paragraph()
            line.add_run(_("%(name)s: ") % {"name": name}).bold = True
            line.add_run(value)
    table = paper.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    for cell, words in zip(
        table.rows[0].cells, [_("No."), _("Matter"), _("Outcome"), _("Agreed, or reason")],
        strict=True,
    ):  # fmt: skip
        cell.text = words
        cell.paragraphs[0].runs[0].bold = True
    for row in minutes.lines:
        for cell, words in zip(
            table.add_row().cells, [str(row.number), row.title, row.outcome, row.text], strict=True
        ):
            cell.text = words
    paper.add_paragraph()
    for words in (_("For the community"), _("For the units present")):
        paper.add_paragraph(_("%(name)s: ") % {"name": words} + "＿" * 12)
    return paper
