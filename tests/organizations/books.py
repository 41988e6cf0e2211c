"""Excel files as offices send them."""

from __future__ import annotations

from pathlib import Path

import openpyxl

UNIT_HEADINGS = [
    "单位名称",
    "统一社会信用代码",
    "单位性质",
    "所在地",
    "上级单位",
    "党组织",
    "报到社区",
    "报到日期",
]
MEMBER_HEADINGS = [
    "姓名",
    "手机号",
    "身份证号",
    "所在单位",
    "党组织",
    "在职状态",
    "社区",
    "小区",
    "职业",
    "特长",
    "服务意愿",
    "报到日期",
]


def book(path: Path, headings: list[str], *rows: list, above: int = 0) -> Path:
    """Write a table; `above` lines of title stand above its headings."""
    work = openpyxl.Workbook()
    sheet = work.active
    for _line in range(above):
        sheet.append(["运城市在职党员报到统计表"])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    work.save(path)
    return path


def unit(name="盐湖区税务局", code="", kind="government", area="盐湖区", **kwargs) -> list:
    return [
        name,
        code,
        kind,
        area,
        kwargs.get("parent", ""),
        kwargs.get("branch", ""),
        kwargs.get("community", "金税社区"),
        kwargs.get("since", "2025-03-01"),
    ]


def member(name="张明", phone="13800000001", unit="盐湖区税务局", **kwargs) -> list:
    return [
        name,
        phone,
        kwargs.get("document", ""),
        unit,
        kwargs.get("branch", ""),
        kwargs.get("standing", ""),
        kwargs.get("community", "金税社区"),
        kwargs.get("compound", ""),
        kwargs.get("occupation", ""),
        kwargs.get("skills", ""),
        kwargs.get("wishes", ""),
        kwargs.get("since", "2025-03-01"),
    ]
