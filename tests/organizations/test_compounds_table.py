"""The table of compounds: what the dry run says, and what the import does."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from django.core.files import File

from tests.factories import granted
from tests.organizations.books import book
from youwo.areas import actions
from youwo.areas.actions import Told
from youwo.areas.models import Area, CompoundFact
from youwo.core.refused import Refused
from youwo.organizations import imports, sheets
from youwo.organizations.imports import columns
from youwo.organizations.models import Import

HEADINGS = ["小区名称", "所属社区", "物业公司", "物业公司起始日", "门卫", "门卫起始日", "围墙"]
MARCH = date(2024, 3, 1)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def compound(jinshui, at) -> Area:
    return actions.add_compound(jinshui, name="机械厂 5 号院", by=None, at=at, on=MARCH)


@pytest.fixture
def send(tmp_path, jinshui, worker, at):
    """Check a table of Jinshui as its worker, or import it."""

    def run(*rows, write=True, headings=HEADINGS, area=jinshui, by=worker):
        path = book(tmp_path / "table.xlsx", headings, *rows)
        return imports.take_file(path, Import.Subject.COMPOUNDS, area, by, at, write=write)

    return run


def counts(report):
    return report.created, report.changed, report.unchanged, report.bad_rows


def facts(name: str) -> dict[str, tuple[bool, str, date]]:
    standing = CompoundFact.objects.standing().filter(area__name=name, ends_on=None)
    return {fact.kind: (fact.present, fact.detail, fact.starts_on) for fact in standing}


def sentences(report) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.sentence) for problem in report.problems]


def test_a_new_compound_is_added_with_what_it_has_and_lacks(send):
    report = send(["税苑小区", "金税社区", "顺达物业", "2021", "有 · 两班轮值", "2024-03", ""])

    assert counts(report) == (1, 0, 0, 0)
    assert facts("税苑小区") == {
        "property_company": (True, "顺达物业", date(2021, 1, 1)),
        "guard": (True, "两班轮值", MARCH),
    }


def test_a_dry_run_writes_nothing(send):
    report = send(["税苑小区", "", "没有", "2021-05-06", "", "", ""], write=False)

    assert counts(report) == (1, 0, 0, 0)
    assert not Area.objects.filter(name="税苑小区").exists()
    assert not CompoundFact.objects.exists()


def test_sent_again_it_changes_nothing(send):
    row = ["税苑小区", "", "没有", "2021年5月", "有：一人", "2024年3月1日", ""]
    send(row)
    kept = list(CompoundFact.objects.values_list("pk", flat=True))

    report = send(row)

    assert counts(report) == (0, 0, 1, 0)
    assert list(CompoundFact.objects.values_list("pk", flat=True)) == kept


def test_a_compound_is_known_again_whatever_the_spaces(send, compound):
    report = send(["机械厂5号院", "", "", "", "无", MARCH, ""])

    assert counts(report) == (0, 1, 0, 0)
    assert facts(compound.name) == {"guard": (False, "", MARCH)}


def test_what_is_known_asks_for_no_day(send, compound, at):
    actions.record_facts([Told(compound, "guard", True, MARCH, "一人")], by=None, at=at)

    report = send([compound.name, "", "", "", "有 · 一人", "", ""])

    assert counts(report) == (0, 0, 1, 0)


def test_a_later_answer_ends_the_one_before(send, compound, at):
    actions.record_facts([Told(compound, "guard", False, MARCH)], by=None, at=at)

    send([compound.name, "", "", "", "有", "2025-01-01", ""])

    before, after = CompoundFact.objects.order_by("starts_on")
    assert (before.present, before.ends_on) == (False, date(2025, 1, 1))
    assert (after.present, after.ends_on) == (True, None)


def test_every_bad_cell_is_named(send, compound, at):
    report = send(
        ["甲院", "", "", "", "也许", "2024-03-01", ""],
        ["乙院", "", "没有", "", "", "", ""],
        ["丙院", "", "", "2024-03-01", "", "", ""],
        ["丁院", "", "有", "2999-01-01", "有", "1900-01-01", ""],
        ["戊院", "火星社区", "", "", "", "", ""],
        ["", "", "有", "2024", "", "", ""],
        [compound.name, "", "", "", "", "", "有" + "墙" * 90],
        [compound.name, "", "", "", "", "", ""],
        write=False,
    )

    assert counts(report) == (0, 0, 0, 8)
    assert sentences(report) == [
        (2, "门卫", "请填“有”或“无”，说明写在后面，如“有 · 砖墙”。"),
        (3, "物业公司起始日", "请填写日期。"),
        (4, "物业公司", "请填“有”或“无”；不清楚的，日期也留空。"),
        (5, "物业公司起始日", "这一天还没到，请等发生以后再登记。"),
        (5, "门卫起始日", "这不是日期，请写成 2025-03-01 这样。"),
        (6, "社区", "没有叫“火星社区”的社区或村。"),
        (7, "小区", "这一格是空的。"),
        (8, "围墙", "请填“有”或“无”，说明写在后面，如“有 · 砖墙”。"),
        (9, "小区", "第 8 行已经是同一个小区。"),
    ]


def test_words_behind_an_answer_have_an_end(send, compound):
    report = send([compound.name, "", "", "", "有 · " + "人" * 90, "2024", ""], write=False)

    assert sentences(report) == [(2, "门卫", "超过了 80 个字。")]


def test_good_rows_come_in_though_others_are_bad(send):
    report = send(["甲院", "", "", "", "也许", "2024", ""], ["乙院", "", "", "", "有", "2024", ""])

    assert counts(report) == (1, 0, 0, 1)
    assert list(Area.objects.filter(kind="compound").values_list("name", flat=True)) == ["乙院"]


def test_another_community_is_not_the_workers(send, jinshui, elsewhere, at):
    county = jinshui.parent.parent
    stranger = granted("worker", elsewhere)

    report = send(["甲院", "金税社区", "", "", "", "", ""], area=county, by=stranger, write=False)

    assert sentences(report) == [(2, "社区", "这个社区的小区不归您管理。")]


def test_a_table_for_a_county_names_the_communities(send, jinshui):
    report = send(["甲院", "", "", "", "", "", ""], area=jinshui.parent.parent, write=False)

    assert sentences(report) == [(2, "社区", "这一格是空的。")]


def test_a_code_says_which_compound_is_meant(send, compound):
    headings = ["编码", *HEADINGS]
    report = send(
        [compound.pk, compound.name, "", "", "", "没有", "2024", ""],
        ["140802005022-9999", "甲院", "", "", "", "", "", ""],
        headings=headings,
        write=False,
    )

    assert counts(report) == (0, 1, 0, 1)
    assert sentences(report) == [(3, "代码", "这里没有这个代码的小区。")]


def test_a_code_renames_nothing(send, compound):
    report = send(
        [compound.pk, "新名字", "", "", "", "", "", ""],
        headings=["编码", *HEADINGS],
        write=False,
    )

    assert sentences(report)[0][1:] == (
        "小区",
        "这个代码对应的小区是“机械厂 5 号院”。要改名，请到小区页面修改。",
    )


def test_a_table_without_names_is_refused(send):
    with pytest.raises(Refused):
        send(["金税社区", "有"], headings=["所属社区", "门卫"])


def test_the_template_has_all_columns_and_explains_them(tmp_path, jinshui):
    path = tmp_path / "template.xlsx"
    with path.open("wb") as file:
        sheets.write_template(Import.Subject.COMPOUNDS, jinshui, file)

    table, explained, _places = openpyxl.load_workbook(path).worksheets

    headings = [cell.value for cell in table[1]]
    assert len(headings) == 3 + 2 * len(CompoundFact.Kind.values)
    assert columns.find(Import.Subject.COMPOUNDS, headings) == {
        column.key: place for place, column in enumerate(columns.COMPOUNDS)
    }
    assert [row[0].value for row in explained.iter_rows(min_row=2)] == headings


def test_an_uploaded_table_is_checked_and_let_in(tmp_path, jinshui, worker, at):
    path = book(tmp_path / "table.xlsx", HEADINGS, ["甲院", "", "", "", "有", "2024", ""])
    row = Import(subject="compounds", area=jinshui, started_by=worker, started_at=at)
    with path.open("rb") as file:
        row.file.save("a.xlsx", File(file))

    imports.check_row(row, at)
    checked = row.state, row.created
    imports.run(row, at)

    assert checked == ("checked", 1)
    assert (row.state, facts("甲院")["guard"][0]) == ("done", True)
