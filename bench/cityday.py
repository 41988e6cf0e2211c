"""A city's day: what the communities of a city do with chapter 1, replayed over HTTP in one run.

Hearings are typed, problems reported and joined, whistles blown and answered, service items
accepted: every act by its own page, with the sessions of those who do it. The limit is the SQL of
the same acts, replayed by as many connections without the product.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.test.client import Client

from bench import cases
from bench.client import fire, post, post_json
from bench.results import Result
from bench.serving import serving
from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.recent import forget_all
from youwo.dispatch import actions as dispatch
from youwo.dispatch import queries as whistles
from youwo.dispatch.models import Call, Whistle
from youwo.ledger.models import Entry, Field
from youwo.needs.actions import Contact, hearings, problems
from youwo.needs.actions.hearings import About
from youwo.needs.defaults import load_problem_kinds
from youwo.needs.models import HearingLine, Merge, Problem, ProblemKind, Report, Voice
from youwo.organizations.models import Mandate, Organization
from youwo.people.actions import load_defaults
from youwo.people.models import Person
from youwo.people.queries import text_in_force
from youwo.service import actions as service

TARGET = 100
CLIENTS = 8
_TOKEN = "b" * 32
# How often each act happens in one community; a hearing's save carries two lines.
TIMES = {"hearing save": 6, "report": 4, "merge": 2, "whistle": 2, "answer": 2, "closing": 2}
LINES_A_SAVE = 2


@dataclass(frozen=True)
class Act:
    """One thing that somebody does: which, and the request that does it."""

    name: str
    path: str
    form: dict[str, Any]
    cookie: str
    json: bool = False

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(filter(None, [self.cookie, f"csrftoken={_TOKEN}"]))
        return {"Cookie": cookies, "X-CSRFToken": _TOKEN}

    def request(self) -> bytes:
        """Write the request."""
        write = post_json if self.json else post
        return write(self.path, self.form, self.headers)


@dataclass
class Day:
    """What was prepared, and the acts of the day."""

    acts: list[Act] = field(default_factory=list)
    # Of each kind one for each connection, whose SQL is recorded and which are left undone.
    spare: dict[str, list[Act]] = field(default_factory=dict)


def run(size: str) -> list[Result]:
    """Measure, and check that every act stands in the database exactly once."""
    communities = {"small": 20, "full": 200}[size]
    cases.places()
    load_defaults(at=datetime.now(UTC))
    load_problem_kinds()
    dispatch.load_ladder(at=datetime.now(UTC))
    day = _prepare(communities)
    recorded = {name: [_recorded(act) for act in acts] for name, acts in day.spare.items()}
    statements = _statements(recorded)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    # Before the day, while nothing stands yet that its acts would meet.
    bare = _bare(recorded) if connection.vendor == "postgresql" else None
    with serving() as server:
        # The acts whose SQL was recorded and taken back warm the workers up.
        warm = [act.request() for acts in day.spare.values() for act in acts]
        fire(server.port, [warm[n::CLIENTS] for n in range(CLIENTS)])
        before = _counts()
        sent = [act.request() for act in day.acts]
        fired = fire(server.port, [sent[n::CLIENTS] for n in range(CLIENTS)])
    _check(before, fired, communities)
    promised = connection.vendor == "postgresql"
    return [
        Result(
            work=f"a day of {communities} communities over HTTP, 8 clients",
            figure=fired.per_second,
            unit="acts/s",
            limit=bare,
            ratio=fired.per_second / bare if bare else None,
            statements=statements,
            peak_mb=server.peak_mb,
            note=f"{len(day.acts)} acts, none failed; limit: their own SQL without the product;"
            f" p50 {fired.percentile(50):.0f} ms, p99 {fired.percentile(99):.0f} ms; "
            + ", ".join(
                f"{name} {sum(map(len, runs)) / len(runs):.0f} SQL"
                for name, runs in recorded.items()
            ),
            target=TARGET if promised else None,
            met=fired.per_second >= TARGET if promised else None,
        )
    ]


def _statements(recorded: dict[str, list[list[tuple[str, Any]]]]) -> float:
    """Return how many statements an act costs, on the mean of the day."""
    means = {name: sum(map(len, runs)) / len(runs) for name, runs in recorded.items()}
    return sum(means[name] * times for name, times in TIMES.items()) / sum(TIMES.values())


# --- what the day finds ------------------------------------------------------------------------
def _prepare(number: int) -> Day:
    """Make the communities' workers, units, and everything that the day's acts need."""
    draw = random.Random(7)
    codes = list(Area.objects.communities().filter(rural=False).order_by("code")[:number])
    day = Day(spare={name: [] for name in TIMES})
    with transaction.atomic():
        for place, community in enumerate(codes):
            scene = _Scene(community, draw)
            for name, times in TIMES.items():
                make = getattr(scene, name.replace(" ", "_"))
                day.acts += [make() for _ in range(times)]
                if place < CLIENTS:
                    day.spare[name].append(make())
    draw.shuffle(day.acts)
    # What the prepared cases were told lies in this process's memory only.
    forget_all()
    return day


class _Scene:
    """One community with its worker, one unit, and its cases."""

    def __init__(self, community: Area, draw: random.Random) -> None:
        self.community, self.draw = community, draw
        self.at = datetime.now(UTC) - timedelta(hours=3)
        self.worker = cases.staff("worker", community.pk)
        self.unit, self.speaker = _unit(community, self.at)
        self.cookie, self.unit_cookie = cases.cookie_of(self.worker), cases.cookie_of(self.speaker)
        self.kind = ProblemKind.objects.get(pk="lamp")
        self.level = whistles.ladder(local_day(self.at))[0]
        about = About(
            held_on=local_day(self.at),
            place="活动室",
            topic="听居民说",
            consent_given_by=Voice.Consent.SPOKEN,
        )
        self.hearing = hearings.begin(
            about,
            community=community,
            consent=text_in_force("wish", local_day(self.at)),
            nonce=self.nonce(),
            by=self.worker,
            at=self.at,
        )

    def nonce(self) -> uuid.UUID:
        return uuid.UUID(int=self.draw.getrandbits(128), version=4)

    def _report(self) -> Report:
        return problems.report(
            "三单元楼道灯不亮，晚上上楼看不见",
            kind=self.kind,
            community=self.community,
            contact=Contact("13900001234", "张敬之"),
            consent=text_in_force("problem", local_day(self.at)),
            consent_given_by=Voice.Consent.SELF,
            nonce=self.nonce(),
            by=None,
            at=self.at,
        )

    def _problem(self, report: Report | None = None) -> Problem:
        return problems.accept(
            (report or self._report()).problem,
            public_title="三单元楼道灯不亮",
            public_text="晚上上楼看不见。",
            kind=self.kind,
            by=self.worker,
            at=self.at,
        )

    def _whistle(self) -> Whistle:
        return dispatch.blow(
            "三单元楼道灯不亮",
            "晚上上楼看不见，请来看看",
            level=self.level,
            community=self.community,
            organizations=[self.unit],
            field=Field.TROUBLES,
            nonce=self.nonce(),
            problem=self._problem(),
            by=self.worker,
            at=self.at,
        )

    # --- the acts ------------------------------------------------------------------------------
    def hearing_save(self) -> Act:
        lines = [
            {
                "nonce": str(self.nonce()),
                "revision": 1,
                "said": "三单元楼道灯不亮，上楼看不见",
                "what": "problem",
                "kind": self.kind.name,
                "name": "王秀兰",
                "phone": "13900001234",
                "compound": "",
                "building": "3号楼",
            }
            for _ in range(LINES_A_SAVE)
        ]
        path = f"/work/hearings/{self.hearing.reference}/lines/send/"
        return Act("hearing save", path, {"lines": lines}, self.cookie, json=True)

    def report(self) -> Act:
        form = {
            "step": "reach",
            "said": "院里的路灯坏了两盏，晚上看不见路",
            "kind": "lamp",
            "community": self.community.pk,
            "phone": f"139{self.draw.randrange(10**8):08d}",
            "name": "张敬之",
            "consent": "on",
            "nonce": self.nonce(),
        }
        return Act("report", "/problems/new/", _with_token(form), "")

    def merge(self) -> Act:
        into, other = self._problem(), self._problem()
        path = f"/work/problems/{into.reference}/merge/"
        return Act("merge", path, _with_token({"reference": other.reference}), self.cookie)

    def whistle(self) -> Act:
        form = {
            "level": self.level.pk,
            "organizations": self.unit.pk,
            "title": "三单元楼道灯不亮",
            "matter": "晚上上楼看不见，请来看看",
            "field": Field.TROUBLES.value,
            "nonce": self.nonce(),
        }
        path = f"/work/whistles/new/{self._problem().reference}/"
        return Act("whistle", path, _with_token(form), self.cookie)

    def answer(self) -> Act:
        form = {"organization": self.unit.pk, "who": "两名师傅", "when": "soon", "reply": "就来"}
        path = f"/work/whistles/{self._whistle().reference}/answer/"
        return Act("answer", path, _with_token(form), self.unit_cookie)

    def closing(self) -> Act:
        report = self._report()
        problem = self._problem(report)
        item = service.agree(
            "修好三单元的楼道灯",
            community=self.community,
            problem=problem,
            organization=self.unit,
            field=Field.TROUBLES,
            due_on=local_day(self.at) + timedelta(days=5),
            nonce=self.nonce(),
            by=self.worker,
            at=self.at,
        )
        service.deliver(
            item,
            organization=self.unit,
            occurred_on=local_day(self.at),
            minutes=60,
            people=2,
            what="换了灯泡和开关",
            nonce=self.nonce(),
            by=self.speaker,
            at=self.at,
        )
        report.refresh_from_db()
        problems.judge(report, satisfied=True, words="亮了", by=None, at=self.at)
        path = f"/service/{item.reference}/close/"
        return Act(
            "closing", path, _with_token({"served": 30, "counted_how": "counted"}), self.cookie
        )


def _with_token(form: dict[str, Any]) -> dict[str, Any]:
    return {"csrfmiddlewaretoken": _TOKEN, **form}


def _unit(community: Area, at: datetime) -> tuple[Organization, Person]:
    unit = Organization.objects.create(
        name=f"{community.name}物业公司",
        kind=Organization.Kind.PROPERTY,
        area=community,
        starts_on=local_day(at) - timedelta(days=90),
        recorded_at=at,
    )
    person = Person.objects.create(name="董海生", username=uuid.uuid4().hex, joined_at=at)
    Mandate.objects.create(
        person=person,
        organization=unit,
        starts_on=local_day(at) - timedelta(days=90),
        given_at=at,
    )
    return unit, person


# --- nothing lost, nothing twice ---------------------------------------------------------------
def _counts() -> dict[str, int]:
    return {
        "hearing save": HearingLine.objects.count(),
        "report": Report.objects.count(),
        "merge": Merge.objects.count(),
        "whistle": Whistle.objects.count(),
        "answer": Call.objects.filter(answered_at__isnull=False).count(),
        "closing": Entry.objects.count(),
    }


def _check(before: dict[str, int], fired: Any, communities: int) -> None:
    done = {name: count - before[name] for name, count in _counts().items()}
    wanted = {name: times * communities for name, times in TIMES.items()}
    wanted["hearing save"] *= LINES_A_SAVE
    if set(fired.statuses) != {200, 302} or done != wanted:
        raise AssertionError(f"{fired.statuses}: {done} instead of {wanted}; {fired.last_bodies}")
    if fired.statuses[200] != TIMES["hearing save"] * communities:
        raise AssertionError(f"some forms were refused: {fired.statuses}")


# --- the limit: the same SQL without the product -----------------------------------------------
def _recorded(act: Act) -> list[tuple[str, Any]]:
    """Do an act in this process, write down its statements, and take it back."""
    found: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            found.append((sql, params))
        return execute(sql, params, many, context)

    client = Client(headers={"host": "localhost", "cookie": act.headers["Cookie"]})
    kind = {"content_type": "application/json"} if act.json else {}
    # Twice, and the second counts: as in a warm process, which a server's is.
    for _ in range(2):
        found.clear()
        with transaction.atomic(), connection.execute_wrapper(note):
            answer = client.post(act.path, act.form, **kind)
            transaction.set_rollback(True)
        if answer.status_code not in (200, 302) or (answer.status_code == 200 and not act.json):
            raise AssertionError(f"{act.name}: {answer.status_code} {answer.content[:2000]!r}")
    return list(found)


def _bare(recorded: dict[str, list[list[tuple[str, Any]]]]) -> float:
    """Replay the statements of a community's day on each connection; acts a second.

    Each act is a transaction that is made undone but for one row, whose commit costs what a commit
    costs; deferred foreign keys are never asked for rows that do not stand.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_commits (n int)")
    rounds = 8
    names = [name for name, times in TIMES.items() for _ in range(times)]
    ready = threading.Barrier(CLIENTS + 1, timeout=60)
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            one_client(number)
        except BaseException as error:
            errors.append(error)

    def one_client(number: int) -> None:
        own = connection.copy()
        # A connection of its own: the pool has too few for all and for who waits for them.
        own.settings_dict["OPTIONS"].pop("pool", None)
        with own.cursor() as cursor:
            cursor.execute("SELECT 1")
            ready.wait()
            for _ in range(rounds):
                for name in names:
                    cursor.execute("BEGIN")
                    cursor.execute("SAVEPOINT act")
                    for sql, params in recorded[name][number]:
                        cursor.execute(sql, params)
                    cursor.execute("ROLLBACK TO SAVEPOINT act")
                    cursor.execute("INSERT INTO bench_commits VALUES (1)")
                    cursor.execute("COMMIT")
        own.close()

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return CLIENTS * rounds * len(names) / (time.perf_counter() - begun)
