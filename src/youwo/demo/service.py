"""Jinshui's joint meetings and its service list: one held, one called, items in every state.

Everything goes through the actions that people use, at moments before and after the last meeting
of the community's rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from youwo.almanac.queries import day as working_day
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.pairings import COMMITTEE_UNIT, OWNERS_UNIT, PROPERTY_UNIT
from youwo.demo.places import JINSHUI
from youwo.demo.signins import MEMBER, OWNERS, PROPERTY, STAFF, UNIT
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import door, person_name, read
from youwo.ledger.models import Counted
from youwo.needs.actions import Contact, problems
from youwo.needs.models import Channel, Problem, ProblemKind, Voice
from youwo.organizations.models import Organization
from youwo.people.models import Person
from youwo.people.queries import text_in_force
from youwo.service import actions
from youwo.service.actions import meetings
from youwo.service.models import (
    Invitation,
    JointMeeting,
    MeetingSeries,
    MeetingStatus,
    ServiceItem,
)
from youwo.service.queries import occurrence

_PLACE = "金税社区党群服务中心二楼会议室"
# How long ago something was agreed on, seen from a later day.
_AGREED = timedelta(days=7)
_UNITS = {
    "tax": TAX_OFFICE,
    "committee": COMMITTEE_UNIT,
    "property": PROPERTY_UNIT,
    "owners": OWNERS_UNIT,
}


@dataclass
class Stage:
    """Who plays, where, and by when."""

    now: datetime
    draw: Random
    words: dict[str, Any]
    community: Area
    people: dict[str, Person]
    units: dict[str, Organization]
    compounds: dict[str, Area]
    kinds: dict[str, ProblemKind]
    problems: dict[str, Problem] = field(default_factory=dict)
    items: list[tuple[dict[str, Any], ServiceItem]] = field(default_factory=list)

    @property
    def worker(self) -> Person:
        """The community worker who runs the meeting."""
        return self.people["worker"]

    @property
    def colleague(self) -> Person:
        """Her colleague, who accepts what was done."""
        return self.people["worker2"]


def build(seed: int, *, now: datetime) -> None:
    """Play the story up to a moment. Without a catalogue of problems there is none to play."""
    stage = _stage(seed, now)
    if stage is None:
        return
    held_at = _last_meeting(now)
    called_at = held_at - timedelta(days=12)
    for words in stage.words["problem"]:
        # What the next meeting will talk about has only just been said.
        days = stage.draw.randint(1, 3) if words.get("fresh") else 0
        before = now - timedelta(days=days) if days else called_at - timedelta(days=3)
        _report(
            stage, words, _morning(before - timedelta(days=0 if days else stage.draw.randint(0, 6)))
        )
    meeting = _call(stage, called_at)
    _hold(stage, meeting, held_at)
    for words, item in stage.items:
        _play(stage, words, item, held_at)
    _beside(stage, held_at)
    _call_another(stage)


def retell(seed: int, *, now: datetime) -> None:
    """Play on a later day: fresh, due and late items, and a meeting ahead where there is none."""
    stage = _stage(seed, now)
    if stage is None:
        return
    meetings.call_ahead(now)
    begun = _morning(now - _AGREED)
    # The same matters come up in another compound.
    compounds = sorted(stage.compounds)
    rows = [{**row, "compound": stage.draw.choice(compounds)} for row in stage.words["problem"]]
    for words in rows:
        if words.get("fresh"):
            _report(stage, words, _morning(now - timedelta(days=stage.draw.randint(1, 3))))
        else:
            _report(stage, words, begun - timedelta(days=stage.draw.randint(1, 4)))
    for row in stage.words["later"]:
        at = _morning(now - timedelta(days=row["ago"]))
        item = _agree_again(stage, row, at)
        if row["state"] == "started":
            actions.start(item, by=_speaker(stage, row["owner"]), at=at + timedelta(hours=3))
    _beside(stage, begun, ended=False)
    ahead = JointMeeting.objects.filter(community=stage.community, series=None, starts_at__gt=now)
    if not ahead.filter(status=MeetingStatus.CALLED).exists():
        _call_another(stage)


def _agree_again(stage: Stage, row: dict[str, Any], at: datetime) -> ServiceItem:
    """Agree with a unit, between two meetings, on what is to be done about a problem."""
    return actions.agree(
        row["title"],
        community=stage.community,
        problem=stage.problems[row["problem"]],
        field=row["field"],
        due_on=local_day(stage.now) + timedelta(days=row["due"]),
        organization=stage.units[row["owner"]],
        helpers=[stage.units[key] for key in row["helpers"]],
        resources=[(thing, Decimal(much), one, None) for thing, much, one in row["needs"]],
        nonce=nonce(stage.draw),
        by=stage.worker,
        at=at,
    )


def _stage(seed: int, now: datetime) -> Stage | None:
    kinds = ProblemKind.objects.in_bulk()
    named = [one.username for one in (*STAFF, UNIT, MEMBER, PROPERTY, OWNERS)]
    words = read("service")
    if not {row["kind"] for row in words["problem"]} <= set(kinds):
        return None
    community = Area.objects.get(pk=JINSHUI)
    return Stage(
        now=now,
        draw=dice(seed, "service", local_day(now)),
        words=words,
        community=community,
        people={
            person.username or "": person for person in Person.objects.filter(username__in=named)
        },
        units={key: Organization.objects.get(name=name) for key, name in _UNITS.items()},
        compounds={
            area.name: area for area in Area.objects.filter(parent=community).order_by("code")
        },
        kinds=kinds,
    )


def _meeting_day(now: datetime) -> int:
    """Return on which day of the month they meet, so that the last time is about ten days ago."""
    return min((local_day(now) - timedelta(days=11)).day, 28)


def _last_meeting(now: datetime) -> datetime:
    """Return when the community last met: long enough ago for things to have been done since."""
    rhythm = MeetingSeries(day_of_month=_meeting_day(now), begins=time(15, 0))
    month = local_day(now).replace(day=1)
    while (starts_at := occurrence(rhythm, month)) > now - timedelta(days=5, hours=12):
        month = (month - timedelta(days=1)).replace(day=1)
    return starts_at


def _morning(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=9, minute=20)


def _workday(day: date) -> date:
    while not working_day(day).working:
        day += timedelta(days=1)
    return day


def _report(stage: Stage, words: dict[str, Any], at: datetime) -> None:
    """Let several people speak of one matter, and put it on the list."""
    problem: Problem | None = None
    for number, said in enumerate(words["voices"]):
        report = problems.report(
            said,
            kind=stage.kinds[words["kind"]],
            community=stage.community,
            compound=stage.compounds[words["compound"]],
            contact=Contact(
                phone=f"199004{stage.draw.randrange(100_000):05d}",
                name=person_name(stage.draw),
                address=door(stage.draw),
            ),
            consent=text_in_force("problem", local_day(at)),
            consent_given_by=Voice.Consent.SPOKEN if number else Voice.Consent.SELF,
            channel=Channel.TELEPHONE if number % 2 else Channel.OWN,
            problem=problem,
            nonce=nonce(stage.draw),
            by=stage.worker if number % 2 else None,
            at=at + timedelta(minutes=40 * number),
        )
        problem = report.problem
    if problem is None:
        return
    stage.problems[words["key"]] = problems.accept(
        problem,
        public_title=words["title"],
        public_text=words["text"],
        kind=stage.kinds[words["kind"]],
        by=stage.worker,
        at=at + timedelta(hours=5),
    )


def _call(stage: Stage, at: datetime) -> JointMeeting:
    """Let the rhythm call the meeting; pick the agenda and answer the invitations."""
    series = meetings.set_series(
        stage.community,
        day_of_month=_meeting_day(stage.now),
        begins=time(15, 0),
        place=_PLACE,
        by=stage.worker,
        at=at,
    )
    meeting = series.meetings.get()
    _invite_all(stage, meeting, at)
    keys = [row["problem"] for row in stage.words["agreed"]]
    picked = [stage.problems[key] for key in [*keys, "lift", "parking"]]
    meetings.pick(meeting, problems=picked, by=stage.worker, at=at + timedelta(hours=20))
    for invitation in meeting.invitations.select_related("organization").order_by("pk"):
        _answer(stage, invitation, at + timedelta(days=2))
    return meeting


def _invite_all(stage: Stage, meeting: JointMeeting, at: datetime) -> None:
    known = set(meeting.invitations.values_list("organization_id", flat=True))
    others = [unit for unit in stage.units.values() if unit.pk not in known]
    if others:
        meetings.invite(meeting, organizations=others, by=stage.worker, at=at)


def _answer(stage: Stage, invitation: Invitation, at: datetime) -> None:
    speakers = {
        TAX_OFFICE: (stage.people["unit"], "yes", "", "带两名青年党员参加"),
        PROPERTY_UNIT: (stage.people["property"], "deputy", "董海生的同事 孟师傅", ""),
        OWNERS_UNIT: (stage.people["owners"], "yes", "", ""),
        COMMITTEE_UNIT: (stage.worker, "yes", "", ""),
    }
    name = invitation.organization.name if invitation.organization else ""
    if name in speakers:
        by, answer, who, words = speakers[name]
        meetings.answer(invitation, answer=answer, who=who, words=words, by=by, at=at)


def _hold(stage: Stage, meeting: JointMeeting, at: datetime) -> None:
    """Run the meeting: most matters become service items, one gets a reason, one is left open."""
    worker = stage.worker
    meetings.hold(meeting, by=worker, at=at)
    meetings.invite_guest(meeting, name="樊师傅，居民代表", by=worker, at=at)
    seats = meeting.invitations.exclude(answer=Invitation.Answer.NONE)
    came = dict.fromkeys(seats.values_list("pk", flat=True), (True, ""))
    meetings.note_attendance(meeting, came=came, by=worker, at=at)
    rows = {row["problem"]: row for row in stage.words["agreed"]}
    keys = {problem.pk: key for key, problem in stage.problems.items()}
    matters = meeting.agenda.select_related("meeting").order_by("number")
    for minutes, matter in enumerate(matters, start=1):
        moment = at + timedelta(minutes=8 * minutes)
        key = keys[matter.problem_id or 0]
        if key in rows:
            row = rows[key]
            stage.items.append((row, _decide(stage, matter, row, moment)))
        elif key == "lift":
            meetings.explain(
                matter,
                reason="更换电梯要动用维修资金，先由业主委员会征求业主意见，下月再议。",
                by=worker,
                at=moment,
            )
    meetings.close(meeting, by=worker, at=at + timedelta(minutes=100))


def _decide(stage: Stage, matter: Any, row: dict[str, Any], at: datetime) -> ServiceItem:
    return meetings.decide(
        matter,
        title=row["title"],
        field=row["field"],
        due_on=_workday(local_day(at) + timedelta(days=14)),
        organization=stage.units[row["owner"]],
        helpers=[stage.units[key] for key in row["helpers"]],
        resources=[(thing, Decimal(much), one, None) for thing, much, one in row["needs"]],
        by=stage.worker,
        at=at,
    )


def _speaker(stage: Stage, owner: str) -> Person:
    return {"tax": stage.people["unit"], "property": stage.people["property"]}[owner]


def _play(stage: Stage, words: dict[str, Any], item: ServiceItem, held_at: datetime) -> None:
    """Bring an item into its state in the days after the meeting."""
    if words["state"] == "agreed":
        return
    speaker = _speaker(stage, words["owner"])
    begun = _morning(held_at + timedelta(days=1))
    actions.start(item, by=speaker, at=begun)
    if words["state"] == "started":
        return
    done_at = begun + timedelta(days=2, hours=7)
    _deliver(stage, words, item, speaker, done_at)
    if words["state"] == "closed":
        _accept(stage, words, item, done_at + timedelta(days=1))


def _deliver(
    stage: Stage, words: dict[str, Any], item: ServiceItem, speaker: Person, at: datetime
) -> None:
    members = [stage.people["unit"], stage.people["member"]] if words["owner"] == "tax" else []
    actions.deliver(
        item,
        organization=stage.units[words["owner"]],
        occurred_on=local_day(at),
        minutes=words["minutes"],
        people=words["people"],
        what=words["what"],
        goods=[(thing, Decimal(much), one) for thing, much, one in words.get("goods", [])],
        hands=[(person, words["minutes"]) for person in members],
        by=speaker,
        at=at,
    )


def _accept(stage: Stage, words: dict[str, Any], item: ServiceItem, at: datetime) -> None:
    if item.problem is not None:
        first = item.problem.reports.order_by("pk")[0]
        problems.judge(first, satisfied=True, words=words["words"], by=None, at=at)
    actions.close(
        item,
        served=words["served"],
        counted_how=Counted.COUNTED,
        by=stage.colleague,
        at=at + timedelta(hours=1),
    )


def _beside(stage: Stage, held_at: datetime, *, ended: bool = True) -> None:
    """Agree on items that no problem stands behind."""
    for words in stage.words["free"]:
        if words["state"] == "dropped" and not ended:
            continue
        at = _morning(held_at + timedelta(days=1)) + timedelta(hours=1)
        item = actions.agree(
            words["title"],
            community=stage.community,
            field=words["field"],
            due_on=_workday(local_day(stage.now) + timedelta(days=6)),
            organization=stage.units[words["owner"]] if words["owner"] else None,
            nonce=nonce(stage.draw),
            by=stage.worker,
            at=at,
        )
        if words["state"] == "delivered":
            _deliver(stage, words, item, _speaker(stage, words["owner"]), at + timedelta(days=3))
        elif words["state"] == "dropped":
            actions.drop(item, reason=words["reason"], by=stage.worker, at=at + timedelta(days=2))


def _call_another(stage: Stage) -> None:
    """Call one more meeting for a reason, some invitations still to be answered."""
    at = stage.now - timedelta(hours=4)
    on = _workday(local_day(stage.now) + timedelta(days=2))
    meeting = meetings.call(
        stage.community,
        reason="商量芙蓉苑电动车充电棚选址",
        starts_at=timezone.make_aware(datetime.combine(on, time(15, 30))),
        place=_PLACE,
        organizations=list(stage.units.values()),
        nonce=nonce(stage.draw),
        by=stage.worker,
        at=at,
    )
    meetings.pick(
        meeting, problems=[stage.problems["charging"]], by=stage.worker, at=at + timedelta(hours=1)
    )
    committee = meeting.invitations.get(organization=stage.units["committee"])
    _answer(stage, committee, at + timedelta(hours=1))
