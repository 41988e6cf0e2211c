import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from youwo.core.refused import Refused
from youwo.core.tables import read_rows, write_rows


def written(rows, headings=("甲", "乙"), **options):
    file = io.BytesIO()
    write_rows(headings, rows, file, **options)
    file.seek(0)
    return file


def sheet_of(file):
    return openpyxl.load_workbook(file).active


def workbook(fill):
    book, file = openpyxl.Workbook(), io.BytesIO()
    fill(book.active)
    book.save(file)
    file.seek(0)
    return file


def with_part(part, data):
    """A workbook in which one part of the archive was replaced."""
    source = zipfile.ZipFile(workbook(lambda sheet: sheet.append(["甲"])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            target.writestr(name, data if part in name else source.read(name))
    return file.getvalue()


def test_what_is_written_reads_back():
    file = written([["金税社区", 3], ["永乐社区", None]])
    assert list(read_rows(file)) == [["甲", "乙"], ["金税社区", 3.0], ["永乐社区", ""]]


def test_a_table_reads_from_a_path(tmp_path):
    path = tmp_path / "table.xlsx"
    path.write_bytes(written([["金税社区", 3]]).getvalue())
    assert list(read_rows(path))[1] == ["金税社区", 3.0]


def test_the_number_of_rows_is_told():
    assert write_rows(["甲"], ([number] for number in range(5)), io.BytesIO()) == 5
    assert write_rows(["甲"], [], io.BytesIO()) == 0


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "{=1}", "\t=1", "http://x.cn", "007"],
)
def test_what_people_typed_never_becomes_a_formula_a_link_or_a_number(text):
    cell = sheet_of(written([[text, text]]))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize("text", ["a\x00b\x1f", "𠮷😀", "_x0041_", "<&>\"'", "行\n行"])
def test_any_character_leaves_a_table_that_can_be_read(text):
    rows = list(read_rows(written([[text, "旁边"]])))
    assert rows[1][1] == "旁边"


def test_a_text_too_long_for_a_cell_is_cut_and_not_lost():
    assert sheet_of(written([["长" * 40000, ""]]))["A2"].value == "长" * 32767


def test_moments_are_written_in_the_citys_time():
    at = datetime(2025, 6, 3, 1, 12, tzinfo=UTC)
    row = list(read_rows(written([[at, date(2025, 6, 3)]])))[1]
    assert row == ["2025-06-03 09:12", "2025-06-03"]


def test_a_note_stands_in_the_properties():
    book = openpyxl.load_workbook(written([], note="截至 2025-04-30"))
    assert book.properties.description == "截至 2025-04-30"


def test_headings_stay_text():
    assert sheet_of(written([], headings=["=1+1"]))["A1"].data_type == "s"


def test_an_empty_sheet_has_no_rows():
    assert list(read_rows(workbook(lambda sheet: None))) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "姓名,电话\n张敬之,13900000000\n".encode(),
        b"\x89PNG\r\n\x1a\n" + b"0" * 100,
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"PK\x03\x04 but nothing more",
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
        written([["金税社区", 3]]).getvalue()[:2000],
        with_part("sheet1", b"<garbage"),
        with_part("xl/workbook.xml", b"\xff\xfe"),
    ],
    ids=["empty", "csv", "png", "html", "zip", "xls", "cut off", "bad sheet", "bad book"],
)
def test_what_is_no_excel_file_is_refused(data):
    with pytest.raises(Refused) as refused:
        list(read_rows(io.BytesIO(data)))
    assert refused.value.field == "file"


def test_another_archive_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("letter.txt", "x")
    with pytest.raises(Refused):
        list(read_rows(io.BytesIO(file.getvalue())))


def test_a_stray_cell_in_the_last_corner_is_refused_and_not_laid_out():
    def fill(sheet):
        sheet["A1"] = "甲"
        sheet["XFD1048576"] = "乙"

    with pytest.raises(Refused):
        list(read_rows(workbook(fill)))


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr("youwo.core.tables._MOST_BYTES", 1000)
    with pytest.raises(Refused):
        list(read_rows(written([["金税社区", 3]])))


def test_a_wide_and_long_table_is_read():
    rows = [[f"{row}-{column}" for column in range(30)] for row in range(2000)]
    read = list(read_rows(written(rows, headings=[str(number) for number in range(30)])))
    assert read[1:] == rows
