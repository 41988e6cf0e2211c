"""The story of the tax office and Jinshui, from hearing to evaluation, as one connected case.

What people say becomes problems and wishes; unit, committee, property company and owners meet and
agree a service list; a fence goes up, grounds are cleaned, three old compounds receive 40 bins and
20 sets of extinguishers; the community whistles, one unit objects, another answers; residents
judge; the unit is evaluated and replies. All by the acts that people use, at moments of the past
weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from django.db.models import Max
from django.utils import timezone

from youwo.almanac.queries import day as calendar_day
from youwo.areas import actions as areas
from youwo.areas.models import Area, CompoundFact
from youwo.core.clock import local_day, start_of
from youwo.demo.draws import dice, nonce
from youwo.demo.pairings import COMMITTEE_UNIT, OWNERS_UNIT, PROPERTY_UNIT
from youwo.demo.places import COUNTY, JINSHUI
from youwo.demo.signins import MEMBER, OWNERS, PROPERTY, UNIT
from youwo.demo.units import TAX_OFFICE
from youwo.demo.words import phone, read
from youwo.dispatch import actions as dispatch
from youwo.dispatch import queries as whistles
from youwo.evaluation import actions as evaluation
from youwo.evaluation.actions import Said
from youwo.evaluation.models import Evaluated, Round, Sheet, Stack, Subject, Template, Viewpoint
from youwo.evaluation.queries import templates_in_force
from youwo.ledger.models import Counted, Field
from youwo.needs import actions as needs
from youwo.needs.actions import hearings, problems
from youwo.needs.actions.hearings import About, Typed
from youwo.needs.models import Attendee, Hearing, Problem, Report, Voice, Wish
from youwo.organizations.models import Mandate, Organization
from youwo.people.models import ConsentText, Grant, Person, Role
from youwo.service import actions as service
from youwo.service.actions import assets, meetings
from youwo.service.actions.assets import Share
from youwo.service.models import Asset, Delivery, Invitation, JointMeeting, ServiceItem

# The three old compounds that nobody manages, and how the bins and extinguishers are shared out.
THREE_NO = ("棉麻公司家属院", "机械厂 5 号院", "向阳院")
BINS, EXTINGUISHERS = (15, 15, 10), (8, 6, 6)
# Who is called first, wrongly, and who mends the road in the end; the first that there are.
CALLED_FIRST = ("盐湖区城市管理局", "盐湖区交通运输局", "盐湖区住房和城乡建设局")
_EVALUATED_DAYS = 120
# How often somebody gives another unit a step less than the best.
_LESS = 0.3


def build(seed: int, *, now: datetime) -> None:
    """Tell the whole story, so that its end lies just before `now`."""
    Story(dice(seed, "jinshui story"), now).tell()


@dataclass
class Story:
    """The people, places and units of the story, and what has become of what was said so far."""

    draw: Random
    now: datetime
    reports: dict[str, Report] = field(default_factory=dict)
    wishes: dict[str, Wish] = field(default_factory=dict)

    def tell(self) -> None:
        """Let everything happen, in its order."""
        self._describe_compounds()
        hearing = self._hear()
        self._review(hearing)
        meeting = self._meet()
        self._do_what_was_agreed(meeting)
        self._whistle()
        self._fulfil_wishes()
        self._go_on()
        self._evaluate()

    # --- when, who, where ------------------------------------------------------------------------
    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """Return a time of day so many working days ago."""
        on = local_day(self.now)
        while days:
            on -= timedelta(days=1)
            days -= calendar_day(on).working
        start = datetime.combine(on, time(hour)) + timedelta(minutes=minute)
        return timezone.make_aware(start)

    def on(self, days: int) -> date:
        """Return the day so many working days ago."""
        return local_day(self.at(days, 12))

    @cached_property
    def words(self) -> dict[str, Any]:
        return read("jinshui")

    @cached_property
    def community(self) -> Area:
        return Area.objects.get(pk=JINSHUI)

    @cached_property
    def compounds(self) -> dict[str, Area]:
        found = Area.objects.filter(parent=JINSHUI).order_by("code")
        return {area.name: area for area in found}

    @cached_property
    def people(self) -> dict[str, Person]:
        found = Person.objects.filter(username__isnull=False)
        return {person.username or "": person for person in found}

    @cached_property
    def worker(self) -> Person:
        return self.people["worker"]

    @cached_property
    def units(self) -> dict[str, Organization]:
        names = (TAX_OFFICE, COMMITTEE_UNIT, PROPERTY_UNIT, OWNERS_UNIT)
        found = Organization.objects.filter(name__in=names).order_by("pk")
        return {unit.name: unit for unit in found}

    @cached_property
    def tax_office(self) -> Organization:
        return self.units[TAX_OFFICE]

    def problem(self, key: str) -> Problem:
        """Return the problem that a line of the hearing stands behind, as it is now."""
        return Problem.objects.get(reports=self.reports[key])

    # --- what is known of the three old compounds ------------------------------------------------
    def _describe_compounds(self) -> None:
        told = [
            areas.Told(self.compounds[name], kind, False, date(2025, 1, 1))
            for name in THREE_NO
            for kind in CompoundFact.Kind.values
        ]
        areas.record_facts(told, by=self.worker, at=self.at(40, 10))

    def _now_there_is(self, names: Sequence[str], kind: str, detail: str, *, days: int) -> None:
        told = [
            areas.Told(self.compounds[name], kind, True, self.on(days), detail) for name in names
        ]
        areas.record_facts(told, by=self.worker, at=self.at(days, 17, 20))

    # --- the hearing -----------------------------------------------------------------------------
    def _hear(self) -> Hearing:
        begun = self.at(24, 15)
        about = About(
            held_on=local_day(begun),
            place=self.words["place"],
            topic=self.words["topic"],
            consent_given_by=Voice.Consent.SPOKEN,
            organization=self.tax_office,
        )
        consent = ConsentText.objects.filter(purpose="wish").order_by("-version").first()
        hearing = hearings.begin(
            about,
            community=self.community,
            consent=consent,
            nonce=nonce(self.draw),
            by=self.worker,
            at=begun,
        )
        self._note_who_is_there(hearing, begun)
        for number, line in enumerate(self.words["line"]):
            typed = Typed(
                nonce=nonce(self.draw),
                said=line["said"],
                what=line.get("what", "problem"),
                kind=line.get("kind", ""),
                name=line.get("name", ""),
                phone=phone(90_000 + number) if "name" in line else "",
                compound=self.compounds[line["compound"]].code if "compound" in line else "",
                building=line.get("building", ""),
            )
            hearings.write(
                hearing, [typed], by=self.worker, at=begun + timedelta(minutes=6 + 7 * number)
            )
        hearings.close(hearing, by=self.worker, at=begun + timedelta(minutes=110))
        said = {line["said"]: line["key"] for line in self.words["line"]}
        for row in hearing.lines.select_related("report__problem", "wish").order_by("number"):
            if row.report is not None:
                self.reports[said[row.said]] = row.report
            if row.wish is not None:
                self.wishes[said[row.said]] = row.wish
        return hearing

    def _note_who_is_there(self, hearing: Hearing, at: datetime) -> None:
        role = Attendee.Role
        there: list[tuple[list[str], str, Organization | None, Person | None]] = [
            (self.words["there"], role.RESIDENT, None, None),
            ([], role.UNIT, self.tax_office, self.people[UNIT.username]),
            ([], role.PROPERTY, self.units[PROPERTY_UNIT], self.people[PROPERTY.username]),
            ([], role.OWNERS, self.units[OWNERS_UNIT], self.people[OWNERS.username]),
        ]
        for names, part, unit, person in there:
            hearings.note_attendees(
                hearing, names, role=part, organization=unit, person=person, by=self.worker, at=at
            )

    def _review(self, hearing: Hearing) -> None:
        """The next morning the worker reviews everything, and joins what is one matter."""
        lines = {line["key"]: line for line in self.words["line"]}
        for number, (key, report) in enumerate(self.reports.items()):
            problems.accept(
                report.problem,
                public_title=lines[key]["title"],
                public_text=lines[key]["text"],
                kind=report.problem.kind,
                by=self.worker,
                at=self.at(23, 9, 5 + 3 * number),
            )
        for key, line in lines.items():
            if "same" in line:
                problems.merge(
                    self.problem(key),
                    into=self.problem(line["same"]),
                    by=self.worker,
                    at=self.at(23, 9, 40),
                )
        for number, (key, wish) in enumerate(self.wishes.items()):
            needs.publish(
                wish,
                public_title=lines[key]["title"],
                public_text=lines[key]["text"],
                public_person=lines[key]["person"],
                kind=wish.kind,
                by=self.worker,
                at=self.at(23, 10, 4 * number),
            )

    # --- the joint meeting -----------------------------------------------------------------------
    def _meet(self) -> JointMeeting:
        meeting = meetings.call(
            self.community,
            reason="座谈会后商定服务清单",
            starts_at=self.at(19, 15),
            place=self.words["place"],
            organizations=list(self.units.values()),
            nonce=nonce(self.draw),
            by=self.worker,
            at=self.at(22, 10),
        )
        agenda = [self.problem(key) for key in ("fence", "yard", "bins", "extinguishers", "bikes")]
        meetings.pick(meeting, problems=agenda, by=self.worker, at=self.at(22, 10, 20))
        self._answer_invitations(meeting)
        meetings.hold(meeting, by=self.worker, at=self.at(19, 15, 2))
        came = {invitation.pk: (True, invitation.who) for invitation in meeting.invitations.all()}
        meetings.note_attendance(meeting, came=came, by=self.worker, at=self.at(19, 15, 8))
        self._decide(meeting)
        meetings.close(meeting, by=self.worker, at=self.at(19, 16, 30))
        return meeting

    def _answer_invitations(self, meeting: JointMeeting) -> None:
        acting = {
            TAX_OFFICE: self.people[UNIT.username],
            COMMITTEE_UNIT: self.worker,
            PROPERTY_UNIT: self.people[PROPERTY.username],
            OWNERS_UNIT: self.people[OWNERS.username],
        }
        rows = meeting.invitations.select_related("organization").order_by("pk")
        for number, invitation in enumerate(rows):
            by = acting[invitation.organization.name if invitation.organization else ""]
            meetings.answer(
                invitation,
                answer=Invitation.Answer.YES,
                who=by.name,
                by=by,
                at=self.at(21, 9, 30 + 12 * number),
            )

    def _decide(self, meeting: JointMeeting) -> None:
        property_company, owners = self.units[PROPERTY_UNIT], self.units[OWNERS_UNIT]
        machine_works = self.compounds["机械厂 5 号院"]
        agreed: dict[str, dict[str, Any]] = {
            "fence": {
                "title": "给机械厂5号院装围栏",
                "field": Field.SAFETY,
                "due_on": self.on(10),
                "organization": property_company,
                "helpers": [self.tax_office],
                "resources": [("围栏", Decimal(22), "米", self.tax_office)],
                "compound": machine_works,
            },
            "yard": {
                "title": "清理棉麻公司家属院后院的荒草杂物",
                "field": Field.CLEAN_UPS,
                "due_on": self.on(12),
                "organization": self.tax_office,
                "helpers": [owners],
                "resources": [("清运车", Decimal(1), "辆", property_company)],
                "compound": self.compounds["棉麻公司家属院"],
            },
            "bins": {
                "title": "给三个老院子添置垃圾桶",
                "field": Field.CLEAN_UPS,
                "due_on": self.on(8),
                "organization": self.tax_office,
                "resources": [("垃圾桶", Decimal(40), "个", self.tax_office)],
            },
            "extinguishers": {
                "title": "给三个老院子配灭火器",
                "field": Field.SAFETY,
                "due_on": self.on(8),
                "organization": self.tax_office,
                "resources": [("灭火器", Decimal(20), "组", self.tax_office)],
            },
        }
        keys = {self.problem(key).pk: key for key in (*agreed, "bikes")}
        for number, item in enumerate(meeting.agenda.order_by("number")):
            key = keys[item.problem_id or 0]
            at = self.at(19, 15, 12 + 14 * number)
            if key == "bikes":
                meetings.explain(
                    item,
                    reason="车棚选址要先征求业主意见，业委会下次会前入户问清",
                    by=self.worker,
                    at=at,
                )
            else:
                meetings.decide(item, **agreed[key], by=self.worker, at=at)

    # --- what was agreed is done -----------------------------------------------------------------
    def _do_what_was_agreed(self, meeting: JointMeeting) -> None:
        rows = ServiceItem.objects.filter(agenda_item__meeting=meeting)
        items = {item.problem_id: item for item in rows}
        self._clean_the_yard(items[self.problem("yard").pk])
        self._put_up_the_fence(items[self.problem("fence").pk])
        self._hand_over(
            items[self.problem("bins").pk], "bins", ("垃圾桶", "个"), BINS, every_months=None
        )
        self._hand_over(
            items[self.problem("extinguishers").pk],
            "extinguishers",
            ("灭火器", "组"),
            EXTINGUISHERS,
            every_months=6,
        )
        self._now_there_is(THREE_NO, CompoundFact.Kind.FIRE_EQUIPMENT, "灭火器", days=9)

    def _members(self, count: int, minutes: int) -> list[tuple[Person, int]]:
        rows = self.tax_office.memberships.in_force(self.on(20)).select_related("person")
        return [(row.person, minutes) for row in rows.order_by("pk")[:count]]

    def _clean_the_yard(self, item: ServiceItem) -> None:
        unit = self.people[UNIT.username]
        service.start(item, by=unit, at=self.at(16, 8, 40))
        owners = self.units[OWNERS_UNIT]
        service.deliver(
            item,
            organization=owners,
            occurred_on=self.on(16),
            minutes=120,
            people=4,
            what="逐户打招呼，把旧家具的主人都问清了",
            by=self.people[OWNERS.username],
            at=self.at(16, 11, 10),
            nonce=nonce(self.draw),
        )
        service.deliver(
            item,
            organization=self.tax_office,
            occurred_on=self.on(16),
            minutes=150,
            people=12,
            what="割了荒草，清走旧家具和杂物三车",
            hands=self._members(6, 150),
            by=unit,
            at=self.at(16, 11, 30),
            nonce=nonce(self.draw),
        )
        self._accept(item, "yard", served=86, days=15)

    def _put_up_the_fence(self, item: ServiceItem) -> None:
        company = self.people[PROPERTY.username]
        service.start(item, by=company, at=self.at(14, 9))
        service.deliver(
            item,
            organization=self.tax_office,
            occurred_on=self.on(13),
            minutes=180,
            people=5,
            what="联系厂家，出资买来围栏 22 米",
            goods=[("围栏", Decimal(22), "米")],
            hands=self._members(3, 180),
            by=self.people[UNIT.username],
            at=self.at(13, 16),
            nonce=nonce(self.draw),
        )
        service.deliver(
            item,
            organization=self.units[PROPERTY_UNIT],
            occurred_on=self.on(12),
            minutes=420,
            people=3,
            what="后墙缺口装好围栏，留了一个带锁的小门",
            by=company,
            at=self.at(12, 17),
            nonce=nonce(self.draw),
        )
        self._accept(item, "fence", served=64, days=11)
        self._now_there_is(["机械厂 5 号院"], CompoundFact.Kind.FENCE, "后院围栏 22 米", days=11)

    def _hand_over(
        self,
        item: ServiceItem,
        key: str,
        thing: tuple[str, str],
        shares: Sequence[int],
        *,
        every_months: int | None,
    ) -> None:
        name, unit = thing
        delivery = service.deliver(
            item,
            organization=self.tax_office,
            occurred_on=self.on(10),
            minutes=90,
            people=6,
            what=f"{name} {sum(shares)} {unit}送到三个院子",
            goods=[(name, Decimal(sum(shares)), unit)],
            hands=self._members(4, 90),
            by=self.people[UNIT.username],
            at=self.at(10, 16),
            nonce=nonce(self.draw),
        )
        self._keep(delivery, shares, every_months)
        self._accept(item, key, served=210, days=9)

    def _keep(self, delivery: Delivery, shares: Sequence[int], every_months: int | None) -> None:
        """The goods become assets at three places, received by signature on the spot."""
        goods = delivery.goods.get()
        made: list[Asset] = assets.hand_over(
            delivery,
            shares=[
                Share(
                    goods=goods,
                    quantity=Decimal(count),
                    area=self.compounds[name],
                    place="各楼道口" if every_months else "院门口和楼前",
                    expires_on=self.on(0).replace(day=1) + timedelta(days=1800)
                    if every_months
                    else None,
                    inspect_every_months=every_months,
                    nonce=nonce(self.draw),
                )
                for name, count in zip(THREE_NO, shares, strict=True)
            ],
            on=self.on(10),
            by=self.worker,
            at=self.at(10, 16, 30),
        )
        for asset, receiver in zip(made, ("冯桂珍", "王秀兰", "畅春生"), strict=True):
            assets.receive(
                [asset],
                how=Asset.Received.SIGNATURE,
                receiver=receiver,
                on=self.on(10),
                by=self.worker,
                at=self.at(10, 17),
            )

    def _accept(self, item: ServiceItem, key: str, *, served: int, days: int) -> None:
        """Every voice says that it is solved; then the worker closes it: one deed."""
        problem = self.problem(key)
        for number, report in enumerate(problem.reports.order_by("pk")):
            problems.judge(
                report,
                satisfied=True,
                words="看过了，弄得挺好" if number else "",
                by=None,
                at=self.at(days, 9, 10 + 9 * number),
            )
        service.close(
            ServiceItem.objects.get(pk=item.pk),
            served=served,
            counted_how=Counted.COUNTED,
            by=self.worker,
            at=self.at(days, 10),
        )

    # --- the whistle -----------------------------------------------------------------------------
    def _whistle(self) -> None:
        """The road before a gate: the first unit objects, rightly; the second answers."""
        first, second = self._road_units()
        problem = self.problem("road")
        whistle = dispatch.blow(
            "向阳院门口路面塌陷积水",
            "大门口路面有坑，雨后积水，老人绊过脚，请来人看看怎么修",
            level=whistles.ladder(self.on(13))[0],
            community=self.community,
            organizations=[first],
            field=Field.TROUBLES,
            nonce=nonce(self.draw),
            problem=problem,
            by=self.worker,
            at=self.at(13, 9, 10),
        )
        objection = dispatch.object_to(
            whistle,
            organization=first,
            reason="这段路在红线外，由另一家单位养护",
            by=self._speaker(first),
            at=self.at(13, 10, 5),
        )
        dispatch.decide(
            objection,
            upheld=True,
            reason="核对了养护范围，这段路不归这家单位",
            instead=[second],
            by=self.people["county"],
            at=self.at(13, 14, 50),
        )
        dispatch.answer(
            whistle,
            organization=second,
            who="养护队两名师傅",
            arrives_at=self.at(12, 9),
            reply="明早到现场，先围挡再修",
            by=self._speaker(second),
            at=self.at(13, 16),
        )
        whistle.refresh_from_db()
        item = ServiceItem.objects.get(problem=problem)
        service.start(item, by=self.worker, at=self.at(12, 9, 5))
        service.deliver(
            item,
            organization=second,
            occurred_on=self.on(11),
            minutes=300,
            people=4,
            what="挖开重填压实，铺平路面，雨水口也疏通了",
            source="" if self._speaker(second) != self.worker else "养护队李师傅",
            by=self._speaker(second),
            at=self.at(11, 16, 40),
            nonce=nonce(self.draw),
        )
        dispatch.follow(item, at=self.at(11, 16, 41))
        self._accept(item, "road", served=120, days=8)
        dispatch.follow(ServiceItem.objects.get(pk=item.pk), at=self.at(8, 10, 1))

    def _road_units(self) -> tuple[Organization, Organization]:
        units = Organization.objects.filter(kind=Organization.Kind.GOVERNMENT)
        units = units.exclude(pk=self.tax_office.pk).order_by("pk")
        named = list(units.filter(name__in=CALLED_FIRST))
        others = units.exclude(pk__in=[unit.pk for unit in named])
        # A small city has few units: then those of the city itself.
        first, second = [*named, *others.filter(area_id=COUNTY)[:2], *others[:2]][:2]
        return first, second

    def _speaker(self, unit: Organization) -> Person:
        """Return who acts for a unit; without anybody the community writes down what it is told."""
        held = Mandate.objects.in_force(self.on(0)).filter(organization=unit)
        mandate = held.select_related("person").order_by("pk").first()
        return mandate.person if mandate is not None else self.worker

    # --- wishes ----------------------------------------------------------------------------------
    def _fulfil_wishes(self) -> None:
        """A member and the unit fulfil two of the three wishes; the third still stands open."""
        member, unit = self.people[MEMBER.username], self.people[UNIT.username]
        colleague = self.people["worker2"]
        done: tuple[tuple[str, Person, Organization | None, str, str, int], ...] = (
            ("clipper", unit, self.tax_office, "买了带放大镜的指甲剪，送上门", Field.VISITS, 30),
            ("registering", member, None, "上门教了两遍，自己挂上了号", Field.LEARNING, 60),
        )
        for key, by, organization, what, served_in, minutes in done:
            wish = needs.claim(
                self.wishes[key],
                by=by,
                organization=organization,
                nonce=nonce(self.draw),
                appointment="周四下午",
                at=self.at(21, 11),
            )
            needs.deliver(
                wish,
                occurred_on=self.on(18),
                minutes=minutes,
                what=what,
                field=served_in,
                by=by,
                at=self.at(18, 17),
            )
            needs.confirm(wish, how="link", by=None, at=self.at(17, 19))
            needs.call_back(
                Wish.objects.get(pk=wish.pk),
                came=True,
                on_time=True,
                again="yes",
                words="",
                by=colleague,
                at=self.at(16, 10),
            )

    # --- what is still under way -----------------------------------------------------------------
    def _go_on(self) -> None:
        """The light is being mended, and the owners are asked where the shed may stand."""
        item = service.agree(
            "修好机械厂5号院的楼道灯",
            community=self.community,
            compound=self.compounds["机械厂 5 号院"],
            problem=self.problem("lamp"),
            organization=self.units[PROPERTY_UNIT],
            helpers=[self.tax_office],
            field=Field.TROUBLES,
            due_on=local_day(self.now) + timedelta(days=4),
            nonce=nonce(self.draw),
            by=self.worker,
            at=self.at(3, 10),
        )
        service.start(item, by=self.people[PROPERTY.username], at=self.at(2, 9))
        service.agree(
            "逐户问清金税家园车棚建在哪里",
            community=self.community,
            compound=self.compounds["金税家园"],
            problem=self.problem("bikes"),
            organization=self.units[OWNERS_UNIT],
            field=Field.SAFETY,
            due_on=local_day(self.now) + timedelta(days=6),
            nonce=nonce(self.draw),
            by=self.worker,
            at=self.at(17, 10),
        )

    # --- the evaluation --------------------------------------------------------------------------
    def _evaluate(self) -> None:
        """The community's units are evaluated; the tax office reads its result and replies."""
        template = templates_in_force(JINSHUI)[Subject.UNIT]
        by = self.people["county"]
        ends_on = self.on(6)
        earlier = Round.objects.filter(area=self.community, template__subject=Subject.UNIT)
        last = earlier.aggregate(Max("ends_on"))["ends_on__max"]
        round_ = evaluation.plan(
            template,
            self.community,
            starts_on=last or ends_on - timedelta(days=_EVALUATED_DAYS),
            ends_on=ends_on,
            opens_at=max(self.at(6, 9), start_of(ends_on)),
            nonce=nonce(self.draw),
            by=by,
            at=self.at(6, 9),
        )
        about = Evaluated.objects.filter(round=round_)
        for number, sheet in enumerate(
            Sheet.objects.filter(evaluated__in=about, stack__isnull=False)
            .select_related("stack", "evaluated")
            .order_by("pk")
        ):
            self._judge(sheet, template, at=self.at(4, 9) + timedelta(minutes=2 * number))
        evaluation.close(round_, by=by, at=self.at(3, 17))
        evaluation.publish(round_, by=by, at=self.at(2, 10))
        own = about.get(organization=self.tax_office)
        evaluation.reply(
            own,
            words="谢谢社区和居民。围栏那次材料晚到了一天，以后先备料再约时间。",
            nonce=nonce(self.draw),
            by=self.people[UNIT.username],
            at=self.at(1, 15),
        )

    def _judge(self, sheet: Sheet, template: Template, *, at: datetime) -> None:
        by = self._whose(sheet.stack) if sheet.stack else None
        if by is None:
            return
        questions = template.questions.filter(viewpoint=sheet.viewpoint)
        is_ours = sheet.evaluated.organization_id == self.tax_office.pk
        by_community = is_ours and sheet.viewpoint == Viewpoint.COMMUNITY
        # Once the material came a day late: what the unit's reply is about.
        late = 1 if by_community else -1
        steps = {
            question.pk: len(question.steps)
            - 1
            - (number == late or (not is_ours and self.draw.random() < _LESS))
            for number, question in enumerate(questions.order_by("number"))
        }
        words = "来得勤，说到做到；围栏那次材料晚到了一天" if by_community else ""
        evaluation.fill_in(sheet, said=Said(steps, words), by=by, at=at)

    def _whose(self, stack: Stack) -> Person | None:
        """Return somebody before whom a stack of sheets lies."""
        if stack.person is not None:
            return stack.person
        if stack.organization is not None:
            held = Mandate.objects.in_force(self.on(4)).filter(organization=stack.organization)
            mandate = held.select_related("person").order_by("pk").first()
            return mandate.person if mandate is not None else None
        if stack.role == Role.WORKER and stack.area_id == JINSHUI:
            return self.people["worker2"]
        grants = Grant.objects.filter(role=stack.role, area=stack.area, ends_on__isnull=True)
        grant = grants.select_related("person").order_by("pk").first()
        return grant.person if grant is not None else None
