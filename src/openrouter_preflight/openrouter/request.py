"""One request to OpenRouter and its final answer, without a connection."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.json_fields import Json
    from openrouter_preflight.openrouter.reply import Refusal, TransportFault
    from openrouter_preflight.openrouter.reply_kind import ReplyKind

T_co = TypeVar("T_co", covariant=True)

_KIB: Final = 1024
SMALL_BODY: Final = 1024 * _KIB
LARGE_BODY: Final = 16 * 1024 * _KIB


class Repeat(StrEnum):
    """When a request may be sent again."""

    ALWAYS = "always"
    """It changes nothing: until it is answered or the deadline is near."""
    IF_NOT_CARRIED_OUT = "if not carried out"
    """It costs money where it is carried out: only after an answer that proves that it was not."""
    NEVER = "never"
    """It changes the account: whoever sends it reads back what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest(Generic[T_co]):
    """One request, made with a key or about one."""

    path: str
    """Below the base URL, such as `/key`; never holds a secret."""
    key: ApiKey | None
    """None where anybody may ask."""
    read: Callable[[Json], T_co | None]
    """Reads the body of a 2xx; returns None where it is not the body that was requested."""
    method: str = "GET"
    """GET, POST, PATCH or DELETE."""
    repeat: Repeat | None = None
    """None: a GET is a read and may always be repeated, anything else is a write and may never be."""
    body_limit: int = SMALL_BODY
    query: Mapping[str, str] | None = None
    payload: Mapping[str, object] | None = None
    """The JSON body."""
    is_best_effort: bool = False
    """Sent once, but for a broken connection: an answer is welcome, and its absence decides nothing."""

    @property
    def may_repeat(self) -> Repeat:
        """When it may be sent again."""
        if self.repeat is not None:
            return self.repeat
        return Repeat.ALWAYS if self.method == "GET" else Repeat.NEVER

    @property
    def is_write(self) -> bool:
        """True for a request that changes the account."""
        return self.may_repeat is Repeat.NEVER

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for requests that one answer serves."""
        query = tuple(sorted((self.query or {}).items()))
        return self.method, self.path, self.key, query, repr(self.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T_co]):
    """The final answer to a request, after all retries."""

    kind: ReplyKind
    data: T_co | None = None
    """The body that was requested; present exactly when the kind is OK."""
    status: int | None = None
    fault: TransportFault | None = None
    refusal: Refusal | None = None
    attempts: int = 0
    outage_status: int | None = None
    """The last status of an outage (5xx, 408) among the attempts, also where a later one was answered."""
    retry_after: float | None = None
    """Seconds that the last answer asked to wait, where it said so."""
