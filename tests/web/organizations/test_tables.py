"""Tables on their way in, from the upload to the result."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.organizations.books import UNIT_HEADINGS, book, unit
from youwo.core.refused import Refused
from youwo.organizations import tasks, uploads
from youwo.organizations.models import Import, Organization


def text(response) -> str:
    return response.content.decode()


def url(name, *args) -> str:
    return reverse(f"organizations:{name}", args=args)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def at_county(client, coordinator):
    """A browser in which the county's coordinator has signed in."""
    client.force_login(coordinator)
    return client


def upload(browser, tmp_path, *rows, name="单位.xlsx", **changes):
    path = book(tmp_path / "table.xlsx", UNIT_HEADINGS, *rows)
    file = SimpleUploadedFile(name, path.read_bytes())
    return browser.post(url("upload"), {"subject": "units", "file": file, **changes})


def test_from_upload_to_result(at_county, tmp_path, coordinator):
    assert at_county.get(url("upload")).status_code == 200
    answer = upload(at_county, tmp_path, unit(), unit(area="火星"))
    row = Import.objects.get()
    assert (answer.url, row.state, row.file_name) == (url("table", row.pk), "checking", "单位.xlsx")
    assert at_county.get(answer.url).context["waits"]

    tasks.check_import.call(row.pk)
    checked = at_county.get(answer.url)
    assert (checked.context["good"], len(checked.context["problems"])) == (1, 1)
    assert Organization.objects.count() == 0

    at_county.post(url("confirm", row.pk))
    at_county.post(url("confirm", row.pk))
    assert Import.objects.get().state == "running"
    assert at_county.get(answer.url).context["moving"]
    assert DBTaskResult.objects.count() == 2

    tasks.run_import.call(row.pk)
    assert at_county.get(answer.url).context["row"].created == 1
    assert Organization.objects.get().name == "盐湖区税务局"


def test_the_page_refreshes_itself_only_while_something_moves(at_county, tmp_path):
    upload(at_county, tmp_path, unit())
    row = Import.objects.get()
    assert 'hx-trigger="every 2s"' in text(at_county.get(url("table", row.pk)))
    tasks.check_import.call(row.pk)
    part = text(at_county.get(url("table", row.pk), headers={"HX-Request": "true"}))

    assert (part.split()[:2], "every 2s" in part) == (["<div", 'id="table"'], False)


def test_the_problems_leave_as_excel(at_county, tmp_path):
    upload(at_county, tmp_path, unit(area="火星"), unit(since="x"))
    row = Import.objects.get()
    tasks.check_import.call(row.pk)
    file = at_county.get(url("problems", row.pk))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active

    assert [values[0] for values in list(sheet.values)[1:]] == [2, 3]


def test_a_table_without_anything_new_is_not_imported(at_county, tmp_path, coordinator):
    upload(at_county, tmp_path, unit(area="火星"))
    row = Import.objects.get()
    tasks.check_import.call(row.pk)
    at_county.post(url("confirm", row.pk))

    assert Import.objects.get().state == "checked"


def test_what_is_no_table_is_refused_at_once(at_county, settings):
    file = SimpleUploadedFile("a.xlsx", b"MZ no table")
    answer = at_county.post(url("upload"), {"subject": "units", "file": file})
    assert (answer.status_code, Import.objects.count()) == (422, 0)

    settings.TABLE_MAX_BYTES = 10
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 a large table")
    answer = at_county.post(url("upload"), {"subject": "units", "file": file})
    assert (answer.status_code, Import.objects.count()) == (422, 0)


def test_an_unreadable_table_fails_with_a_sentence(at_county):
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 nonsense")
    at_county.post(url("upload"), {"subject": "units", "file": file})
    row = Import.objects.get()
    tasks.check_import.call(row.pk)

    assert Import.objects.get().state == "failed"
    assert 'role="alert"' in text(at_county.get(url("table", row.pk)))


def test_what_got_stuck_is_started_again(at_county, tmp_path, coordinator):
    upload(at_county, tmp_path, unit())
    row = Import.objects.get()
    at_county.post(url("again", row.pk))
    assert DBTaskResult.objects.count() == 1

    Import.objects.update(started_at=timezone.now() - timedelta(hours=1))
    assert at_county.get(url("table", row.pk)).context["stuck"]
    at_county.post(url("again", row.pk))
    assert DBTaskResult.objects.count() == 2


@pytest.mark.parametrize("subject", ["units", "members", "compounds"])
def test_the_template_can_be_downloaded(at_county, subject):
    file = at_county.get(url("template", subject))
    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).worksheets

    assert len(sheets) == 3
    assert at_county.get(url("template", "x")).status_code == 404


def test_tables_of_others_do_not_exist(at_county, tmp_path, worker, client):
    upload(at_county, tmp_path, unit())
    row = Import.objects.get()
    client.force_login(worker)

    for name in ("table", "problems"):
        assert client.get(url(name, row.pk)).status_code == 404
    assert client.post(url("confirm", row.pk)).status_code == 404


def test_auditors_bring_no_tables_in(client, jinshui):
    from tests.factories import granted

    client.force_login(granted("auditor", jinshui))
    assert [client.get(url(name)).status_code for name in ("units", "tables", "upload")] == [
        200,
        404,
        404,
    ]


def test_who_acts_for_a_unit_may_import_into_the_whole_city(for_unit):
    codes = for_unit.get(url("upload")).context["form"].fields["area"].queryset

    assert [place.code for place in codes] == ["1408"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_tables_costs_the_same(at_county, tmp_path, count, django_assert_num_queries):
    for _n in range(count):
        upload(at_county, tmp_path, unit())
    with django_assert_num_queries(2):
        assert len(at_county.get(url("tables")).context["page"].rows) == count


def test_files_that_nobody_imports_are_forgotten(at_county, tmp_path, coordinator):
    upload(at_county, tmp_path, unit())
    tasks.check_import.call(Import.objects.get().pk)
    later = timezone.now() + timedelta(days=31)

    assert uploads.forget_files(at=later) == 1
    assert (bool(Import.objects.get().file), uploads.forget_files(at=later)) == (False, 0)


def test_an_import_is_confirmed_once(at_county, tmp_path, coordinator, at):
    upload(at_county, tmp_path, unit())
    row = Import.objects.get()
    with pytest.raises(Refused):
        uploads.confirm(row, by=coordinator, at=at)
