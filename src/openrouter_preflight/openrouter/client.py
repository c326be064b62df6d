"""The client: requests, retries where they are safe, one deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from openrouter_preflight.openrouter.reply import NEVER_SENT, Reply, TransportFault, read_refusal
from openrouter_preflight.openrouter.reply_kind import ReplyKind, classify_reply
from openrouter_preflight.openrouter.request import Answer, ApiRequest, Repeat
from openrouter_preflight.openrouter.retry import Retries

if TYPE_CHECKING:
    from collections.abc import Callable

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.openrouter.pace import Pace
    from openrouter_preflight.openrouter.transport import Transport

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(slots=True, kw_only=True)
class Attempt(Generic[T]):
    """A request on its way to its answer, between one attempt and the next."""

    request: ApiRequest[T]
    retries: Retries
    due: float
    """The time of the next attempt, on the client's monotonic clock."""
    earlier: Reply | None = None


def _ignore(_message: str) -> None:
    pass


class Client:
    """Send requests until answered or the deadline is near. Thread-safe.

    A read is sent again after an outage, a rate limit, a broken connection or an unconfirmed 401, with pauses that
    honour Retry-After. A write is sent once: where its outcome is not certain, the answer's kind is WRITE_UNCERTAIN.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Clock,
        jitter: Callable[[], float],
        timeout: float,
        deadline: float,
        on_wait: Callable[[str], None] = _ignore,
        pace: Pace | None = None,
    ) -> None:
        """Start the clock: `deadline` seconds for all, `timeout` for one attempt.

        `on_wait` is told, in a sentence, each time that a request is to be sent again; any thread may call it.
        `pace` bounds how fast attempts follow each other.
        """
        self._transport = transport
        self._clock = clock
        self._jitter = jitter
        self._timeout = timeout
        self._ends = clock.monotonic() + deadline
        self._on_wait = on_wait
        self._pace = pace

    def ask(self, request: ApiRequest[T]) -> Answer[T]:
        """Return the final answer, by the deadline; only a hanging look-up overruns it."""
        attempt = self.begin(request)
        while (answer := self.attempt(attempt)) is None:
            pass
        return answer

    def begin(self, request: ApiRequest[T]) -> Attempt[T]:
        """Return the first attempt of a request."""
        return Attempt(request=request, retries=Retries(self._jitter), due=self._clock.monotonic())

    def attempt(self, attempt: Attempt[T]) -> Answer[T] | None:
        """Wait until it is due and send it once. Returns None to be tried again."""
        pause = attempt.due - self._clock.monotonic()
        if pause > 0:
            self._clock.sleep(pause)
        request, retries, earlier = attempt.request, attempt.retries, attempt.earlier
        reply = self._exchange(request)
        if earlier is not None and reply.status is None and self.remaining <= 0:
            # The earlier answer says more than that time ran out.
            return _answer(request, earlier, classify_reply(earlier), retries)
        kind, attempt.earlier = classify_reply(reply), reply
        pause_before_next = retries.pause_after(reply, kind, self.remaining)
        if pause_before_next is None or not _may_repeat(request, reply, retries.attempts):
            return _answer(request, reply, kind, retries)
        self._on_wait(retries.describe_wait(reply, pause_before_next))
        attempt.due = self._clock.monotonic() + pause_before_next
        return None

    def _exchange(self, request: ApiRequest[T_co]) -> Reply:
        if self._pace is not None:
            self._pace.wait()
        remaining = self.remaining
        if remaining <= 0:
            return Reply(fault=TransportFault.OVERDUE)
        return self._transport.exchange(
            request.path,
            request.key,
            method=request.method,
            timeout=min(self._timeout, remaining),
            body_limit=request.body_limit,
            query=request.query,
            payload=request.payload,
        )

    @property
    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self._ends - self._clock.monotonic()


def _may_repeat(request: ApiRequest[T_co], reply: Reply, attempts: int) -> bool:
    if request.may_repeat is Repeat.NEVER:
        return False
    if request.is_best_effort:
        # A kept connection that the server had closed says nothing about the request.
        return reply.fault is TransportFault.BROKEN and attempts == 1
    return request.may_repeat is Repeat.ALWAYS or not _may_have_happened(reply)


def _may_have_happened(reply: Reply) -> bool:
    """Return False only for a reply that proves that the request was not carried out."""
    if reply.status is None:
        return reply.fault not in NEVER_SENT
    return not (300 <= reply.status < 500 and reply.status not in _PERHAPS_CARRIED_OUT)


_PERHAPS_CARRIED_OUT: Final = (408, 499)
"""A timeout of the server's, and of a proxy's."""


def _answer(request: ApiRequest[T_co], reply: Reply, kind: ReplyKind, retries: Retries) -> Answer[T_co]:
    data = request.read(reply.body) if kind is ReplyKind.OK and reply.body is not None else None
    fault = reply.fault
    if kind is ReplyKind.OK and data is None:
        kind, fault = ReplyKind.NOT_OPENROUTER, TransportFault.NOT_OPENROUTER
    if kind is ReplyKind.KEY_REJECTED and not retries.is_believed:
        kind = ReplyKind.REJECTION_UNCONFIRMED
    if request.is_write and kind is not ReplyKind.OK and _may_have_happened(reply):
        kind = ReplyKind.WRITE_UNCERTAIN
    return Answer(
        kind=kind,
        data=data,
        status=reply.status,
        fault=fault,
        refusal=read_refusal(reply.body),
        attempts=retries.attempts,
        outage_status=retries.outage_status,
        retry_after=reply.retry_after,
    )
