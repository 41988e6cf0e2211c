"""A line of the grid: as it stands, as somebody has just typed it, or empty."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from youwo.needs import triage
from youwo.needs.actions.hearings import Saved, Typed
from youwo.needs.hearings import troubles
from youwo.needs.models import HearingLine, Wish
from youwo.people import masking, phones


@dataclass
class Row:
    """What one line of the grid shows. Who spoke is shown masked once it stands.

    A number that is none is shown as it was typed, to be mended.
    """

    nonce: str
    revision: int = 0
    number: int | None = None
    said: str = ""
    what: str = ""
    kind: str = ""
    name: str = ""
    phone: str = ""
    masked_name: str = ""
    masked_phone: str = ""
    compound: str = ""
    building: str = ""
    dropped: bool = False
    taken: str = ""
    refusal: str = ""
    says: list[str] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        return self.revision > 0


def kinds() -> dict[str, tuple[str, str]]:
    """Return all kinds by their words: what a line of that kind is, and the kind's code."""
    wishes = {str(label): ("wish", str(value)) for value, label in Wish.Kind.choices}
    return wishes | {kind.name: ("problem", kind.code) for kind in triage.problem_kinds()}


def words_of_kinds() -> dict[str, str]:
    """Return the words of each kind by its code."""
    return {code: words for words, (_what, code) in kinds().items()}


def row_of(line: HearingLine, words: Mapping[str, str]) -> Row:
    """Make the row of a line as it stands."""
    is_number = phones.is_number(line.phone)
    return Row(
        nonce=str(line.nonce),
        revision=line.revision,
        number=line.number,
        said=line.said,
        what=line.what,
        kind=words.get(line.kind, ""),
        phone="" if is_number else line.phone,
        masked_name=masking.name(line.name),
        masked_phone=masking.phone(line.phone) if is_number else "",
        compound=line.compound_id or "",
        building=line.building,
        dropped=line.is_dropped,
        taken=case_of(line),
        says=[] if line.is_taken or line.is_dropped else says(line),
    )


def case_of(line: HearingLine) -> str:
    """Return the reference of what a line became; empty while it is a line."""
    if line.wish is not None:
        return line.wish.reference
    return line.report.problem.reference if line.report is not None else ""


def about(line: HearingLine, who: str, words: Mapping[str, str]) -> str:
    """Say in one row of what kind a line is, who said it, and where."""
    compound = line.compound.name if line.compound else ""
    parts = [line.get_what_display(), words.get(line.kind, ""), who, compound]
    return " · ".join(filter(None, parts))


def says(line: HearingLine) -> list[str]:
    """Return what is to be said of a line: what it lacks, and where else it belongs."""
    found = troubles(line)
    matter = triage.outside(line.said, line.hearing.community_id) if line.what != "note" else None
    if matter is not None:
        found.append(f"{matter.name}：{matter.where_to_go}")
    return found


def row_of_typed(typed: Typed, saved: Saved | None, words: Mapping[str, str]) -> Row:
    """Make the row of a line that was typed and did not come to stand."""
    line = saved.line if saved else None
    return Row(
        nonce=str(typed.nonce),
        revision=line.revision if line else 0,
        number=line.number if line else None,
        said=typed.said,
        what=typed.what,
        kind=words.get(typed.kind, ""),
        name=typed.name,
        phone=typed.phone,
        compound=typed.compound,
        building=typed.building,
        dropped=typed.dropped,
        refusal=saved.refusal if saved else "",
    )


def empty_rows(count: int) -> list[Row]:
    """Make rows for what has not been said yet."""
    return [Row(nonce=str(uuid.uuid4())) for _ in range(count)]


def typed_rows(post: Any) -> list[Typed]:
    """Read the lines of a form: of the new ones only those with words."""
    known = kinds()
    found = []
    for text in post.getlist("line")[:400]:
        nonce = uuid_of(text)
        if nonce is None:
            continue

        def value(name: str, text: str = text) -> str:
            return str(post.get(f"{name}:{text}", "")).replace("\0", "")

        revision = whole(value("revision"))
        if not value("said").strip() and not revision:
            continue
        dropped = value("dropped") == "1" or post.get("drop") == text
        found.append(
            typed(
                nonce,
                revision + 1,
                {name: value(name) for name in _FIELDS},
                known,
                dropped=dropped and post.get("restore") != text,
            )
        )
    return found


_FIELDS = ("said", "what", "kind", "name", "phone", "compound", "building")


def typed_messages(rows: Iterable[Any]) -> list[Typed]:
    """Read lines as the browser's script sends them; what is no line is left away."""
    known = kinds()
    found = []
    for row in rows:
        if not isinstance(row, dict):
            continue
        nonce = uuid_of(row.get("nonce"))
        if nonce is None:
            continue
        values = {name: str(row.get(name) or "").replace("\0", "") for name in _FIELDS}
        revision = whole(row.get("revision"))
        found.append(typed(nonce, revision, values, known, dropped=row.get("dropped") is True))
    return found


def typed(
    nonce: uuid.UUID,
    revision: int,
    values: Mapping[str, str],
    known: Mapping[str, tuple[str, str]],
    *,
    dropped: bool = False,
) -> Typed:
    """Make a line of what was typed; the kind comes in words."""
    _what, kind = known.get(values["kind"].strip(), ("", ""))
    return Typed(
        nonce, **{**values, "kind": kind}, revision=max(1, revision), dropped=dropped
    )  # fmt: skip


def uuid_of(text: Any) -> uuid.UUID | None:
    """Read a nonce; None where it is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def whole(value: Any) -> int:
    """Read how often a line was changed; nought where it is no such number."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
