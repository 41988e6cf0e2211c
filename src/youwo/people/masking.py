"""What of somebody's personal data may leave: the one place that hides it."""

from __future__ import annotations

import re

# Family names of two characters; everybody else's has one.
_COMPOUND_NAMES = (
    "欧阳司马上官诸葛东方皇甫尉迟公孙长孙慕容司徒司空令狐夏侯轩辕宇文端木南宫独孤百里东郭西门呼延闻人澹台公冶宗政濮阳淳于单于"
    "太叔申屠钟离赫连拓跋完颜歐陽諸葛東方尉遲公孫長孫軒轅南宮獨孤東郭西門聞人澹臺濮陽淳於鍾離赫連"
)
_COMPOUND = frozenset(
    _COMPOUND_NAMES[start : start + 2] for start in range(0, len(_COMPOUND_NAMES), 2)
)
# A number, or a number in words before the word for a building, a flat or a lane.
_DOOR = re.compile(r"\d|[〇一二三四五六七八九十百]+(?=[号號栋棟幢楼樓单單室户戶组組排巷弄])")
_SHORT_CODE = re.compile(r"^0(?:10|2\d)")
# A mobile number, a landline with its area code, an identity number.
_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|\d{17}[\dXx])(?![\dXx])")


def name(text: str) -> str:
    """Return a family name and a star: 张*, 欧阳*, J*. A name of one character is all star."""
    text = text.strip()
    if len(text) <= 1:
        return "*" if text else ""
    if len(text) > 2 and text[:2] in _COMPOUND:
        return f"{text[:2]}*"
    return f"{text[0]}*"


def phone(text: str) -> str:
    """Return a mobile number as 138****1234, and a landline with its area code and two digits."""
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]}****{digits[-4:]}"
    if digits[0] == "0" and len(digits) >= 10:
        code = digits[:3] if _SHORT_CODE.match(digits) else digits[:4]
        return f"{code}****{digits[-2:]}"
    return f"****{digits[-2:]}" if len(digits) >= 7 else "****"


def document(text: str) -> str:
    """Return the first and last four characters of an identity number, fewer of shorter ones."""
    text = text.strip()
    if len(text) >= 15:
        return text[:4] + "*" * (len(text) - 8) + text[-4:]
    if len(text) >= 6:
        return text[0] + "*" * (len(text) - 3) + text[-2:]
    return "*" * len(text)


def email(text: str) -> str:
    """Return the first letter of the mailbox, and the domain."""
    box, at, domain = text.strip().rpartition("@")
    if not at:
        return "***" if text.strip() else ""
    return f"{box[:1]}***@{domain}"


def address(text: str) -> str:
    """Return an address as far as its first number: the place, not the door."""
    text = text.strip()
    if not text:
        return ""
    place = _DOOR.split(text)[0]
    if place == text:
        place = text[: min(len(text) // 2, 6)]
    return f"{place.strip()}****"


def numbers(text: str) -> str:
    """Return a sentence with the telephone and identity numbers in it hidden."""
    return _NUMBER.sub(
        lambda found: document(found[0]) if len(found[0]) >= 17 else phone(found[0]), text
    )
