"""Tables of units and members: what the dry run says, and what the import does."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest
from django.core.files import File
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tests.factories import OrganizationFactory, PersonFactory, area, mandated
from tests.organizations.books import MEMBER_HEADINGS, UNIT_HEADINGS, book, member, unit
from tests.organizations.factories import (
    MemberEnrolmentFactory,
    MembershipFactory,
    UnitEnrolmentFactory,
)
from youwo.core.refused import Refused
from youwo.journal.models import Line
from youwo.organizations import imports, sheets
from youwo.organizations.imports import columns
from youwo.organizations.models import (
    Branch,
    Import,
    MemberEnrolment,
    Membership,
    Organization,
    UnitEnrolment,
)
from youwo.people.models import Person, Skill

MARCH = date(2025, 3, 1)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def city(jinshui):
    return jinshui.parent.parent.parent


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


class Desk:
    """Checks and runs tables for one person."""

    def __init__(self, tmp_path, place, at):
        self.path, self.area, self.at, self.by = tmp_path / "table.xlsx", place, at, None

    def check(self, subject, *rows, headings=None, above=0):
        headings = headings or (UNIT_HEADINGS if subject == "units" else MEMBER_HEADINGS)
        book(self.path, headings, *rows, above=above)
        return imports.check(self.path, subject, self.area, self.by, self.at)

    def run(self, subject, *rows):
        self.check(subject, *rows)
        row = Import(
            subject=subject,
            area=self.area,
            file_name="table.xlsx",
            started_at=self.at,
            started_by=self.by,
        )
        with self.path.open("rb") as file:
            row.file.save("table.xlsx", File(file))
        return imports.run(row, self.at)

    def problems(self, subject, *rows):
        return [(p.row, p.column, p.sentence) for p in self.check(subject, *rows).problems]


@pytest.fixture
def desk(tmp_path, city, at):
    return Desk(tmp_path, city, at)


def counts(result) -> tuple[int, int, int, int]:
    return result.created, result.changed, result.unchanged, result.bad_rows


# --- units ---------------------------------------------------------------------------------------


def test_units_come_in_with_branch_parent_and_enrolment(desk, jinshui):
    rows = [
        unit("盐湖区税务局", code="91350100M000100Y43", parent="运城市税务局", branch="第一支部"),
        unit("运城市税务局", area="1408", community=""),
    ]
    done = desk.run("units", *rows)

    office = Organization.objects.get(name="盐湖区税务局")
    assert (done.state, counts(done)) == ("done", (2, 0, 0, 0))
    assert (office.parent.name, office.area_id, office.kind) == (
        "运城市税务局",
        "140802",
        "government",
    )
    enrolment = office.enrolments.get()
    assert (enrolment.community, enrolment.branch.name, enrolment.starts_on) == (
        jinshui,
        "第一支部",
        MARCH,
    )


def test_a_dry_run_writes_nothing_and_promises_what_the_import_keeps(desk, jinshui):
    rows = [unit(), unit("市医院", kind="hospital"), unit(area="火星")]
    said = desk.check("units", *rows)

    assert (Organization.objects.count(), UnitEnrolment.objects.count()) == (0, 0)
    assert counts(said) == counts(desk.run("units", *rows)) == (2, 0, 0, 1)


def test_the_second_import_adds_nothing(desk, jinshui):
    rows = [unit(branch="第一支部"), unit("市医院", kind="hospital", parent="盐湖区税务局")]
    desk.run("units", *rows)

    assert counts(desk.run("units", *rows)) == (0, 0, 2, 0)
    assert (Organization.objects.count(), UnitEnrolment.objects.count()) == (2, 2)


def test_a_unit_with_two_communities_has_two_rows(desk, jinshui, elsewhere):
    done = desk.run("units", unit(), unit(community="永乐社区"))

    assert counts(done) == (2, 0, 0, 0)
    assert (Organization.objects.count(), UnitEnrolment.objects.count()) == (1, 2)


def test_a_unit_known_by_its_code_is_corrected(desk, jinshui, at):
    desk.run("units", unit("盐湖税务局", code="91350100M000100Y43"))
    done = desk.run("units", unit("盐湖区税务局", code="91350100M000100Y43"))

    assert counts(done) == (0, 1, 0, 0)
    assert Organization.objects.get().name == "盐湖区税务局"
    assert "correct" in Line.objects.values_list("verb", flat=True)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (unit(name=""), ("Unit", "This cell is empty.")),
        (
            unit(kind="公司企业机关"),
            (
                "Kind",
                "This can be: government body、public institution、enterprise、school、hospital、"
                "social organisation、residents' or villagers' committee、property company、"
                "owners' committee.",
            ),
        ),
        (
            unit(community="金锐社区"),
            ("Enrolled community", "There is no community “金锐社区”. Is it 金税社区?"),
        ),
        (unit(since="去年"), ("From", "This is not a day. Please write it like 2025-03-01.")),
        (unit(since=""), ("From", "Please enter the day.")),
        (unit(since="2052-03-01"), ("From", "This day is too far away. Please check the year.")),
        (
            unit(code="91350100M000100Y44"),
            (
                "Credit code",
                "One of the characters cannot be right. Please compare the code with the licence.",
            ),
        ),
        (unit(parent="国税"), ("Parent unit", "There is no unit “国税”.")),
        (unit(parent="盐湖区税务局"), ("Parent unit", "A unit cannot stand above itself.")),
    ],
)
def test_every_bad_cell_of_a_unit_is_named(desk, jinshui, row, problem):
    assert desk.problems("units", row) == [(2, *problem)]


def test_all_bad_cells_of_a_row_are_named_together(desk, jinshui):
    report = desk.check("units", unit(name="", community="火星社区", since="x"))

    assert [problem.column for problem in report.problems] == [
        "Unit",
        "Enrolled community",
        "From",
    ]
    assert report.bad_rows == 1


def test_the_same_unit_and_community_twice_is_named(desk, jinshui):
    assert desk.problems("units", unit(), unit()) == [
        (3, "Enrolled community", "This unit and community stand in the table already.")
    ]


def test_rows_that_contradict_each_other_are_named(desk, jinshui, elsewhere):
    twice = [
        unit(code="91350100M000100Y43"),
        unit(code="91350100M000100Y43", kind="school", community="永乐社区"),
    ]
    assert desk.problems("units", *twice) == [
        (3, "Kind", "Row 2 says something else about the same unit.")
    ]


def test_a_row_below_a_parent_that_is_left_out_is_left_out(desk, jinshui):
    rows = [
        unit("上级局", since="x"),
        unit("中级局", parent="上级局"),
        unit("下级局", parent="中级局"),
    ]
    report = desk.check("units", *rows)

    assert (counts(report), [problem.row for problem in report.problems]) == (
        (0, 0, 0, 3),
        [2, 3, 4],
    )


def test_two_places_of_one_name_are_told_apart_by_town_or_code(desk, jinshui):
    area("140881001009", "金税社区")
    assert desk.problems("units", unit()) == [
        (
            2,
            "Enrolled community",
            "There are several places of this name: 盐湖区北城街道金税社区（140802005022）、"
            "永济市城西街道金税社区（140881001009）. Please enter the code.",
        )
    ]
    rows = [unit(community="北城街道金税社区"), unit("乙局", community="永济市 金税社区")]
    rows.append(unit("丙局", community=140881001009.0))
    assert desk.problems("units", *rows) == []


# --- members -------------------------------------------------------------------------------------


@pytest.fixture
def _skills(db):
    Skill.objects.create(code="calligraphy", name="书法")
    Skill.objects.create(code="haircuts", name="理发")


@pytest.mark.usefixtures("_skills", "tax_office")
def test_members_come_in_with_everything_the_row_says(desk, jinshui, tax_office, at):
    Branch.objects.create(organization=tax_office, name="第一支部")
    area("140802005022-3", "锦绣苑")
    row = member(
        document="11010519491231002x",
        branch="第一支部",
        standing="serving",
        compound="锦绣苑",
        occupation="会计",
        skills="书法、理发",
        wishes="visits，safety",
    )
    assert counts(desk.run("members", row)) == (1, 0, 0, 0)

    person = Person.objects.with_phone("13800000001").get()
    assert (person.name, person.document_number, person.has_usable_password()) == (
        "张明",
        "11010519491231002X",
        False,
    )
    membership = person.memberships.get()
    assert (membership.organization, membership.branch.name) == (tax_office, "第一支部")
    enrolment = person.enrolments.get()
    assert (enrolment.community, enrolment.compound.name, enrolment.occupation) == (
        jinshui,
        "锦绣苑",
        "会计",
    )
    assert (enrolment.skills, enrolment.service_wishes) == (
        ["calligraphy", "haircuts"],
        ["safety", "visits"],
    )
    assert (enrolment.starts_on, enrolment.recorded_at) == (MARCH, at)


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_the_second_import_of_members_adds_nothing(desk):
    rows = [member(), member("李红", "13800000002", document="11010519491231002X")]
    assert counts(desk.run("members", *rows)) == (2, 0, 0, 0)

    assert counts(desk.check("members", *rows)) == (0, 0, 2, 0)
    assert counts(desk.run("members", *rows)) == (0, 0, 2, 0)
    assert (Person.objects.count(), Membership.objects.count()) == (2, 2)
    assert MemberEnrolment.objects.count() == 2


@pytest.mark.usefixtures("_skills", "tax_office", "jinshui")
def test_an_empty_cell_leaves_what_is_known_and_a_filled_one_corrects_it(desk):
    desk.run("members", member(occupation="会计", skills="书法"))
    done = desk.run("members", member(occupation="出纳"))

    enrolment = MemberEnrolment.objects.get()
    assert counts(done) == (0, 1, 0, 0)
    assert (enrolment.occupation, enrolment.skills) == ("出纳", ["calligraphy"])


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_somebody_known_by_phone_is_not_made_twice(desk):
    known = PersonFactory(name="张明", phone="13800000001")
    done = desk.run("members", member(phone="+86 138-0000-0001", document="11010519491231002X"))

    assert counts(done) == (1, 0, 0, 0)
    assert MemberEnrolment.objects.get().person == known
    assert Person.objects.get().document_number == "11010519491231002X"


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_retired_members_belong_to_the_unit_and_do_not_enrol(desk):
    done = desk.run("members", member(standing="retired", community=""))

    assert counts(done) == (1, 0, 0, 0)
    assert (Membership.objects.get().standing, MemberEnrolment.objects.count()) == ("retired", 0)
    assert counts(desk.run("members", member(standing="retired", community=""))) == (0, 0, 1, 0)


@pytest.mark.usefixtures("_skills", "tax_office", "jinshui")
@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (member(name="名" * 41), ("Name", "This is longer than 40 characters.")),
        (
            member(phone="1380000000"),
            ("Phone", "A mobile number has 11 digits. Please check the number."),
        ),
        (member(phone=""), ("Phone", "Please enter a phone number or an identity number.")),
        (
            member(document="110105194912310021"),
            (
                "Identity number",
                "One of the digits cannot be right. Please compare the number with the card.",
            ),
        ),
        (
            member(unit="盐湖税务局"),
            ("Unit of the member", "There is no unit “盐湖税务局”. Is it 盐湖区税务局?"),
        ),
        (member(unit=""), ("Unit of the member", "This cell is empty.")),
        (member(branch="二支部"), ("Branch", "The unit has no branch “二支部”.")),
        (member(standing="外出"), ("Standing", "This can be: serving、retired.")),
        (
            member(standing="retired"),
            (
                "Community",
                "Only serving members enrol with a community. Please leave this empty.",
            ),
        ),
        (member(community=""), ("Community", "This cell is empty.")),
        (member(compound="锦绣苑"), ("Compound", "There is no compound “锦绣苑” in 金税社区.")),
        (member(occupation="职" * 41), ("Occupation", "This is longer than 40 characters.")),
        (member(skills="书画"), ("Skills", "“书画” is not in the list.")),
        (member(wishes="飞行"), ("Service wishes", "“飞行” is not in the list.")),
        (
            member(since="2025-02-30"),
            ("From", "This is not a day. Please write it like 2025-03-01."),
        ),
    ],
)
def test_every_bad_cell_of_a_member_is_named(desk, row, problem):
    assert desk.problems("members", row) == [(2, *problem)]


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_the_same_number_twice_is_named_with_its_first_row(desk):
    rows = [member(), member("李红"), member("王军", "13800000003")]

    assert desk.problems("members", *rows) == [(3, "Phone", "The same as in row 2.")]


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_one_person_by_two_numbers_is_named(desk):
    PersonFactory(
        name="张明",
        phone="13800000001",
        document_kind="resident",
        document_number="11010519491231002X",
    )
    rows = [member(), member(phone="", document="11010519491231002X")]

    assert desk.problems("members", *rows) == [(3, "Name", "The same person as in row 2.")]


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_numbers_of_two_people_are_named(desk):
    PersonFactory(name="张明", phone="13800000001")
    PersonFactory(document_kind="resident", document_number="11010519491231002X")

    assert desk.problems("members", member(document="11010519491231002X")) == [
        (2, "Identity number", "This number belongs to somebody else than the phone number.")
    ]


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_another_name_under_a_known_number_is_named_without_the_known_one(desk):
    PersonFactory(name="赵秘密", phone="13800000001")

    assert desk.problems("members", member()) == [
        (
            2,
            "Name",
            "Somebody of another name is known under this number. Please check both.",
        )
    ]


def test_what_contradicts_the_known_enrolment_is_named(desk, jinshui, elsewhere, tax_office):
    person = PersonFactory(name="张明", phone="13800000001")
    MembershipFactory(person=person, organization=tax_office)
    MemberEnrolmentFactory(person=person, organization=tax_office)

    assert desk.problems("members", member(community="永乐社区")) == [
        (
            2,
            "Community",
            "Enrolled with 金税社区 since 2025-01-02. Please end that enrolment first.",
        )
    ]
    assert desk.problems("members", member()) == [
        (
            2,
            "From",
            "This enrolment is known since 2025-01-02. If that is wrong, please void it.",
        )
    ]


@pytest.mark.usefixtures("jinshui", "tax_office")
def test_a_member_of_another_unit_is_named(desk, hospital):
    person = PersonFactory(name="张明", phone="13800000001")
    MembershipFactory(person=person, organization=hospital)

    assert desk.problems("members", member()) == [
        (
            2,
            "Unit of the member",
            "This person serves in 运城市中心医院. Please transfer them on the unit's page.",
        )
    ]


# --- who may -------------------------------------------------------------------------------------


def test_who_acts_for_one_unit_leaves_the_unit_empty(desk, jinshui, tax_office):
    desk.by = mandated(tax_office)

    assert counts(desk.run("members", member(unit=""))) == (1, 0, 0, 0)
    assert MemberEnrolment.objects.get().organization == tax_office


def test_who_acts_for_one_unit_imports_no_other(desk, jinshui, tax_office, hospital):
    desk.by = mandated(tax_office)
    sentence = "You do not act for this unit, nor for this community."

    assert desk.problems("members", member(unit="运城市中心医院")) == [(2, "Community", sentence)]
    assert desk.problems("units", unit("运城市中心医院", kind="hospital")) == [
        (2, "Enrolled community", sentence)
    ]


def test_a_worker_imports_into_the_own_community_only(desk, worker, jinshui, elsewhere, tax_office):
    desk.by = worker
    rows = [member(), member("李红", "13800000002", community="永乐社区")]

    assert [(row, column) for row, column, _s in desk.problems("members", *rows)] == [
        (3, "Community")
    ]


def test_a_place_outside_the_imports_area_is_named(desk, jinshui, elsewhere):
    desk.area = jinshui.parent.parent

    assert desk.problems("units", unit(community="永乐社区")) == [
        (
            2,
            "Enrolled community",
            "永济市城西街道永乐社区（140881001001） lies outside 盐湖区.",
        )
    ]


# --- files ---------------------------------------------------------------------------------------


def test_headings_may_stand_below_a_title(desk, jinshui):
    report = desk.check("units", unit(), unit(area="x"), above=2)

    assert ([p.row for p in report.problems], report.rows) == ([5], 2)


def test_empty_rows_count_for_nothing_and_keep_the_numbers(desk, jinshui):
    report = desk.check("units", [""] * 8, unit(area="x"))

    assert ([p.row for p in report.problems], report.rows) == ([3], 1)


def test_headings_of_all_languages_and_other_names_are_known(desk, jinshui, tax_office):
    headings = ["党员 姓名", "联系电话（必填）", "工作单位*", "居住社区", "From"]
    row = ["张明", 13800000001, "盐湖税务", "金税社区", datetime(2025, 3, 1)]

    assert counts(desk.check("members", row, headings=headings)) == (1, 0, 0, 0)


@pytest.mark.parametrize("day", ["2025年3月1日", "2025.3.1", "2025/03/01", 20250301, 45717])
def test_days_are_read_as_people_write_them(desk, jinshui, day):
    desk.run("units", unit(since=day))

    assert UnitEnrolment.objects.get().starts_on == MARCH


@pytest.mark.parametrize("headings", [["a", "b"], ["单位名称", "单位性质"]])
def test_a_table_without_the_needed_columns_is_refused(desk, jinshui, headings):
    with pytest.raises(Refused) as caught:
        desk.check("units", ["x", "y"], headings=headings)

    assert caught.value.field == "file"


def test_a_table_without_rows_is_refused(desk, jinshui):
    with pytest.raises(Refused):
        desk.check("units")


def test_what_is_no_excel_file_fails_with_a_sentence(desk, jinshui, at, tmp_path):
    row = Import(subject="units", area=desk.area, file_name="a.xlsx", started_at=at)
    (tmp_path / "a.xlsx").write_text("no table")
    with (tmp_path / "a.xlsx").open("rb") as file:
        row.file.save("a.xlsx", File(file))

    assert imports.check_row(row, at).state == "failed"
    assert "not an Excel file" in row.problems[0][2]


def test_the_dry_run_of_an_upload_is_kept(desk, jinshui, at):
    desk.check("units", unit(), unit(area="x"))
    row = Import(subject="units", area=desk.area, file_name="a.xlsx", started_at=at)
    with desk.path.open("rb") as file:
        row.file.save("a.xlsx", File(file))
    imports.check_row(row, at)

    row = Import.objects.get()
    assert (row.state, row.rows, row.rows_done, counts(row)) == ("checked", 2, 2, (1, 0, 0, 1))
    assert row.problems[0][:2] == [3, "Place"]


@pytest.mark.django_db(transaction=True)
def test_the_file_goes_when_it_is_in(tmp_path, at):
    area("140802005022", "金税社区")
    desk = Desk(tmp_path, area("1408"), at)
    row = desk.run("units", unit())

    assert (row.state, bool(Import.objects.get().file)) == ("done", False)
    assert list((tmp_path / "media" / "imports").iterdir()) == []


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_a_larger_table_takes_no_more_statements(desk):
    def statements(rows) -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.run("members", *rows)
        return len(captured)

    one = [member("张一", "13800000100")]
    many = [member("张二", f"138000002{n:02}") for n in range(30)]
    assert statements(many) == statements(one)


# --- sheets --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_skills", "jinshui")
@pytest.mark.parametrize("subject", ["units", "members"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_read_back(tmp_path, city, subject, language):
    path = tmp_path / "template.xlsx"
    with override(language), path.open("wb") as file:
        sheets.write_template(subject, city, file)
    work = openpyxl.load_workbook(path)

    first, explaining, places = work.worksheets
    headings = [cell.value for cell in first[1]]
    keys = [column.key for column in columns.COLUMNS[subject]]
    assert list(columns.find(subject, headings)) == keys
    assert explaining.max_row == len(keys) + 1
    assert [cell.value for cell in places[5]][:2] == ["140802005022", "金税社区"]
    assert len(first.data_validations.dataValidation) == 1


def test_units_that_leave_come_in_again(desk, jinshui, tmp_path, at):
    desk.run("units", unit(branch="第一支部", parent="市局"), unit("市局", community=""))
    with (tmp_path / "out.xlsx").open("wb") as file:
        assert sheets.write_units(Organization.objects.all(), MARCH, file) == 2

    report = imports.check(tmp_path / "out.xlsx", "units", desk.area, None, at)
    assert counts(report) == (0, 0, 2, 0)


@pytest.mark.usefixtures("_skills", "tax_office", "jinshui")
def test_members_leave_without_identity_numbers_and_with_masked_phones(desk, tmp_path):
    desk.run("members", member(document="11010519491231002X", skills="书法", wishes="visits"))
    with (tmp_path / "out.xlsx").open("wb") as file:
        sheets.write_members(Membership.objects.all(), MARCH, file)

    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.values)
    assert "Identity number" not in rows[0]
    assert rows[1] == (
        "张明",
        "138****0001",
        "盐湖区税务局",
        None,
        "serving",
        "金税社区",
        None,
        None,
        "书法",
        "visits and help",
        "2025-03-01",
    )


@pytest.mark.usefixtures("tax_office", "jinshui")
def test_members_with_phones_come_in_again(desk, tmp_path, at):
    desk.run("members", member(), member("李红", "13800000002"))
    with (tmp_path / "out.xlsx").open("wb") as file:
        sheets.write_members(Membership.objects.all(), MARCH, file, with_phones=True)

    report = imports.check(tmp_path / "out.xlsx", "members", desk.area, None, at)
    assert counts(report) == (0, 0, 2, 0)


def test_ended_and_voided_enrolments_do_not_leave_with_the_units(tax_office, jinshui, tmp_path, at):
    UnitEnrolmentFactory(organization=tax_office, ends_on=date(2025, 2, 1), ended_at=at)
    UnitEnrolmentFactory(organization=tax_office, voided_at=at)
    UnitEnrolmentFactory(organization=OrganizationFactory(name="在报到的"))
    with (tmp_path / "out.xlsx").open("wb") as file:
        sheets.write_units(Organization.objects.all(), MARCH, file)

    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.values)
    assert [(row[0], row[6]) for row in rows[1:]] == [
        ("在报到的", "金税社区"),
        ("盐湖区税务局", None),
    ]


# --- at the server -------------------------------------------------------------------------------


def test_the_command_checks_and_imports(desk, jinshui, capsys):
    book(desk.path, UNIT_HEADINGS, unit(), unit(area="x"))
    call_command("import", "units", str(desk.path), "--check")
    assert Organization.objects.count() == 0

    call_command("import", "units", str(desk.path))
    assert Organization.objects.count() == 1
    assert (
        capsys.readouterr().out.splitlines()
        == [
            "row 3, Place: There is no place “x”.",
            "2 rows: 1 new, 0 changed, 0 as they were, 1 left out.",
        ]
        * 2
    )


def test_the_command_needs_a_place_that_exists(desk, jinshui):
    with pytest.raises(CommandError):
        call_command("import", "units", str(desk.path), "--area", "99")
