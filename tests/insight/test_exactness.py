"""Every figure equals what counting the facts one by one gives, whenever the sums were kept up."""

import itertools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import OrganizationFactory, PersonFactory, area
from tests.insight.factories import entry, member_enrolment, reversal, unit_enrolment
from tests.side_by_side import at_once, on_postgresql
from youwo.areas.models import Area
from youwo.insight import actions, queries
from youwo.insight.definitions import DEFINITIONS
from youwo.insight.models import DayTotal
from youwo.insight.places import lies_in, today
from youwo.ledger.models import Entry
from youwo.organizations.models import MemberEnrolment, UnitEnrolment

START = datetime(2025, 1, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LEDGER = ("activities", "deeds", "person_times")
# Each example has a city of its own, so that none needs an empty ledger.
_cities = itertools.count(2001)
_clock = itertools.count(1)

facts = st.tuples(
    st.just("fact"),
    st.sampled_from(["deed", "activity"]),
    st.sampled_from(["", "01", "01001", "01001001", "01001001-001", "01002001", "02001001"]),
    st.dates(date(2024, 1, 1), date(2025, 6, 30)),
    st.integers(0, 50),
    st.sampled_from(["visits", "lectures"]),
)
enrolments = st.tuples(
    st.sampled_from(["unit", "member"]),
    st.sampled_from(["01001001", "01002001", "02001001"]),
    st.integers(0, 2),
    st.dates(date(2024, 1, 1), date(2025, 6, 30)),
    st.one_of(st.none(), st.integers(0, 200)),
    st.booleans(),
)
steps = st.one_of(
    facts,
    enrolments,
    st.tuples(st.just("reverse"), st.integers(0, 30)),
    st.tuples(st.just("roll_up")),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("move")),
)


def roll_up(act=actions.roll_up):
    """Keep the sums up, twice: what was just written is safe only a little later."""
    for _ in range(2):
        act(at=START + timedelta(days=400, minutes=next(_clock)))


def play(story, city):
    """Let a story happen, one minute a step."""
    written, taken_back, units, people = [], set(), {}, {}
    for minute, (what, *rest) in enumerate(story):
        at = START + timedelta(minutes=minute)
        if what == "fact":
            kind, place, day, served, field = rest
            place = area(f"{city}{place}")
            written.append(
                entry(place, kind, occurred_on=day, served=served, field=field, recorded_at=at)
            )
        elif what == "reverse" and rest[0] < len(written) and rest[0] not in taken_back:
            taken_back.add(rest[0])
            reversal(written[rest[0]], at)
        elif what in ("unit", "member"):
            place, who, day, lasts, voided = rest
            place = area(f"{city}{place}")
            dates = {
                "starts_on": day,
                "ends_on": None if lasts is None else day + timedelta(days=lasts),
                "ended_at": None if lasts is None else at + timedelta(minutes=2),
                "recorded_at": at,
                "voided_at": at + timedelta(minutes=3) if voided else None,
            }
            if what == "unit":
                who = units.setdefault(who, None) or OrganizationFactory(area=area(f"{city}01"))
                units[rest[1]] = who
                known = UnitEnrolment.objects.filter(organization=who, community=place)
                enrol = unit_enrolment
            else:
                who = people.setdefault(who, None) or PersonFactory()
                people[rest[1]] = who
                known = MemberEnrolment.objects.filter(person=who, community=place)
                enrol = member_enrolment
            if not known.filter(ends_on=None, voided_at=None).exists():
                enrol(place, who, **dates)
        elif what == "roll_up":
            roll_up()
        elif what == "rebuild":
            roll_up(actions.rebuild)
        elif what == "move":
            old, new = area(f"{city}01002001"), area(f"{city}02001001")
            Area.objects.filter(pk=old.pk).update(valid_to=date(2025, 3, 1), successor=new)


def counted(name, code, cut):
    """Count the facts one by one."""
    places = today()

    def here(place):
        return lies_in(places.home(place), code)

    def known(moment):
        return moment is not None and (cut.known_at is None or moment <= cut.known_at)

    if name in LEDGER:
        rows = [
            row
            for row in Entry.objects.all()
            if row.kind in DEFINITIONS[name].kinds
            and cut.since <= row.occurred_on <= cut.as_of
            and known(row.recorded_at)
            and here(row.area_id)
        ]
        return sum(row.sign * (row.served if name == "person_times" else 1) for row in rows)
    model, who = queries.ENROLMENTS[name]
    return len(
        {
            getattr(row, who)
            for row in model.objects.all()
            if known(row.recorded_at)
            and not known(row.voided_at)
            and row.starts_on <= cut.as_of
            and not (row.ends_on and row.ends_on <= cut.as_of and known(row.ended_at))
            and here(row.community_id)
        }
    )


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(steps, max_size=25),
    st.dates(date(2024, 6, 1), date(2025, 7, 1)),
    st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2024, 6, 1))),
    st.one_of(st.none(), st.integers(0, 30)),
)
def test_figures_equal_the_facts_counted_one_by_one(story, as_of, since, minute):
    city = str(next(_cities))
    area(f"{city}02001001")
    play(story, city)
    known_at = None if minute is None else START + timedelta(minutes=minute)
    cut = queries.cut(as_of, since=since, known_at=known_at)
    kwargs = {"since": since, "known_at": known_at}

    for code in (city, f"{city}01", f"{city}02", f"{city}01001001"):
        for figure in queries.figures(code, as_of, **kwargs):
            name = figure.definition.name
            assert (name, figure.value) == (name, counted(name, code, cut))
            assert (name, figure.past) == (name, counted(name, code, cut.year_before))
            rows = list(queries.facts(name, code, as_of, **kwargs))
            amount = sum(row.served for row in rows) if name == "person_times" else len(rows)
            assert (name, amount) == (name, figure.value)

    figures = {f.definition.name: f.value for f in queries.figures(city, as_of, **kwargs)}
    children = queries.by_child(city, as_of, **kwargs)
    for child in children:
        if child.area:
            for name in DEFINITIONS:
                assert child.values[name] == counted(name, child.area.code, cut)
    for name in LEDGER:
        assert sum(child.values[name] for child in children) == figures[name]
        months = queries.by_month(city, as_of, **kwargs)
        assert sum(month.values[name] for month in months) == figures[name]
        fields = queries.by_field(city, as_of, **kwargs)
        assert sum(field.values[name] for field in fields) == figures[name]


@pytest.mark.django_db(transaction=True)
def test_the_sums_are_used_and_not_only_the_facts(jinshui):
    entry(jinshui)
    roll_up()
    DayTotal.objects.update(entries=7)
    assert queries.figure("deeds", "1408", date(2025, 4, 30)).value == 7


@pytest.mark.django_db(transaction=True)
def test_rebuilding_mends_sums_that_went_wrong(jinshui):
    entry(jinshui)
    roll_up()
    DayTotal.objects.update(entries=7)
    roll_up(actions.rebuild)
    assert queries.figure("deeds", "1408", date(2025, 4, 30)).value == 1


@pytest.mark.django_db(transaction=True)
def test_a_figure_asked_while_the_horizon_moves_is_still_exact(jinshui):
    entry(jinshui)

    seen = []
    original = queries._live

    def live(cut, read_to):
        if not seen:
            roll_up()
        seen.append(read_to)
        return original(cut, read_to)

    queries._live = live
    try:
        figure = queries.figure("deeds", "1408", date(2025, 4, 30))
    finally:
        queries._live = original
    assert (figure.value, len(set(seen))) == (1, 2)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_count_nothing_twice(jinshui):
    for _ in range(5):
        entry(jinshui)
    actions.roll_up(at=START)
    later = START + timedelta(days=401)
    at_once(*[lambda: actions.roll_up(at=later)] * 4)
    assert DayTotal.objects.get(area_code="1408").entries == 5
