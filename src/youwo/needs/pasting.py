"""Splitting what was pasted into lines of a hearing: tables, chats, sign-up chains, plain lists.

It only proposes: a person looks over the lines before anything is written down.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from youwo.needs.surnames import begins_with_surname

# What one paste may hold.
MOST_CHARACTERS = 20_000
MOST_LINES = 200


@dataclass(frozen=True)
class Spoken:
    """One line as it can be told from a text: the words, and whatever it says of the speaker."""

    said: str
    name: str = ""
    phone: str = ""
    building: str = ""
    # "wish", "problem" or "note" where the text says so itself.
    what: str = ""


def split(text: str) -> list[Spoken]:
    """Split a pasted text into lines, as many as a paste may hold."""
    text = _plain(text)[:MOST_CHARACTERS]
    found = _from_table(text) if _is_table(text) else _from_lines(text)
    return [line for line in found if _holds_something(line)][:MOST_LINES]


def _holds_something(line: Spoken) -> bool:
    """Say whether anything was read. A speaker without words is shown too: nothing gets lost."""
    return bool(line.said or line.name or line.phone or line.building)


# Marks that word processors and phones leave behind, and the spaces of all sorts.
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u202a\u202c\u2068\u2069"))
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2005\u3000", " "))


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.translate(_INVISIBLE).translate(_SPACES)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- a telephone number, a door ---------------------------------------------------------------
_LABEL = r"(?:(?:联系|手机|电话|号码|方式|移动|固定)+|tel|TEL|Tel|☎|📞)"
_PHONE = re.compile(
    rf"[（(]?\s*请?{_LABEL}?\s*[:：]?\s*"
    r"(?<![\d-])((?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}[\s-]?\d{7,8})(?![\d-])"
    r"\s*[）)]?"
)
_NUMBER = "[0-9０-９一二三四五六七八九十百]{1,4}"
_DOOR = re.compile(
    rf"[（(]?(?<![\d-])(?:{_NUMBER}\s*(?:号楼|栋|幢|#楼|#|座)"
    rf"(?:\s*{_NUMBER}\s*(?:单元|门))?(?:\s*[一二三四五六七八九十\d]{{1,4}}\s*(?:室|号|户|楼|层)?)?"
    r"|[A-Za-z]?\d{1,2}[-—－]\d{1,2}[-—－]\d{2,4}"
    r")(?![\d-])[）)]?"
)
# Digits as in a number, whether it is one or not.
_DIGITS = re.compile(r"[+（(]?\d[\d\s()（）*—-]*")
_EDGES = " \t,，;；:：、/|·-—"


def _without_phone(text: str) -> tuple[str, str]:
    """Take the first telephone number out of a text: it is kept apart from the words."""
    found = _PHONE.search(text)
    if not found:
        return text, ""
    before, after = text[: found.start()].rstrip(_EDGES), text[found.end() :].lstrip(_EDGES)
    between = "，" if before and after and not before.endswith(("。", "！", "？")) else ""
    return f"{before}{between}{after}", re.sub(r"\D", "", found.group(1)).removeprefix("86")


# --- tables -----------------------------------------------------------------------------------
_HEADINGS = {
    "said": "原话 诉求 内容 问题描述 意见 描述 事项 问题 心愿 微心愿 反映 发言 建议 需求 留言",
    "name": "姓名 名字 称呼 居民 发言人 反映人 诉求人 联系人 昵称 提出人",
    "phone": "电话 手机 联系方式 联系电话 手机号 号码",
    "building": "楼号 住址 地址 门牌 房号 楼栋 楼栋号 位置",
    "what": "类型 类别 性质 心愿/问题 心愿或问题",
    "": "序号 编号 日期 时间 备注 社区 小区 年龄 性别",
}
# What longer headings end with: 反映问题, 意见建议, 手机号码.
_ENDINGS = {
    "said": "原话 内容 诉求 问题 意见 建议 心愿 事项 需求 描述",
    "name": "姓名",
    "phone": "电话 手机 号码",
    "building": "楼号 门牌 住址 地址",
    "what": "类型 类别",
}
_WHAT = {"心愿": "wish", "微心愿": "wish", "愿望": "wish", "问题": "problem", "诉求": "problem"}


def _is_table(text: str) -> bool:
    rows = [row for row in text.split("\n") if row.strip()]
    return bool(rows) and sum("\t" in row for row in rows) * 2 >= len(rows)


def _from_table(text: str) -> list[Spoken]:
    # Excel puts a cell with line breaks between quotation marks.
    rows = [
        [_one_line(cell) for cell in row]
        for row in csv.reader(io.StringIO(text), delimiter="\t")
        if any(cell.strip() for cell in row)
    ]
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    columns, begin = _named_columns(rows)
    rows = rows[begin:]
    if "said" not in columns:
        # What the headings name stands; the words are in a column of those that they do not name.
        guessed = {} if columns else _guessed_columns(rows)
        columns = guessed | columns | _column_of_words(rows, {*columns.values(), *guessed.values()})
    return [_from_cells(row, columns) for row in rows]


def _named_columns(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], int]:
    """Find the row that names the columns among the first ones; above it stands a title."""
    for place, row in enumerate(rows[:4]):
        columns: dict[str, int] = {}
        meanings = [_meaning(cell) for cell in row]
        for column, meaning in enumerate(meanings):
            if meaning:
                columns.setdefault(meaning, column)
        named = [cell for cell, meaning in zip(row, meanings, strict=True) if meaning is not None]
        filled = sum(bool(cell) for cell in row)
        exact = [word for word in map(_word, named) if word in _EXACT]
        # One alone may be words that end like a heading, or say what the row is.
        alone = exact and (filled == 2 or exact[0] not in _WHAT)
        if columns and (
            (len(named) > 1 and (exact or len(named) == filled))
            or ("said" in columns and filled > 1 and alone)
        ):
            return columns, place + 1
    return {}, 0


_EXACT = {word: meaning for meaning, words in _HEADINGS.items() for word in words.split()}


def _word(cell: str) -> str:
    return re.sub(r"[\s*（(:：].*", "", cell).strip()


def _meaning(cell: str) -> str | None:
    """Return what a heading names, "" for what is left away; None where it is no heading."""
    word = _word(cell)
    if word in _EXACT:
        return _EXACT[word]
    if not word or len(word) > 8:
        return None
    found = (meaning for meaning, ends in _ENDINGS.items() if word.endswith(tuple(ends.split())))
    return next(found, None)


def _guessed_columns(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Tell from the cells what each column of a table without headings holds."""
    columns: dict[str, int] = {}
    for column in range(len(rows[0]) if rows else 0):
        cells = [row[column] for row in rows if row[column]]
        if not cells:
            continue
        tests = {
            "phone": lambda cell: bool(_PHONE.fullmatch(cell)),
            "building": lambda cell: bool(_DOOR.fullmatch(cell)),
            "digits": lambda cell: bool(_DIGITS.fullmatch(cell)),
            "number": lambda cell: bool(re.fullmatch(r"\d{1,3}[.、]?|[\d/.-]{6,10}", cell)),
            "what": lambda cell: cell in _WHAT,
            "name": _is_name,
        }
        meaning = next(
            (name for name, test in tests.items() if sum(map(test, cells)) * 2 > len(cells)), ""
        )
        if meaning == "digits":
            # Numbers that are none stand among those that are; without any it is something else.
            meaning = "phone" if any(map(tests["phone"], cells)) else "number"
        if meaning:
            columns.setdefault(meaning, column)
    return columns


def _column_of_words(rows: Sequence[Sequence[str]], known: Collection[int]) -> dict[str, int]:
    """Find the column with the longest words among those of which nothing is known."""
    lengths: dict[int, float] = {}
    for column in range(len(rows[0]) if rows else 0):
        words = [row[column] for row in rows if re.search(r"[^\W\d_]", row[column])]
        if words and column not in known:
            lengths[column] = mean(map(len, words))
    return {"said": max(lengths, key=lambda column: lengths[column])} if lengths else {}


def _from_cells(row: Sequence[str], columns: dict[str, int]) -> Spoken:
    def cell(meaning: str) -> str:
        return row[columns[meaning]] if meaning in columns else ""

    line = _read(cell("said"))
    return replace(
        line,
        name=cell("name") or line.name,
        phone=_without_phone(cell("phone"))[1] or cell("phone") or line.phone,
        building=cell("building") or line.building,
        what=_WHAT.get(cell("what"), line.what),
    )


# --- chats ------------------------------------------------------------------------------------
_DAY = (
    r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?(?:/\d{2,4})?"
    r"|昨天|今天|前天|星期[一二三四五六日天]|周[一二三四五六日天])"
)
_CLOCK = (
    r"(?:(?:凌晨|早上|上午|中午|下午|晚上)\s*)?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s*[AaPp][Mm])?"
)
_WHEN = rf"(?:{_DAY}[\s,，]*)?{_CLOCK}"
_SPEAKER = re.compile(rf"^(?P<name>\S.{{0,29}}?)(?:\(\d{{5,}}\))?\s*[:：]?\s+{_WHEN}\s*$")
_SPEAKER_AFTER = re.compile(rf"^\[?{_WHEN}\]?\s+(?P<name>\S.{{0,29}}?)(?:\(\d{{5,}}\))?[:：]?\s*$")
_ONLY_WHEN = re.compile(rf"^[—\-\s]*(?:{_DAY}|{_WHEN})[—\-\s]*$")
_NO_WORDS = re.compile(
    r"^(?:\[(?:图片|语音|视频|表情|动画表情|文件|链接|位置|红包|捂脸|强|OK|玫瑰|抱拳|微笑|握手)\]\s*)+$"
    r"|撤回了一条消息|加入了?群聊|拍了拍|邀请.*加入|以下为新消息|修改群名|以上是打招呼"
)
_AT = re.compile(r"^(?:@\S+\s+)+")


def _speaker(row: str) -> str | None:
    found = _SPEAKER.match(row) or _SPEAKER_AFTER.match(row)
    return found.group("name").strip() if found else None


def _from_chat(rows: Sequence[str]) -> Iterator[Spoken]:
    """Each message is a line; what stands before the first one has no speaker."""
    name, words = "", list[str]()
    for row in [*rows, None]:
        speaker = _speaker(row) if row is not None else ""
        if row is not None and speaker is None:
            if row and not _NO_WORDS.search(row) and not _ONLY_WHEN.match(row):
                words.append(_AT.sub("", row))
            continue
        if words:
            line = _read(" ".join(words))
            yield replace(line, **_of_speaker(name, line))
        name, words = speaker or "", []


def _of_speaker(nickname: str, line: Spoken) -> dict[str, str]:
    """Read a nickname such as 3-2-501张敬之, which often says where somebody lives."""
    about = _about(nickname)
    if about is None:
        return {"name": line.name or nickname[:20]}
    return {
        "name": line.name or about.name,
        "phone": line.phone or about.phone,
        "building": line.building or about.building,
    }


# --- lists and plain lines --------------------------------------------------------------------
_BULLET = re.compile(r"^\s*(?:[-*•·●○■□▪◆➢√✓]\s*)+")
_ORDINAL = re.compile(
    r"^\s*(?:[（(]\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*[）)]"
    r"|\d{1,3}\s*[.．、)）](?!\d)|\d{1,3}\s+(?=[^\d\s])|[一二三四五六七八九十]{1,3}\s*[、.．]"
    r"|[①-⑳]|第[一二三四五六七八九十\d]{1,3}[条项][:：、]?)\s*"
)
_TOPICS = {
    **dict.fromkeys(("心愿", "微心愿", "愿望", "希望", "想要"), "wish"),
    **dict.fromkeys(("问题", "反映", "诉求", "投诉", "隐患"), "problem"),
    **dict.fromkeys(("备注", "记录", "说明"), "note"),
    **dict.fromkeys(("建议", "意见", "答", "问", "内容", "事项", "其他", "例", "另外"), ""),
}


def _from_lines(text: str) -> list[Spoken]:
    rows = [_one_line(row) for row in text.split("\n")]
    if any(_speaker(row) for row in rows):
        return list(_from_chat(rows))
    rows = [row for row in rows if row and not _NO_WORDS.search(row) and not _ONLY_WHEN.match(row)]
    if rows and rows[0].startswith("#接龙"):
        # Above the first number stand the title of the chain and its example.
        rows = [row for row in _joined(rows) if _ORDINAL.match(row) and "例" not in row[:2]]
    elif sum(bool(_ORDINAL.match(row)) for row in rows) * 2 > len(rows):
        rows = _joined(rows)
    return [_read(row) for row in rows]


def _joined(rows: Sequence[str]) -> list[str]:
    """Join the rows that go on with the numbered one above them."""
    joined: list[str] = []
    for row in rows:
        if joined and not _ORDINAL.match(row) and _ORDINAL.match(joined[-1]):
            joined[-1] += f" {row}"
        else:
            joined.append(row)
    return joined


def _read(row: str) -> Spoken:
    """Read one line: who speaks, a telephone number, a door, and what they say."""
    row = _ORDINAL.sub("", _BULLET.sub("", _one_line(row)), count=1)
    row, phone = _without_phone(row)
    what, name, building = "", "", ""
    # At most a topic and a speaker stand before the words: 问题：张敬之：…
    for _ in range(2):
        head, colon, rest = _cut(row)
        if colon and head in _TOPICS and not what:
            what, row = _TOPICS[head], rest
            continue
        about = _about(head) if colon and rest else None
        if about is not None and not name:
            name, building, row = about.name, about.building, rest
            phone = phone or about.phone
            continue
        break
    if not name:
        name, building, row = _leading(row)
    return Spoken(row.strip(_EDGES), name, phone, building, what)


def _cut(row: str) -> tuple[str, str, str]:
    """Part a line at its first colon, if that stands near the beginning and is not a time."""
    found = re.search(r"[:：](?!\d\d)", row[:40])
    if not found:
        return "", "", row
    return row[: found.start()].strip(), ":", row[found.end() :].strip()


def _about(head: str) -> Spoken | None:
    """Read what stands before the colon as a speaker; None where it is no speaker."""
    rest, phone = _without_phone(head)
    door = _DOOR.search(rest)
    building = door.group().strip("（）() ") if door else ""
    if door:
        rest = f"{rest[: door.start()]} {rest[door.end() :]}"
    name = re.sub(
        r"^(?:居民|业主|住户|村民|代表|网格员)+\s*(?=\S)", "", rest.strip(f"{_EDGES}（）()")
    )
    if name and not _is_name(name):
        return None
    if not (name or building):
        return None
    return Spoken("", name, phone, building)


_POLITE = (
    "阿姨",
    "大爷",
    "大妈",
    "大叔",
    "大娘",
    "奶奶",
    "爷爷",
    "叔叔",
    "老师",
    "师傅",
    "先生",
    "女士",
    "同志",
    "书记",
    "主任",
    "医生",
    "老人",
    "婶",
    "嫂",
    "姐",
    "哥",
    "叔",
    "姨",
)
# Words of everyday life that begin like a family name.
_NO_NAMES = re.compile(
    "社区|物业|小区|大家|居民|业主|楼|道|路|灯|车|门|管|水|电|气|房|墙|井|垃圾|时间|地点|安全|高空|施工|费|方案|金额"
    "|白天|晚上|黄土|石板|花园|毛坯|广场|温度|单元|商铺|党员|坏|漏|堵|噪"
)


def _is_name(text: str) -> bool:
    """Say whether a short text is somebody's name or what they are called."""
    text = unicodedata.normalize("NFKC", text.strip())
    if text in _TOPICS or not re.fullmatch(r"[\u3400-\u9fff·]{2,8}", text):
        return False
    if text.endswith(_POLITE):
        return len(text) <= 5
    if _NO_NAMES.search(text):
        return False
    return (len(text) <= 4 or "·" in text) and begins_with_surname(text)


def _leading(row: str) -> tuple[str, str, str]:
    """Take a name and a door off the front, where spaces or commas set them apart."""
    name, building = "", ""
    for _ in range(2):
        head, space, rest = _first_word(row)
        if not space or len(rest) < 4:
            break
        about = _about(head)
        if about is None or (about.name and name) or (about.building and building):
            break
        if len(about.name) == 4 and not about.name.endswith(_POLITE):
            break
        name, building, row = name or about.name, building or about.building, rest
    return name, building, row


def _first_word(row: str) -> tuple[str, str, str]:
    found = re.search(r"[\s,，、]+", row)
    if not found:
        return row, "", ""
    return row[: found.start()], " ", row[found.end() :]
