"""The list of compounds leaves as an Excel file, is changed and comes back."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.areas.facts import DAY, fact, three_no
from tests.factories import OrganizationFactory, mandate, mandated
from youwo.areas import actions
from youwo.areas.models import CompoundFact
from youwo.organizations import tasks
from youwo.organizations.models import Import

UPLOAD = reverse("organizations:upload")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def compound(jinshui, at):
    return actions.add_compound(jinshui, name="税苑小区", by=None, at=at)


@pytest.fixture
def at_desk(client, worker):
    """A browser in which the community's worker has signed in."""
    client.force_login(worker)
    return client


def taken(browser, place) -> openpyxl.Workbook:
    answer = browser.get(reverse("compounds:export"), {"area": place.pk})
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def sent(browser, book: openpyxl.Workbook) -> Import:
    """Send a table and have it checked."""
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("小区.xlsx", out.getvalue())
    browser.post(UPLOAD, {"subject": "compounds", "file": file})
    row = Import.objects.latest("pk")
    tasks.check_import.call(row.pk)
    row.refresh_from_db()
    return row


def test_what_was_taken_away_and_sent_back_says_nothing_new(at_desk, compound, jinshui, at):
    three_no(compound, at)
    fact(compound, "guard", present=True, at=at, on=DAY + timedelta(days=1), detail="一人")
    actions.add_compound(jinshui, name="锦绣苑", by=None, at=at)

    row = sent(at_desk, taken(at_desk, jinshui))

    assert (row.state, row.created, row.changed, row.unchanged) == ("checked", 0, 0, 2)
    assert row.problems == []


def test_a_changed_cell_and_a_new_line_come_in(at_desk, compound, jinshui, at):
    three_no(compound, at)
    book = taken(at_desk, jinshui)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, places["围墙"], "有 · 砖墙")
    sheet.cell(2, places["围墙起始日"], "2024-06-01")
    sheet.cell(3, places["小区"], "锦绣苑")

    row = sent(at_desk, book)
    page = reverse("organizations:table", args=[row.pk])
    checked = at_desk.get(page)
    at_desk.post(reverse("organizations:confirm", args=[row.pk]))
    tasks.run_import.call(row.pk)

    assert checked.context["good"] == 2
    assert reverse("compounds:index") in at_desk.get(page).content.decode()
    changed = CompoundFact.objects.get(area=compound, kind="fence", ends_on=None)
    assert (changed.present, changed.detail) == (True, "砖墙")
    assert jinshui.children.filter(name="锦绣苑").exists()


def test_the_list_leads_to_the_upload(at_desk, jinshui):
    listed = at_desk.get(reverse("compounds:index"), {"area": jinshui.pk})
    address = f"{UPLOAD}?subject=compounds&amp;area={jinshui.pk}"

    assert address in listed.content.decode()
    form = at_desk.get(address.replace("&amp;", "&")).context["form"]
    assert form.initial == {"area": jinshui.pk, "subject": "compounds"}


def test_the_own_place_is_chosen_for_who_also_acts_for_a_unit(at_desk, worker, jinshui):
    mandate(worker, OrganizationFactory())

    form = at_desk.get(UPLOAD, {"subject": "compounds"}).context["form"]

    assert form.initial["area"] == jinshui.pk


def test_a_reader_is_offered_no_upload(client, jinshui):
    listed = client.get(reverse("compounds:index"), {"area": jinshui.pk})

    assert "subject=compounds" not in listed.content.decode()


def test_who_acts_for_a_unit_sends_no_compounds(client, jinshui):
    client.force_login(mandated(OrganizationFactory()))
    template = reverse("organizations:template", args=["compounds"])

    page = client.get(UPLOAD, {"subject": "compounds"})

    assert "compounds" not in dict(page.context["form"].fields["subject"].choices)
    assert client.get(template).status_code == 404
    assert "compounds" not in client.get(reverse("organizations:tables")).content.decode()
