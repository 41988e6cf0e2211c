"""Rows that cannot exist are refused by the database."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from tests.needs.problem_factories import accepted
from tests.service import factories as made
from youwo.service.models import AgendaItem, Invitation, MeetingSeries, ServiceItem


@contextmanager
def refused(name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        yield
    assert name in str(error.value) or "UNIQUE" in str(error.value)


def test_a_community_has_one_rhythm_at_a_time(worker, jinshui, at):
    row = {"community": jinshui, "begins": "15:00", "place": "会议室", "set_at": at}
    MeetingSeries.objects.create(day_of_month=22, starts_on=at.date(), **row)

    with refused("service_meetingseries_open_once"):
        MeetingSeries.objects.create(day_of_month=10, starts_on=at.date(), **row)
    with refused("service_meetingseries_day"):
        MeetingSeries.objects.create(day_of_month=32, starts_on=at.date(), ends_on=at.date(), **row)


def test_a_meeting_outside_a_rhythm_has_a_reason(worker, jinshui, at):
    with refused("service_jointmeeting_series_or_reason"):
        made.called(worker, jinshui, at, reason="")


def test_a_guest_comes_in_nobodys_name(worker, jinshui, at):
    meeting = made.called(worker, jinshui, at)

    with refused("service_invitation_guest_or_organization"):
        Invitation.objects.create(meeting=meeting, seat="unit")
    with refused("service_invitation_answered_at"):
        Invitation.objects.create(meeting=meeting, seat="guest", answer="yes")


def test_a_decided_matter_says_when_and_why(worker, jinshui, at):
    meeting = made.called(worker, jinshui, at)

    with refused("service_agendaitem_decided_at"):
        AgendaItem.objects.create(meeting=meeting, number=1, title="灯", outcome="rolled")
    with refused("service_agendaitem_reason"):
        AgendaItem.objects.create(
            meeting=meeting, number=1, title="灯", outcome="reason", decided_at=at
        )


def test_one_item_at_a_time_carries_a_problem(worker, jinshui, at):
    problem = accepted(worker, jinshui, at)
    item = made.agreed(worker, jinshui, at, problem=problem)

    item.pk, item.reference, item.nonce = None, "S22222222", "00000000-0000-4000-8000-000000000001"
    with refused("service_serviceitem_carries_once"):
        item.save(force_insert=True)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"status": "dropped"}, "service_serviceitem_dropped"),
        ({"status": "closed"}, "service_serviceitem_closed_at"),
        ({"status": "delivered"}, "service_serviceitem_delivered_at"),
    ],
)
def test_an_item_says_how_it_came_to_its_state(worker, jinshui, at, changes, name):
    item = made.agreed(worker, jinshui, at)

    with refused(name):
        ServiceItem.objects.filter(pk=item.pk).update(**changes)


def test_nothing_is_delivered_by_nobody_in_no_time(worker, jinshui, at):
    item = made.agreed(worker, jinshui, at)

    with refused("service_delivery_some"):
        made.deliver(item, worker, None, at, people=0)
    with refused("service_deliverygoods_some"):
        made.deliver(item, worker, None, at, goods=[("围栏", 0, "米")])
