"""Pools and claims, the plainest there are."""

from __future__ import annotations

import itertools
import uuid

from youwo.capacity import actions
from youwo.capacity.models import Claim, Pool
from youwo.capacity.requests import Request

_numbers = itertools.count(1)


def pool(capacity: int = 1, **options) -> Pool:
    """A pool of nothing in particular."""
    return Pool.objects.create(
        subject_label="tests.thing", subject_key=str(next(_numbers)), capacity=capacity, **options
    )


def claimed(pool: Pool, holder, *, at, **options) -> Claim:
    options.setdefault("nonce", uuid.uuid4())
    return actions.claim(pool, holder=holder, by=None, at=at, **options)


def request(pool: Pool, holder, *, at, **options) -> Request:
    values = {"by_key": None, "nonce": uuid.uuid4()} | options
    return Request(
        pool_key=pool.pk,
        holder_label=holder._meta.label_lower,
        holder_key=str(holder.pk),
        at=at,
        **values,
    )
