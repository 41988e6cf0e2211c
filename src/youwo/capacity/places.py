"""What is taken in a pool, what is free for whom, and who goes before whom. Arithmetic only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from youwo.capacity.models import Pool


@dataclass
class Places:
    """The places of one pool, counted from its claims.

    A pool has a share held back for bookings by telephone and for elders. Reserved claims take
    from that share first; everybody else sees what is left without its unused part.
    """

    capacity: int
    held_back: int
    # Close to the end an empty place helps nobody: then a group that does not fit is passed over.
    last_stretch: bool = False
    taken: int = 0
    taken_reserved: int = 0
    waiting: int = 0
    # The smallest group on the waiting list, among the others and among the reserved.
    smallest_waiting: int | None = None
    smallest_waiting_reserved: int | None = None

    @property
    def unused_share(self) -> int:
        """Held-back places that no reserved claim has taken yet."""
        return max(self.held_back - self.taken_reserved, 0)

    def open_to(self, *, reserved: bool) -> int:
        """How many places there are at all for such a claim."""
        return self.capacity if reserved else self.capacity - self.held_back

    def free(self, *, reserved: bool) -> int:
        """How many places such a claim could take now."""
        left = self.capacity - self.taken - self.taken_reserved
        return max(left if reserved else left - self.unused_share, 0)

    def take(self, size: int, *, reserved: bool) -> None:
        """Count a claim that takes its places now."""
        if reserved:
            self.taken_reserved += size
        else:
            self.taken += size

    def join_line(self, size: int, *, reserved: bool) -> None:
        """Count a claim that joins the waiting list."""
        self.waiting += 1
        if reserved:
            self.smallest_waiting_reserved = min(self.smallest_waiting_reserved or size, size)
        else:
            self.smallest_waiting = min(self.smallest_waiting or size, size)

    def fits_newcomer(self, size: int, *, reserved: bool) -> bool:
        """Whether somebody who comes now gets places without overtaking anyone who waits."""
        if size > self.free(reserved=reserved):
            return False
        if self._line_holds(self.smallest_waiting_reserved, reserved=True):
            return False
        if self._line_holds(self.smallest_waiting, reserved=False):
            # Those who wait in the open line have no claim to the unused share.
            return reserved and size <= self.unused_share
        return True

    def _line_holds(self, smallest: int | None, *, reserved: bool) -> bool:
        """Whether the line keeps newcomers out, because somebody in it can still be served."""
        if smallest is None:
            return False
        bound = (
            self.free(reserved=reserved) if self.last_stretch else self.open_to(reserved=reserved)
        )
        return smallest <= bound

    def choose(self, line: list[tuple[int, int, bool]]) -> list[int]:
        """Choose who on the waiting list (key, size, reserved; in order) is offered places now.

        Nobody is overtaken: a group that does not fit holds the line behind it. It is passed over
        only when it is larger than all the places there are for it, or in the last stretch before
        the pool closes. Reserved claims behind an open group may take the unused share, which that
        group could not have.
        """
        chosen: list[int] = []
        open_line_held = False
        for key, size, reserved in line:
            if size > self.open_to(reserved=reserved):
                continue
            if open_line_held:
                fits = reserved and size <= self.unused_share
            else:
                fits = size <= self.free(reserved=reserved)
            if fits:
                self.take(size, reserved=reserved)
                chosen.append(key)
            elif not self.last_stretch:
                if reserved:
                    break
                open_line_held = True
        return chosen


def places_of(pool: Pool, *, at: datetime | None) -> Places:
    """Make the still uncounted places of a pool, as its rules are at a moment."""
    return Places(
        capacity=pool.capacity,
        held_back=pool.held_back,
        last_stretch=at is not None and pool.in_last_stretch(at),
    )
