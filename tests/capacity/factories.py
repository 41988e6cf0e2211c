"""Pools and claims, the plainest there are."""

from __future__ import annotations

import itertools
import uuid

from youwo.capacity import actions
from youwo.capacity.models import Claim, Pool

_numbers = itertools.count(1)


def pool(capacity: int = 1, **options) -> Pool:
    """A pool of nothing in particular."""
    return Pool.objects.create(
        subject_label="tests.thing", subject_key=str(next(_numbers)), capacity=capacity, **options
    )


def claimed(pool: Pool, holder, *, at, **options) -> Claim:
    options.setdefault("nonce", uuid.uuid4())
    return actions.claim(pool, holder=holder, by=None, at=at, **options)
