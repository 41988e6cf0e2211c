"""Problems in every state, with the voices behind them, as seen from today.

Everything here goes through the same actions that people use, at moments in the recent past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.timezone import localtime

from youwo.almanac.queries import deadline
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.demo.draws import dice, nonce
from youwo.demo.places import JINSHUI, near
from youwo.demo.signins import RESIDENT, first_workers
from youwo.demo.words import person_name, read
from youwo.needs.actions import Contact, problems
from youwo.needs.models import (
    Channel,
    OutsideMatter,
    Problem,
    ProblemKind,
    ProblemStatus,
    Report,
    Voice,
)
from youwo.people.models import ConsentText, Person

_NEIGHBOURS = 6
# How long ago each state was begun, in hours.
_AGO = {"received": 3, "open": 40, "in_hand": 70, "done": 130, "closed": 260}
_STATES = ["received", "open", "in_hand", "done", "closed"]
_ENDED = ["closed", "declined", "handed_over", "merged"]


@dataclass
class Stage:
    """Where the scenes are played: the workers, the kinds, and what people agree to."""

    now: datetime
    draw: Random
    workers: dict[str, Person]
    communities: list[Area]
    compounds: dict[str, list[Area]]
    kinds: dict[str, ProblemKind]
    consent: ConsentText | None
    resident: Person
    # Which compound of each community the scenes are about.
    turn: int = 0

    def play(self, scene: dict[str, Any], area: Area) -> Problem:
        """Make one problem with all its voices and bring it into its state."""
        state = scene["state"] if scene["state"] in _STATES else "received"
        begun = self.now - timedelta(hours=_AGO[state] + self.draw.uniform(0, 20))
        if scene.get("timing") == "late":
            begun = self.now - timedelta(days=6)
        problem = self._reported(scene, area, self._awake(begun))
        steps = _STATES[1 : _STATES.index(state) + 1]
        pause = (self.now - begun) / (len(steps) + 1)
        for number, step in enumerate(steps, start=1):
            at = min(self._awake(begun + pause * number), self.now)
            self._advance(problem, step, scene, at)
            problem.refresh_from_db()
        self._turn_aside(problem, scene)
        return problem

    def _awake(self, at: datetime) -> datetime:
        """Move a moment of the night to the evening before it."""
        if 8 <= localtime(at).hour < 22:
            return at
        evening = localtime(at) - timedelta(hours=10)
        return evening.replace(hour=self.draw.choice([19, 20]), minute=self.draw.randint(0, 59))

    def _reported(self, scene: dict[str, Any], area: Area, at: datetime) -> Problem:
        compounds = self.compounds.get(area.code, [])
        place = area, compounds[self.turn % len(compounds)] if compounds else None
        problem: Problem | None = None
        for number in range(len(scene["voices"])):
            told = min(at + timedelta(minutes=23 * number), self.now)
            problem = self._voice(scene, number, problem, place=place, at=told)
        assert problem is not None  # noqa: S101 (each scene has a voice)
        return problem

    def _voice(
        self,
        scene: dict[str, Any],
        number: int,
        problem: Problem | None,
        *,
        place: tuple[Area, Area | None],
        at: datetime,
    ) -> Problem:
        area, compound = place
        by_phone = scene.get("timing") == "phone" or number == 1
        own = bool(scene.get("own")) and number == 0
        report: Report = problems.report(
            scene["voices"][number],
            kind=self.kinds[scene["kind"]],
            community=area,
            compound=compound,
            building=scene.get("building", ""),
            # Whoever reports it on a phone can say where; by telephone nobody does.
            point=near(compound, self.draw) if number == 0 and not by_phone else None,
            contact=Contact(
                self.resident.phone if own else f"199002{self.draw.randrange(100_000):05d}",
                self.resident.name if own else person_name(self.draw),
            ),
            consent=self.consent,
            consent_given_by=Voice.Consent.SPOKEN if by_phone else Voice.Consent.SELF,
            nonce=nonce(self.draw),
            by=self.workers[area.code] if by_phone else self.resident if own else None,
            channel=Channel.TELEPHONE if by_phone else Channel.OWN,
            title=scene.get("said_title", scene["title"]),
            problem=problem,
            at=at,
        )
        return report.problem

    def _advance(self, problem: Problem, step: str, scene: dict[str, Any], at: datetime) -> None:
        worker = self.workers[problem.community_id]
        if step == "open":
            problems.accept(
                problem,
                public_title=scene["title"],
                public_text=scene["text"],
                kind=problem.kind,
                by=worker,
                at=at,
            )
        elif step == "in_hand":
            hours = 4 if scene.get("overdue") else problem.kind.hours
            until = deadline(at, hours=hours, area_code=problem.community_id).at
            problems.take_up(problem, due_at=until, by=worker, at=at)
        elif step == "done":
            problems.mark_done(problem, by=worker, at=at)
        else:
            first = problem.reports.order_by("pk").first()
            assert first is not None  # noqa: S101 (each scene has a voice)
            problems.judge(first, satisfied=True, words=scene["words"], by=None, at=at)
            problems.close(problem, by=worker, at=at)

    def _turn_aside(self, problem: Problem, scene: dict[str, Any]) -> None:
        """Bring a problem into the states beside the straight way."""
        worker, at = self.workers[problem.community_id], self.now - timedelta(minutes=40)
        if scene["state"] == "declined":
            problems.decline(problem, reason=scene["reason"], by=worker, at=at)
        elif scene["state"] == "handed_over":
            matter = OutsideMatter.objects.filter(pk="wages").first()
            if matter is not None:
                problems.hand_over(problem, matter=matter, by=worker, at=at)
        elif scene["state"] == "merged":
            into = Problem.objects.filter(
                community=problem.community, kind=problem.kind, status=ProblemStatus.OPEN
            ).first()
            if into is not None:
                problems.merge(problem, into=into, by=worker, at=at)


def _stage(seed: int, now: datetime) -> Stage:
    workers = first_workers()
    communities = Area.objects.in_bulk(workers)
    others = [communities[code] for code in workers if code != JINSHUI]
    compounds: dict[str, list[Area]] = {}
    for area in Area.objects.filter(kind=Area.Kind.COMPOUND).order_by("code"):
        compounds.setdefault(area.community_code, []).append(area)
    consents = ConsentText.objects.filter(purpose="problem").order_by("-version")
    return Stage(
        now=now,
        draw=dice(seed, "problems", local_day(now)),
        workers=workers,
        communities=[communities[JINSHUI], *others[:_NEIGHBOURS]],
        compounds=compounds,
        kinds={kind.pk: kind for kind in ProblemKind.objects.all()},
        consent=consents.first(),
        resident=Person.objects.get(username=RESIDENT.username),
    )


def build(seed: int, *, now: datetime) -> None:
    """Play the scenes in Jinshui and in the communities around."""
    _play(_stage(seed, now), ended=True)


def retell(seed: int, *, now: datetime) -> None:
    """Play on a later day, in other compounds, the scenes where something is still to be done."""
    stage = _stage(seed, now)
    stage.turn = stage.draw.randrange(1, 60)
    _play(stage, ended=False)


def _play(stage: Stage, *, ended: bool) -> None:
    words = read("problems")
    for scene in words["problem"]:
        if ended or scene["state"] not in _ENDED:
            stage.play(scene, stage.communities[0])
    for number, scene in enumerate(words["elsewhere"]):
        if ended or scene["state"] not in _ENDED:
            stage.play(scene, stage.communities[1 + number % (len(stage.communities) - 1)])
