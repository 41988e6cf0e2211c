"""Fingerprints of lines, and the Merkle tree and chain that bind them (after RFC 6962)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

# The columns in the order in which they are read; the digest names each, so the order is no part
# of it.
COLUMNS = (
    "id",
    "at",
    "actor_label",
    "actor_key",
    "verb",
    "target_label",
    "target_key",
    "area_code",
    "reason",
    "data",
)
_KEY, _DIGEST = 8, 32
LEAF = _KEY + _DIGEST


class Leaf(NamedTuple):
    """A line in a seal: its key, and the digest of all its columns."""

    key: int
    digest: bytes


class Step(NamedTuple):
    """One step of an audit path: the neighbour's hash, and whether it stands on the left."""

    left: bool
    hash: bytes


def digest(values: Sequence[Any]) -> bytes:
    """Return the SHA-256 of a line's columns as canonical JSON: sorted names, no spaces, UTC."""
    row = dict(zip(COLUMNS, values, strict=True))
    moment: datetime = row["at"]
    row["at"] = moment.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def pack(leaves: Sequence[Leaf]) -> bytes:
    """Write leaves as a seal keeps them: each key in 8 bytes, each digest in 32."""
    return b"".join(leaf.key.to_bytes(_KEY, "big") + leaf.digest for leaf in leaves)


def unpack(packed: bytes) -> list[Leaf]:
    """Read what `pack` wrote. A rest that is too short to be a leaf is left out."""
    return list(_unpacked(bytes(packed)))


def _unpacked(packed: bytes) -> Iterator[Leaf]:
    for start in range(0, len(packed) - LEAF + 1, LEAF):
        middle = start + _KEY
        yield Leaf(int.from_bytes(packed[start:middle], "big"), packed[middle : start + LEAF])


def leaf_hash(leaf: Leaf) -> bytes:
    """Return the hash with which a leaf enters the tree; it binds the key too."""
    return hashlib.sha256(b"\0" + leaf.key.to_bytes(_KEY, "big") + leaf.digest).digest()


def _joined(left: bytes, right: bytes) -> bytes:
    # The prefix keeps a node from being passed off as a leaf.
    return hashlib.sha256(b"\1" + left + right).digest()


def _rows_of_tree(leaves: Sequence[Leaf]) -> Iterator[list[bytes]]:
    """Yield the tree's rows from the leaves to the root; a last one without a partner moves up."""
    row = [leaf_hash(leaf) for leaf in leaves]
    yield row
    while len(row) > 1:
        above = [_joined(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)]
        row = above + row[-1:] if len(row) % 2 else above
        yield row


def root(leaves: Sequence[Leaf]) -> str:
    """Return the Merkle root over leaves, in hexadecimal digits."""
    *_, top = _rows_of_tree(leaves)
    return (top or [hashlib.sha256(b"").digest()])[0].hex()


def audit_path(leaves: Sequence[Leaf], place: int) -> list[Step]:
    """Return the hashes that lead from one leaf to the root."""
    steps: list[Step] = []
    for row in _rows_of_tree(leaves):
        partner = place ^ 1
        if partner < len(row):
            steps.append(Step(left=partner < place, hash=row[partner]))
        place //= 2
    return steps


def climb(leaf: Leaf, steps: Sequence[Step]) -> str:
    """Return the root to which an audit path leads from a leaf."""
    found = leaf_hash(leaf)
    for step in steps:
        found = _joined(step.hash, found) if step.left else _joined(found, step.hash)
    return found.hex()


def chain(
    previous: str, *, root: str, first_key: int, last_key: int, count: int, sealed_at: datetime
) -> str:
    """Return the value that binds a seal to all seals before it, in hexadecimal digits."""
    moment = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    text = "\n".join((previous, root, str(first_key), str(last_key), str(count), moment))
    return hashlib.sha256(b"youwo journal seal\n" + text.encode()).hexdigest()
