"""Several requests at once, each sent once, under one deadline.

A request that is to be sent again goes back into the queue, where the first one due comes first: a hundred rejected
keys wait together, and no new one behind them.

Daemon threads, because a thread that hangs in a name look-up or a handshake cannot be stopped: the process must be able
to report and leave without it, which concurrent.futures and asyncio do not allow.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import Answer, ApiRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from openrouter_preflight.openrouter.client import Attempt, Client

T = TypeVar("T")

_MOST_THREADS: Final = 16
_GRACE: Final = 0.1
"""Seconds beyond the deadline, in which requests that it ended hand in what they learned before."""


class Pending(Generic[T]):
    """A request whose answer comes with the batch."""

    def __init__(self, request: ApiRequest[T]) -> None:
        """Start with the answer that time ran out, until the batch has run."""
        self.request = request
        self.answer: Answer[T] = (
            Answer(kind=ReplyKind.WRITE_UNCERTAIN, fault=TransportFault.READ_TIMEOUT)
            if request.is_write
            else Answer(kind=ReplyKind.UNREACHABLE, fault=TransportFault.OVERDUE)
        )


class Batch:
    """The requests of one round trip."""

    def __init__(self, client: Client) -> None:
        """Collect requests for `client`."""
        self._client = client
        self._pending: dict[tuple[object, ...], Pending[Any]] = {}

    def add(self, request: ApiRequest[T]) -> Pending[T]:
        """Send this too; an equal request is sent once, however often it is added."""
        return self._pending.setdefault(request.identity, Pending(request))

    def run(self, while_waiting: Callable[[], None] = lambda: None) -> None:
        """Send all requests at once and wait for their answers, until the deadline.

        `while_waiting` is called once they are on their way.
        """
        waiting: queue.PriorityQueue[tuple[float, int, Pending[Any], Attempt[Any]]] = queue.PriorityQueue()
        done: queue.SimpleQueue[tuple[Pending[Any], Answer[Any] | BaseException]] = queue.SimpleQueue()
        for number, pending in enumerate(self._pending.values()):
            attempt = self._client.begin(pending.request)
            waiting.put((attempt.due, number, pending, attempt))

        def work() -> None:
            while True:
                try:
                    _, number, pending, attempt = waiting.get_nowait()
                except queue.Empty:
                    return  # a request that is under way comes back to the thread that sent it
                try:
                    answer = self._client.attempt(attempt)
                except BaseException as error:  # noqa: BLE001 - handed to the waiting thread, which raises it
                    done.put((pending, error))
                    continue
                if answer is None:
                    waiting.put((attempt.due, number, pending, attempt))
                else:
                    done.put((pending, answer))

        for _ in range(min(_MOST_THREADS, len(self._pending))):
            threading.Thread(target=work, daemon=True).start()
        while_waiting()
        self._collect(done)

    def _collect(self, done: queue.SimpleQueue[tuple[Pending[Any], Answer[Any] | BaseException]]) -> None:
        for _ in self._pending:
            try:
                pending, outcome = done.get(timeout=max(self._client.remaining + _GRACE, 0.0))
            except queue.Empty:
                return
            if isinstance(outcome, BaseException):
                raise outcome
            pending.answer = outcome
