"""Many claims at once: in one transaction with a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from youwo.capacity import batches, locks, queries, requests
from youwo.capacity.models import STANDING, Claim
from youwo.capacity.requests import Request
from youwo.core.acts import acting
from youwo.core.refused import Refused


@acting()
def claim_together(wanted: Sequence[Request]) -> list[Claim | Refused]:
    """Answer many requests, for one pool or many, as if each were claimed in turn.

    Answers come in the order of the requests. Costs four statements, whatever their number.
    """
    pools = locks.locked(request.pool_key for request in wanted)
    places = queries.counted(list(pools.values()), at=None)
    same_try, same_holder = _by_try_and_holder(batches.earlier(wanted))
    answers: list[Claim | Refused] = []
    made: list[Claim] = []
    for request in wanted:
        holder = (request.pool_key, request.holder_label, request.holder_key)
        earlier = same_try.get(request.nonce) or same_holder.get(holder)
        pool = pools.get(request.pool_key)
        if pool is None:
            answers.append(Refused(_("This is no longer on offer.")))
        elif earlier is not None:
            answers.append(requests.answer_with(earlier, request))
        else:
            counted = places[pool.pk]
            counted.last_stretch = pool.in_last_stretch(request.at)
            answer = requests.decide(request, pool, counted)
            answers.append(answer)
            if isinstance(answer, Claim):
                made.append(answer)
                same_try[request.nonce] = same_holder[holder] = answer
    batches.add_new(made)
    _read_back(answers, wanted)
    return answers


def _by_try_and_holder(
    found: Sequence[Claim],
) -> tuple[dict[UUID, Claim], dict[tuple[int, str, str], Claim]]:
    standing = (claim for claim in found if claim.state in STANDING)
    return (
        {claim.nonce: claim for claim in found},
        {(claim.pool_id, claim.holder_label, claim.holder_key): claim for claim in standing},
    )


def _read_back(answers: list[Claim | Refused], wanted: Sequence[Request]) -> None:
    """Look up claims that were not inserted: the same tries reached other pools in this instant."""
    missing = {
        place: request
        for place, request in enumerate(wanted)
        if isinstance(answer := answers[place], Claim) and answer._state.adding
    }
    if not missing:
        return
    nonces = [request.nonce for request in missing.values()]
    found = {claim.nonce: claim for claim in Claim.objects.filter(nonce__in=nonces)}
    for place, request in missing.items():
        answers[place] = requests.answer_with(found[request.nonce], request)
