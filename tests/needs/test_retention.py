from datetime import timedelta

import pytest

from tests.needs import problem_factories
from tests.needs.factories import confirmed, published, received
from tests.needs.pictures import picture
from youwo.journal.models import Line
from youwo.ledger.models import Entry
from youwo.needs import actions, photos
from youwo.needs.models import Voice
from youwo.needs.retention import KEPT, forget_voices

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(worker, volunteer, jinshui, at):
    wish = confirmed(worker, volunteer, jinshui, at)
    photos.add(wish, photos.Picture(picture(), 40, 30), at=at)
    actions.call_back(
        wish, came=True, on_time=True, again="yes", words="", by=worker, at=at + timedelta(days=1)
    )
    wish.refresh_from_db()
    return wish


def test_two_years_after_the_end_nobody_can_tell_who_spoke(closed):
    forget_voices(at=closed.closed_at + KEPT + timedelta(seconds=1))
    closed.refresh_from_db()
    voice = Voice.objects.get()
    kept = [
        voice.name,
        voice.phone,
        voice.phone_index,
        voice.address,
        closed.said,
        closed.search_terms,
    ]
    assert kept == [""] * 6


def test_the_deed_and_the_public_words_stay(closed):
    forget_voices(at=closed.closed_at + KEPT + timedelta(seconds=1))
    closed.refresh_from_db()
    assert (Entry.objects.count(), closed.public_title) == (1, "想请人教用手机挂号")


def test_the_picture_goes_with_its_file(closed, django_capture_on_commit_callbacks):
    photo = closed.photos.get()
    with django_capture_on_commit_callbacks(execute=True):
        forget_voices(at=closed.closed_at + KEPT + timedelta(seconds=1))
    assert (closed.photos.count(), photo.file.storage.exists(photo.file.name)) == (0, False)


def test_until_then_everything_is_kept(closed):
    assert forget_voices(at=closed.closed_at + KEPT - timedelta(seconds=1)) == 0


def test_what_is_open_is_kept_however_old(worker, jinshui, at):
    published(worker, jinshui, at)
    assert forget_voices(at=at + KEPT * 2) == 0


def test_whoever_closed_the_account_is_forgotten_when_the_wish_has_ended(resident, jinshui, at):
    ended = received(jinshui, at, by=resident)
    received(jinshui, at, by=resident)
    actions.withdraw(ended, by=resident, at=at)
    resident.anonymised_at = at
    resident.save(update_fields=["anonymised_at"])
    assert forget_voices(at=at) == 1


def test_forgetting_is_journalled_once(closed):
    later = closed.closed_at + KEPT + timedelta(seconds=1)
    assert (forget_voices(at=later), forget_voices(at=later)) == (1, 0)
    assert Line.objects.filter(verb="forget").count() == 1


def test_two_years_after_the_end_nobody_can_tell_who_reported_a_problem(worker, jinshui, at):
    problem = problem_factories.closed(worker, jinshui, at)
    report = problem.reports.get()
    photos.add(report, photos.Picture(picture(), 40, 30), at=at)
    late = problem.closed_at + KEPT + timedelta(seconds=1)
    assert (forget_voices(at=late), forget_voices(at=late)) == (1, 0)
    report.refresh_from_db()
    problem.refresh_from_db()
    voice = Voice.objects.get()
    kept = [voice.name, voice.phone, voice.address, report.said, report.words]
    assert (kept, report.photos.count()) == ([""] * 5, 0)
    assert (problem.title, "张敬之" in problem.search_terms) == (problem.public_title, False)


def test_who_reported_a_problem_and_closed_the_account_is_forgotten_at_its_end(
    worker, resident, jinshui, at
):
    problem_factories.closed(worker, jinshui, at, by=resident)
    resident.anonymised_at = at
    resident.save()
    forget_voices(at=at + timedelta(days=1))
    assert Voice.objects.get().person is None


def test_who_reported_a_problem_that_is_still_open_is_known(worker, jinshui, at):
    problem_factories.accepted(worker, jinshui, at)
    assert forget_voices(at=at + KEPT * 2) == 0
