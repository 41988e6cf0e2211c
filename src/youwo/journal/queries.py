"""The history of one row, and whether the journal still says what it said when it was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, models
from django.utils.translation import gettext as _

from youwo.core.models import Horizon
from youwo.core.refused import Refused
from youwo.journal import digests
from youwo.journal.actions import HORIZON
from youwo.journal.digests import Leaf, Step
from youwo.journal.models import Line, Seal

_SEALS_AT_ONCE = 20
_LINES_AT_ONCE = 1000
_BELOW_ALL = -(2**63)

CHANGED, REMOVED, INSERTED = "changed", "removed", "inserted"
SEAL_CHANGED, SEAL_REMOVED = "seal_changed", "seal_removed"


@dataclass(frozen=True)
class Finding:
    """Something in the journal that is not as it was sealed: what, and the key of line or seal."""

    what: str
    key: int

    def __str__(self) -> str:
        sentences = {
            CHANGED: _("Line %(key)s was changed after it was sealed."),
            REMOVED: _("Line %(key)s was removed after it was sealed."),
            INSERTED: _("Line %(key)s was put in after its place was sealed."),
            SEAL_CHANGED: _("The seal up to line %(key)s was changed."),
            SEAL_REMOVED: _("A seal is missing from the chain before or at line %(key)s."),
        }
        return sentences[self.what] % {"key": self.key}


@dataclass(frozen=True)
class Verified:
    """What a check read: lines under seal, seals, lines that wait for one, and the chain's end."""

    lines: int
    seals: int
    waiting: int
    head: str


@dataclass(frozen=True)
class Proof:
    """That a line stands under a seal: its digest, and the path from it to the seal's root."""

    leaf: Leaf
    place: int
    steps: list[Step]
    seal: Seal
    # The digest of the line as it stands now; None where it stands no more.
    digest_now: bytes | None

    @property
    def holds(self) -> bool:
        """The line is as it was sealed, and the path leads to the seal's root and chain."""
        return (
            self.digest_now == self.leaf.digest
            and digests.climb(self.leaf, self.steps) == self.seal.root
            and _chain_of(self.seal) == self.seal.chain
        )

    def __str__(self) -> str:
        now = self.digest_now.hex() if self.digest_now is not None else "-"
        path = [f"  {'left ' if step.left else 'right'} {step.hash.hex()}" for step in self.steps]
        return "\n".join(
            [
                f"line     {self.leaf.key}",
                f"sealed   {self.leaf.digest.hex()}",
                f"now      {now}",
                f"leaf     {digests.leaf_hash(self.leaf).hex()}",
                f"path     {len(path)}",
                *path,
                f"root     {self.seal.root}",
                f"previous {self.seal.previous or '-'}",
                f"chain    {self.seal.chain}",
                f"seal     {self.seal.first_key} to {self.seal.last_key}, {self.seal.count} lines,"
                f" {self.seal.sealed_at.isoformat()}",
            ]
        )


def history(target: models.Model) -> models.QuerySet[Line]:
    """Return the lines of one row, oldest first."""
    return Line.objects.filter(
        target_label=target._meta.label_lower, target_key=str(target.pk)
    ).order_by("pk")


def _chain_of(seal: Seal) -> str:
    return digests.chain(
        seal.previous,
        root=seal.root,
        first_key=seal.first_key,
        last_key=seal.last_key,
        count=seal.count,
        sealed_at=seal.sealed_at,
    )


def _seals() -> Iterator[Seal]:
    after = _BELOW_ALL
    while found := list(
        Seal.objects.filter(last_key__gt=after).order_by("last_key")[:_SEALS_AT_ONCE]
    ):
        yield from found
        after = found[-1].last_key


def _digest_now(key: int) -> bytes | None:
    """Return a line's digest; nothing that could be a digest where its columns are unreadable."""
    try:
        row = Line.objects.filter(pk=key).values_list(*digests.COLUMNS).first()
        return digests.digest(row) if row is not None else None
    except (ValueError, TypeError, AttributeError, OverflowError, DatabaseError):
        return b""


def _lines(after: int, until: int) -> Iterator[Leaf]:
    """Yield the lines in (after, until] as they stand now, in the order of their keys."""
    while True:
        rows = Line.objects.filter(pk__gt=after, pk__lte=until).order_by("pk")
        try:
            batch = list(rows.values_list(*digests.COLUMNS)[:_LINES_AT_ONCE])
            found = [Leaf(row[0], digests.digest(row)) for row in batch]
        except (ValueError, TypeError, AttributeError, OverflowError):
            # Somebody wrote what no line holds: find out in which one.
            keys = list(rows.values_list("pk", flat=True)[:_LINES_AT_ONCE])
            found = [Leaf(key, _digest_now(key) or b"") for key in keys]
        if not found:
            return
        yield from found
        after = found[-1].key


def _compared(sealed: list[Leaf], lines: Iterator[Leaf]) -> Iterator[Finding]:
    """Walk along what was sealed and what stands there now, both in the order of their keys."""
    now = next(lines, None)
    for leaf in sealed:
        while now is not None and now.key < leaf.key:
            yield Finding(INSERTED, now.key)
            now = next(lines, None)
        if now is None or now.key > leaf.key:
            yield Finding(REMOVED, leaf.key)
            continue
        if now.digest != leaf.digest:
            yield Finding(CHANGED, leaf.key)
        now = next(lines, None)
    while now is not None:
        yield Finding(INSERTED, now.key)
        now = next(lines, None)


def _is_whole(seal: Seal, leaves: list[Leaf]) -> bool:
    keys = [leaf.key for leaf in leaves]
    try:
        return (
            len(bytes(seal.leaves)) == seal.count * digests.LEAF
            and (keys[0], keys[-1]) == (seal.first_key, seal.last_key)
            and keys == sorted(set(keys))
            and digests.root(leaves) == seal.root
            and _chain_of(seal) == seal.chain
        )
    except (IndexError, AttributeError, TypeError):
        # No leaves, or columns that hold what no seal holds.
        return False


def findings(head: str = "") -> Iterator[Finding]:
    """Yield what is not as it was sealed, seal by seal, holding one seal in memory at a time.

    A seal at the chain's very end leaves no gap when it is removed. The horizon of sealing still
    tells, but whoever can change one table can change two; so keep the `head` that a check
    printed somewhere else, and give it to the next one: it must still be in the chain.
    """
    previous, last_key, seen = "", _BELOW_ALL, not head
    for seal in _seals():
        if seal.previous != previous:
            yield Finding(SEAL_REMOVED, seal.first_key)
            # Nobody can say any more what the missing seal held.
            last_key = max(last_key, seal.first_key - 1)
        leaves = digests.unpack(bytes(seal.leaves))
        if not _is_whole(seal, leaves):
            yield Finding(SEAL_CHANGED, seal.last_key)
        yield from _compared(leaves, _lines(last_key, seal.last_key))
        previous, last_key = seal.chain, seal.last_key
        seen = seen or seal.chain == head
    read_to = Horizon.objects.filter(pk=HORIZON).values_list("read_to", flat=True).first() or 0
    last_key = max(last_key, 0)
    if read_to > last_key or not seen:
        yield Finding(SEAL_REMOVED, max(read_to, last_key))


def verify(head: str = "") -> list[Finding]:
    """Return every line and seal that was changed, removed or put in since it was sealed."""
    return list(findings(head))


def sealed_so_far() -> Verified:
    """Return how much is under seal, how much waits, and the end of the chain."""
    sums = Seal.objects.aggregate(lines=models.Sum("count"), seals=models.Count("pk"))
    last: Any = Seal.objects.order_by("-last_key").values_list("last_key", "chain").first()
    last_key, head = last or (0, "")
    return Verified(
        lines=sums["lines"] or 0,
        seals=sums["seals"],
        waiting=Line.objects.filter(pk__gt=last_key).count(),
        head=head,
    )


def prove(line: Line | int) -> Proof:
    """Return the path from a line to the seal over it. Refuses a line that is not sealed yet."""
    key = line if isinstance(line, int) else line.pk
    seal = Seal.objects.filter(first_key__lte=key, last_key__gte=key).order_by("last_key").first()
    leaves = digests.unpack(bytes(seal.leaves)) if seal is not None else []
    place = next((place for place, leaf in enumerate(leaves) if leaf.key == key), None)
    if seal is None or place is None:
        raise Refused(_("No seal covers line %(key)s.") % {"key": key})
    return Proof(
        leaf=leaves[place],
        place=place,
        steps=digests.audit_path(leaves, place),
        seal=seal,
        digest_now=_digest_now(key),
    )
