"""The columns of the tables, under every heading by which offices know them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from youwo.areas.models import CompoundFact
from youwo.core.refused import Refused
from youwo.organizations.models import Import, Membership, Organization


@dataclass(frozen=True)
class Column:
    """One column: its key, its heading and a sentence of help, both in the reader's language."""

    key: str
    heading: Any
    help: Any
    example: str = ""
    needed: bool = False
    # What other tables call it, besides its headings in our languages.
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, Any], ...] = ()
    is_text: bool = field(default=True)


_FROM = Column(
    "starts_on",
    pgettext_lazy("column", "From"),
    gettext_lazy("The day from which the enrolment holds, such as 2025-03-01."),
    "2025-03-01",
    needed=True,
    aliases=("报到日期", "报到时间", "开始日期", "起始日期"),
    is_text=False,
)
_BRANCH = "第一支部"

UNITS = (
    Column(
        "name",
        pgettext_lazy("column", "Unit"),
        gettext_lazy("The unit's full name. A unit with several communities has several rows."),
        "盐湖区税务局",
        needed=True,
        aliases=("单位名称", "单位", "名称", "单位全称"),
    ),
    Column(
        "credit_code",
        pgettext_lazy("column", "Credit code"),
        gettext_lazy("The unified social credit code of 18 characters, where there is one."),
        "91350100M000100Y43",
        aliases=("统一社会信用代码", "信用代码", "社会信用代码"),
    ),
    Column(
        "kind",
        pgettext_lazy("column", "Kind"),
        gettext_lazy("What sort of unit it is: choose from the list."),
        needed=True,
        aliases=("单位性质", "单位类型", "类型", "性质"),
        choices=tuple(Organization.Kind.choices),
    ),
    Column(
        "area",
        pgettext_lazy("column", "Place"),
        gettext_lazy("Where the unit is: the name of the place or its official code."),
        "盐湖区",
        needed=True,
        aliases=("所在地", "所属区划", "行政区划"),
    ),
    Column(
        "parent",
        pgettext_lazy("column", "Parent unit"),
        gettext_lazy("The unit above it in its own system, if it is in this table or known here."),
        aliases=("上级单位", "主管单位"),
    ),
    Column(
        "branch",
        pgettext_lazy("column", "Branch"),
        gettext_lazy("The party organisation that enrols; it is added where it is not known yet."),
        _BRANCH,
        aliases=("党组织", "党组织名称", "党支部", "所在党组织"),
    ),
    Column(
        "community",
        pgettext_lazy("column", "Enrolled community"),
        gettext_lazy("The community the unit is enrolled with: its name or its official code."),
        "金税社区",
        aliases=("社区", "报到社区", "报到社区名称"),
    ),
    _FROM,
)

MEMBERS = (
    Column(
        "name",
        pgettext_lazy("column", "Name"),
        gettext_lazy("The member's name."),
        "张明",
        needed=True,
        aliases=("姓名", "党员姓名"),
    ),
    Column(
        "phone",
        pgettext_lazy("column", "Phone"),
        gettext_lazy("People are known again by it; if empty, by the identity number."),
        "13800000000",
        aliases=("手机号", "手机", "手机号码", "联系电话", "电话", "联系方式", "电话号码"),
    ),
    Column(
        "document",
        pgettext_lazy("column", "Identity number"),
        gettext_lazy("Only where there is no phone number. It is kept encrypted and never shown."),
        aliases=(
            "身份证号",
            "身份证",
            "身份证号码",
            "公民身份号码",
            "公民身份证号",
            "证件号码",
            "证件号",
        ),
    ),
    Column(
        "organization",
        pgettext_lazy("column", "Unit of the member"),
        gettext_lazy("The unit's name or credit code. Who acts for one unit may leave it empty."),
        "盐湖区税务局",
        aliases=("工作单位", "单位名称", "所在单位", "单位"),
    ),
    Column(
        "branch",
        pgettext_lazy("column", "Branch"),
        gettext_lazy("The party organisation within the unit, as the unit entered it."),
        _BRANCH,
        aliases=("党组织", "党组织名称", "党支部", "所在党组织"),
    ),
    Column(
        "standing",
        pgettext_lazy("column", "Standing"),
        gettext_lazy("Serving or retired; empty means serving. Retired members have no community."),
        aliases=("在职状态", "状态", "在职情况", "人员状态"),
        choices=tuple(Membership.Standing.choices),
    ),
    Column(
        "community",
        pgettext_lazy("column", "Community"),
        gettext_lazy("Where the member lives: the community's name or its official code."),
        "金税社区",
        aliases=("社区", "报到社区", "居住社区"),
    ),
    Column(
        "compound",
        pgettext_lazy("column", "Compound"),
        gettext_lazy("The compound in that community, as it is known here."),
        aliases=("小区", "居住小区", "报到小区"),
    ),
    Column(
        "occupation",
        pgettext_lazy("column", "Occupation"),
        gettext_lazy("What the member does for a living."),
        aliases=("职业", "职务", "岗位"),
    ),
    Column(
        "skills",
        pgettext_lazy("column", "Skills"),
        gettext_lazy("What the member is good at, from the list, separated by commas."),
        aliases=("技能特长", "特长", "技能", "专长"),
    ),
    Column(
        "service_wishes",
        pgettext_lazy("column", "Service wishes"),
        gettext_lazy("In which fields the member wishes to serve, separated by commas."),
        aliases=("服务意愿", "意愿", "服务意向"),
    ),
    _FROM,
)

# What offices call the things that a compound has or lacks.
_ALSO: dict[str, tuple[str, ...]] = {
    CompoundFact.Kind.MANAGING_BODY: ("管理主体", "管理单位", "主管部门"),
    CompoundFact.Kind.PROPERTY_COMPANY: ("物业", "物业公司", "物业企业", "物业服务企业"),
    CompoundFact.Kind.OWNERS_COMMITTEE: ("业委会", "业主委员会"),
    CompoundFact.Kind.GUARD: ("门卫", "门岗", "保安", "值守"),
    CompoundFact.Kind.FENCE: ("围墙", "围栏", "围墙围栏"),
    CompoundFact.Kind.CAMERAS: ("监控", "摄像头", "监控设施"),
    CompoundFact.Kind.FIRE_EQUIPMENT: ("消防设施", "消防器材", "消防设备"),
}


def since_key(kind: str) -> str:
    """Return the key of the column that says since when a compound has or lacks a thing."""
    return f"{kind}_since"


def _since(label: Any) -> Any:
    return format_lazy(pgettext_lazy("column", "{thing} since"), thing=label)


def _of_fact(kind: str, label: Any) -> tuple[Column, Column]:
    """Return the two columns of a fact: the answer with any words, and the day."""
    return (
        Column(
            kind,
            label,
            gettext_lazy(
                "Yes or no, and any words behind it. Empty means that nothing is known, or new."
            ),
            "有 · 砖墙" if kind == CompoundFact.Kind.FENCE else "有",
            aliases=_ALSO[kind],
        ),
        Column(
            since_key(kind),
            _since(label),
            gettext_lazy("Since when: a day, a month or a year. Only where the answer is new."),
            "2024-03-01",
            aliases=tuple(f"{name}{end}" for name in _ALSO[kind] for end in ("起始日", "起始日期")),
        ),
    )


COMPOUNDS = (
    Column(
        "code",
        gettext_lazy("Code"),
        gettext_lazy("The compound's code, as the list sent from here has it; empty for new ones."),
        "140802005022-0001",
        aliases=("编码", "代码", "小区编码"),
    ),
    Column(
        "name",
        gettext_lazy("Compound"),
        gettext_lazy("The compound's name. One that is not known yet is added."),
        "税苑小区",
        needed=True,
        aliases=("小区", "小区名称", "院落", "名称"),
    ),
    Column(
        "community",
        gettext_lazy("Community"),
        gettext_lazy("Its community: the name or the code. In a table for one community: empty."),
        "金税社区",
        aliases=("社区", "所属社区", "所在社区"),
    ),
    *(column for kind, label in CompoundFact.Kind.choices for column in _of_fact(kind, label)),
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    Import.Subject.UNITS: UNITS,
    Import.Subject.MEMBERS: MEMBERS,
    Import.Subject.COMPOUNDS: COMPOUNDS,
}


def plain(text: object) -> str:
    """Return a heading or a choice without what people add or leave out: spaces, brackets."""
    folded = unicodedata.normalize("NFKC", str(text)).lower()
    return re.sub(r"\(.*?\)|[\s*:_\-]", "", folded)


def in_every_language(lazy: object) -> set[str]:
    """Return the plain forms of a text in all languages of the product."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(plain(lazy))
    return found


@cache
def _headings(subject: str) -> dict[str, str]:
    """Map plain headings to keys. Headings in our own languages go before aliases."""
    known: dict[str, str] = {}
    for column in COLUMNS[subject]:
        for heading in in_every_language(column.heading) | {plain(column.key)}:
            known.setdefault(heading, column.key)
    for column in COLUMNS[subject]:
        for alias in column.aliases:
            known.setdefault(plain(alias), column.key)
    return known


def find(subject: str, row: Sequence[object]) -> dict[str, int] | None:
    """Return at which place each known column stands in a row of headings; None if it is none."""
    known = _headings(subject)
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        key = known.get(plain(cell))
        if key is not None:
            places.setdefault(key, place)
    return places if len(places) >= 2 and "name" in places else None


def refuse_missing(subject: str, places: dict[str, int]) -> None:
    """Refuse a table that lacks a column which every row needs."""
    missing = [
        str(column.heading)
        for column in COLUMNS[subject]
        if column.needed and column.key not in places
    ]
    if missing:
        raise Refused(
            _("These columns are missing: %(columns)s. Please use the template.")
            % {"columns": "、".join(missing)},
            "file",
        )


def heading(subject: str, key: str) -> str:
    """Return the heading of a column in the reader's language."""
    return next((str(column.heading) for column in COLUMNS[subject] if column.key == key), "")
