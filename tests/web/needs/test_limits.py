"""Who is counted as one visitor, and files made on the spot."""

import io
from datetime import timedelta

import pytest
from django.test import RequestFactory

from youwo.core.refused import Refused
from youwo.web.files import table_answer
from youwo.web.limits import (
    guard_public_write,
    guessed_too_often,
    take_back_guess,
    visitor_address,
)


def request(address="203.0.113.7", forwarded=None):
    headers = {"x-forwarded-for": forwarded} if forwarded is not None else {}
    return RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize(
    ("trusted", "address", "forwarded", "counted"),
    [
        (0, "203.0.113.7", None, "203.0.113.7"),
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "unknown", ""),
        (0, "", None, ""),
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::"),
    ],
)
def test_visitor_is_who_our_own_proxies_vouch_for(settings, trusted, address, forwarded, counted):
    settings.TRUSTED_PROXIES = trusted
    assert visitor_address(request(address, forwarded)) == counted


def test_guard_counts_by_the_minute(settings, monkeypatch):
    settings.PUBLIC_WRITES_PER_MINUTE = 1
    monkeypatch.setattr("time.time", lambda: 6_000_000_000.0)
    guard_public_write(request("203.0.113.40"))
    with pytest.raises(Refused):
        guard_public_write(request("203.0.113.40"))
    monkeypatch.setattr("time.time", lambda: 6_000_000_060.0)
    guard_public_write(request("203.0.113.40"))


def test_guard_can_be_switched_off(settings):
    settings.PUBLIC_WRITES_PER_MINUTE = 0
    for _ in range(3):
        guard_public_write(request())


@pytest.mark.django_db
def test_table_is_sent_as_a_file_and_closed_with_the_answer():
    answer = table_answer("心愿", lambda file: file.write(b"rows"))
    assert io.BytesIO(answer.getvalue()).read() == b"rows"
    answer.close()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


@pytest.mark.django_db
def test_guesses_are_counted_by_the_hour_and_by_the_day(settings, at):
    settings.FOLLOW_TRIES_PER_HOUR, settings.FOLLOW_TRIES_PER_DAY = 2, 3
    moments = [at, at, at, at + timedelta(hours=1), at + timedelta(hours=2), at + timedelta(days=1)]
    refused = [guessed_too_often("follow", "WABC", at=moment) for moment in moments]
    assert refused == [False, False, True, True, True, False]


@pytest.mark.django_db
def test_right_guesses_do_not_count(settings, at):
    settings.FOLLOW_TRIES_PER_HOUR, settings.FOLLOW_TRIES_PER_DAY = 1, 1
    guessed_too_often("follow", "WABC", at=at)
    take_back_guess("follow", "WABC", at=at)
    assert not guessed_too_often("follow", "WABC", at=at)
