"""Writes: planned, made once, read back, reported as rows.

Nothing is repeated blindly. A change that can be repeated without harm (PATCH, DELETE, an assignment) is made again
only after it was read back and found not to hold; a creation is never made again here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from openrouter_preflight.findings import WriteRow
from openrouter_preflight.manage.records import read_any
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import ApiRequest, Repeat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.openrouter.json_fields import Json
    from openrouter_preflight.openrouter.request import Answer

T = TypeVar("T")

_PAUSES: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds before a change that does not hold is made again."""
_LONGEST_PAUSE: Final = 60.0
FINAL: Final = (400, 402, 403, 404, 405, 410, 413, 422)
"""Refusals that stay: nothing was carried out, and asking again changes nothing."""


class WriteState(StrEnum):
    """The state of a write."""

    DONE = "done"
    REFUSED = "refused"
    """It was not carried out."""
    UNKNOWN = "unknown"
    """It may have been carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change, before it is made."""

    method: str
    path: str
    payload: Mapping[str, object] | None = None
    fingerprint: str | None
    """Of the key that it is about."""
    what: str
    """For people, in the imperative: `disable the key ci-bot`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult(Generic[T]):
    """The state of a write, and the last answer."""

    state: WriteState
    answer: Answer[T] | None = None

    @property
    def is_done(self) -> bool:
        """True where the change holds."""
        return self.state is WriteState.DONE


class Writer:
    """Makes the writes of one command, in order, and remembers each."""

    def __init__(self, management: Management, clock: Clock, *, dry: bool = False) -> None:
        """Write with `management`; `dry` only notes the writes."""
        self._management = management
        self._clock = clock
        self.dry = dry
        self.rows: list[WriteRow] = []

    def once(self, write: Write, read: Callable[[Json], T | None]) -> WriteResult[T]:
        """Write once. Raises RuntimeError, a bug, in a dry run."""
        if self.dry:
            raise RuntimeError("a dry run makes no write")
        answer = self._management.asker.ask(
            ApiRequest(
                method=write.method,
                path=write.path,
                key=self._management.key,
                read=read,
                payload=write.payload,
                repeat=Repeat.NEVER,
            )
        )
        self.note(write, answer.status)
        return WriteResult(state=_state_of(answer), answer=answer)

    def settle(self, write: Write, holds: Callable[[], bool | None]) -> WriteResult[Any]:
        """Write until `holds` reads it back, or until that is hopeless."""
        if self.dry:
            self.note(write, None)
            return WriteResult(state=WriteState.DONE)
        result: WriteResult[Any] = WriteResult(state=WriteState.UNKNOWN)
        for pause in (0.0, *_PAUSES):
            if pause and not self.wait(pause, result.answer):
                break
            result = self.once(write, read_any)
            seen = holds()
            if seen:
                return WriteResult(state=WriteState.DONE, answer=result.answer)
            if result.answer is not None and result.answer.status in FINAL:
                return WriteResult(state=WriteState.REFUSED, answer=result.answer)
            if seen is None and result.answer is not None and result.answer.kind is not ReplyKind.RATE_LIMITED:
                return WriteResult(state=WriteState.UNKNOWN, answer=result.answer)
        state = WriteState.REFUSED if result.state is WriteState.REFUSED else WriteState.UNKNOWN
        return WriteResult(state=state, answer=result.answer)

    def wait(self, seconds: float, answer: Answer[Any] | None = None) -> bool:
        """Wait before the next attempt; False where the deadline comes first."""
        asked = answer.retry_after if answer is not None else None
        pause = min(max(seconds, asked or 0.0), _LONGEST_PAUSE)
        if pause >= self._management.asker.remaining:
            return False
        self._clock.sleep(pause)
        return True

    def name_last(self, fingerprint: str) -> None:
        """Say of which key the last write was: a creation is told it by its answer."""
        self.rows[-1] = replace(self.rows[-1], fingerprint=fingerprint)

    def note(self, write: Write, status: int | None) -> None:
        """Remember a write; where it was never made, `status` is None."""
        self.rows.append(
            WriteRow(
                method=write.method, path=write.path, fingerprint=write.fingerprint, status=status, what=write.what
            )
        )


def _state_of(answer: Answer[Any]) -> WriteState:
    if answer.kind is ReplyKind.OK:
        return WriteState.DONE
    return WriteState.UNKNOWN if answer.kind is ReplyKind.WRITE_UNCERTAIN else WriteState.REFUSED
