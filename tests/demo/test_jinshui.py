"""The story of the tax office and Jinshui hangs together, from the voice to the reply."""

from __future__ import annotations

import pytest

from tests.demo.conftest import NOW
from youwo.demo.jinshui import THREE_NO
from youwo.demo.units import TAX_OFFICE
from youwo.dispatch.models import Whistle
from youwo.evaluation.models import Reply
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs.models import Hearing, Problem, ProblemStatus
from youwo.service.models import AgendaItem, Asset, ServiceItem

pytestmark = pytest.mark.usefixtures("small_city")


def the_problem(words: str) -> Problem:
    return Problem.objects.get(public_title__contains=words, merged_into__isnull=True)


def test_twelve_lines_became_cases():
    hearing = Hearing.objects.get(organization__name=TAX_OFFICE)
    lines = list(hearing.lines.order_by("number"))

    assert len(lines) == 12
    assert sum(line.report is not None for line in lines) == 8
    assert sum(line.wish is not None for line in lines) == 3


def test_two_voices_about_the_fence_are_one_problem():
    problem = the_problem("后墙")

    assert (problem.reports.count(), problem.status) == (2, ProblemStatus.CLOSED)
    assert problem.reports.filter(satisfied=True).count() == 2


def test_the_fence_is_followed_from_the_voice_to_the_deed_and_back():
    problem = the_problem("后墙")
    agenda = AgendaItem.objects.get(problem=problem)
    item = ServiceItem.objects.get(agenda_item=agenda)
    delivery = item.deliveries.order_by("pk").last()
    entry = Entry.objects.get(source_label="service.delivery", source_key=str(delivery.pk))

    assert (agenda.meeting.status, item.problem) == ("closed", problem)
    assert (entry.title, entry.sign, entry.kind) == (item.title, 1, "deed")


def test_three_old_compounds_keep_forty_bins_and_twenty_sets():
    kept = {
        name: sum(asset.quantity for asset in Asset.objects.filter(name=name))
        for name in ("垃圾桶", "灭火器")
    }

    assert kept == {"垃圾桶": 40, "灭火器": 20}
    brought = Asset.objects.filter(delivery_goods__isnull=False)
    assert set(brought.values_list("area__name", flat=True)) == set(THREE_NO)


def test_one_unit_objected_and_another_answered():
    whistle = Whistle.objects.get(problem=the_problem("路面塌陷"))
    calls = list(whistle.calls.order_by("pk").values_list("status", "responsible"))

    assert calls == [("excused", False), ("answered", True)]
    assert whistle.item.status == "closed"


def test_the_unit_replied_to_its_evaluation():
    reply = Reply.objects.filter(evaluated__organization__name=TAX_OFFICE).latest("at")

    assert reply.evaluated.facts["deeds"] >= 5
    assert reply.evaluated.results.get().tenths is not None


def test_nothing_lies_in_the_future():
    assert Line.objects.filter(at__gt=NOW).count() == 0
