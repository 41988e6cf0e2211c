"""A desk where threads that wait at the same time are served together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, connection

from youwo.capacity.models import Claim
from youwo.capacity.requests import Request
from youwo.capacity.together import claim_together
from youwo.core.refused import Refused

Serve = Callable[[Sequence[Request]], Sequence[Claim | Refused]]


class _Ticket:
    """One waiting thread: its request, and the answer once there is one."""

    __slots__ = ("_called", "answer", "leads", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answer: Claim | BaseException | None = None
        self.leads = False
        # A bare lock is the lightest thing to sleep on: taken now, given back by `call`.
        self._called = threading.Lock()
        self._called.acquire()

    def wait(self) -> None:
        self._called.acquire()

    def call(self) -> None:
        self._called.release()


class Desk:
    """Serves claims of one process's threads in batches, each in a transaction of its own.

    A thread that finds the desk idle serves itself at once. Those who come meanwhile queue up; the
    first of them then serves all who have gathered, itself among them, and passes the desk on. So
    nobody waits for company, and nobody serves for ever. An answer is given after the commit.

    `serve` answers many requests in one transaction and in their order; a package that has more to
    write with its claims gives its own function around `claim_together`.
    """

    def __init__(self, serve: Serve = claim_together, *, at_most: int = 256) -> None:
        self._serve = serve
        self._at_most = at_most
        self._guard = threading.Lock()
        self._queue: deque[_Ticket] = deque()
        self._busy = False

    def claim(self, request: Request) -> Claim:
        """Claim, together with whoever else waits. Refuses what `actions.claim` refuses.

        Not within a transaction: that could be rolled back after others were served in it.
        """
        if connection.in_atomic_block:
            raise RuntimeError("A desk commits by itself and cannot be used in a transaction.")
        ticket = _Ticket(request)
        with self._guard:
            self._queue.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        if not ticket.leads:
            self._wait(ticket)
        if ticket.leads:
            self._lead()
        if isinstance(ticket.answer, BaseException):
            raise ticket.answer
        if ticket.answer is None:
            raise RuntimeError("The desk has left a request unanswered.")
        return ticket.answer

    def _wait(self, ticket: _Ticket) -> None:
        try:
            ticket.wait()
        except BaseException:
            # Interrupted. If the turn came in this instant, it must not be lost with the thread.
            with self._guard:
                if ticket in self._queue:
                    self._queue.remove(ticket)
            if ticket.leads:
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the first in the queue, or leave the desk idle."""
        with self._guard:
            following = self._queue[0] if self._queue else None
            self._busy = following is not None
            if following is not None:
                following.leads = True
        if following is not None:
            following.call()

    def _lead(self) -> None:
        """Serve those who stand in the queue, the caller first among them, and pass the desk on."""
        # A thread that came without a connection leaves without one: hundreds may wait with one.
        had_connection = connection.connection is not None
        with self._guard:
            size = min(len(self._queue), self._at_most)
            batch = [self._queue.popleft() for _ in range(size)]
        try:
            self._answer(batch)
            if not had_connection:
                connection.close()
        except BaseException as error:
            for ticket in batch:
                ticket.answer = ticket.answer or error
            raise
        finally:
            # The served first: who comes back at once is then served in the next batch already.
            for ticket in batch[1:]:
                ticket.call()
            self._pass_on()

    def _answer(self, batch: Sequence[_Ticket]) -> None:
        """Answer a batch; when it fails as a whole, find out whose request it was."""
        try:
            answers = self._serve([ticket.request for ticket in batch])
        except (OperationalError, InterfaceError) as error:
            # The database is out of reach or overloaded: asking once more for each makes it worse.
            for ticket in batch:
                ticket.answer = error
        except Exception as error:
            if len(batch) == 1:
                batch[0].answer = error
                return
            for ticket in batch:
                self._answer([ticket])
        else:
            for ticket, answer in zip(batch, answers, strict=True):
                ticket.answer = answer
