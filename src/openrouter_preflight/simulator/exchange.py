"""Requests, answers and the error envelope of the service.

The shapes of refusals are those of API.md §3. Nothing here knows a scenario or touches a socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from openrouter_preflight.simulator.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.simulator.account import Account, Key
    from openrouter_preflight.simulator.model_row import Model

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, already read off its socket."""

    method: str
    path: str
    """Without the query, percent-encoding kept."""
    query: Mapping[str, str] = field(default_factory=dict)
    authorization: str | None = None
    """The header as it came; None where it is missing."""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer, with the changed account where the request changed it."""

    status: int
    body: Json | str | bytes
    """JSON; or a page of HTML; or bytes that only claim to be JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """Choices where the real service was seen to answer in more than one way."""

    credits_for_ordinary_keys: Literal["forbidden", "true", "zeros"] = "forbidden"
    """The answer of `/credits` to an ordinary key: all three were seen (API.md §2)."""
    credits_refusal: str = "Only management keys can perform this operation"
    limit_refusal_status: Literal[402, 403] = 402
    """The status that says a key's own limit is spent (API.md §3)."""
    key_refuses_too: bool = False
    """`/key` refuses an ordinary key that cannot spend; nobody could confirm it or rule it out."""
    key_outlives_expiry: bool = False
    """An expired key is still answered for a minute, from their cache (API.md §1)."""
    expiry_is_told: bool = True
    """False: `/key` leaves `expires_at` out, as it may (API.md §1)."""
    label_of_another_key: bool = False
    """A gateway in front swaps keys: `/key` describes another one, by its label."""
    management_of_another_account: bool = False
    """The management key belongs to another account, which has money and none of these keys."""
    old_key_answer: bool = False
    """`/key` has only the fields of old captures."""
    usage_lag: timedelta = timedelta(0)
    """Delay of `last_used_at` and analytics; the real lag is not documented (API.md §6)."""
    analytics_warning: str = ""
    """Comes with every analytics answer, whose figures are then not to be believed."""
    refuses_address: bool = False
    """The caller's address is not on the account's allowlist: 403 for every key (API.md §3)."""


USUAL = Quirks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one endpoint, with everything its answer depends on."""

    request: Request
    account: Account
    models: tuple[Model, ...]
    quirks: Quirks
    now: datetime
    caller: Key | None = None
    """The key that asks; None only where an endpoint is public."""
    params: Mapping[str, str] = field(default_factory=dict)
    """The variable parts of the path, decoded."""

    @property
    def key(self) -> Key:
        """The key that asks, where the endpoint needs one."""
        if self.caller is None:
            raise RuntimeError("an endpoint that is open to everyone asked for its caller's key")
        return self.caller


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault of this program
    """An endpoint's refusal, carried to where answers are sent."""

    def __init__(self, answer: Answer) -> None:
        """Carry `answer`."""
        super().__init__(answer.status)
        self.answer = answer


_ERROR_TYPES = {
    400: "invalid_request",
    401: "authentication",
    402: "payment_required",
    403: "permission_denied",
    404: "not_found",
    413: "payload_too_large",
    429: "rate_limit_exceeded",
    500: "server",
    502: "provider_unavailable",
    503: "provider_overloaded",
    504: "timeout",
}


def refusal(
    status: int, message: str, *, headers: Mapping[str, str] | None = None, user_id: str | None = None, **metadata: Any
) -> Answer:
    """Return the error envelope of API.md §3."""
    error: Json = {"code": status, "message": message}
    availability = metadata.pop("availability", None)
    if availability is not None:
        error["availability"] = {"code": availability}
    if status in _ERROR_TYPES:
        metadata = {"error_type": _ERROR_TYPES[status], **metadata}
    if metadata:
        error["metadata"] = {
            name: timestamp(value) if isinstance(value, datetime) else value for name, value in metadata.items()
        }
    body: Json = {"error": error}
    if user_id is not None:
        body["user_id"] = user_id
    return Answer(status=status, body=body, headers=headers or {})


def refuse(status: int, message: str, *, user_id: str | None = None, **metadata: Any) -> NoReturn:
    """Stop answering, and refuse."""
    raise Refused(refusal(status, message, user_id=user_id, **metadata))
