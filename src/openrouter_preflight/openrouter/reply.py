"""One HTTP exchange: a status and an object, or a fault. No meaning yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from openrouter_preflight.openrouter import json_fields as fields

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.openrouter.json_fields import Json


class TransportFault(StrEnum):
    """Reasons for no usable answer, as the end of a sentence: `no answer: {fault}`."""

    NAME = "the server's name could not be resolved"
    NO_SUCH_NAME = "no server has that name"
    REFUSED = "the connection could not be made"
    CERTIFICATE = "the server's TLS certificate was not accepted"
    TLS = "the TLS handshake failed"
    CONNECT_TIMEOUT = "connecting took too long"
    READ_TIMEOUT = "the answer took too long"
    BROKEN = "the connection broke off before the answer was complete"
    PROXY = "the proxy refused the connection"
    PROXY_UNREACHABLE = "the proxy could not be reached"
    PROXY_OUTAGE = "the proxy could not reach the server"
    REDIRECT = "the answer was a redirect, which is never followed with a key"
    EMPTY = "the answer was empty"
    HTML = "the answer was a web page instead of JSON"
    ENCODING = "the answer was wrongly encoded"
    NOT_JSON = "the answer was not JSON"
    NOT_OBJECT = "the answer was JSON, but not an object"
    TOO_LARGE = "the answer was larger than OpenRouter's ever are"
    NOT_OPENROUTER = "the answer was not OpenRouter's"
    OVERDUE = "the deadline passed"
    UNSENDABLE = "the request could not be formed"


TRANSIENT = frozenset(
    {
        TransportFault.NAME,
        TransportFault.NO_SUCH_NAME,
        TransportFault.REFUSED,
        TransportFault.TLS,
        TransportFault.CONNECT_TIMEOUT,
        TransportFault.READ_TIMEOUT,
        TransportFault.BROKEN,
        TransportFault.PROXY_UNREACHABLE,
        TransportFault.PROXY_OUTAGE,
        TransportFault.EMPTY,
    }
)
"""Faults that another attempt can cure: of the connection, not of the server at its other end."""

NEVER_SENT = frozenset(
    {
        TransportFault.NAME,
        TransportFault.NO_SUCH_NAME,
        TransportFault.REFUSED,
        TransportFault.CERTIFICATE,
        TransportFault.TLS,
        TransportFault.CONNECT_TIMEOUT,
        TransportFault.PROXY,
        TransportFault.PROXY_UNREACHABLE,
        TransportFault.PROXY_OUTAGE,
        TransportFault.UNSENDABLE,
        TransportFault.OVERDUE,
    }
)
"""Faults after which the request certainly did not reach the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The result of one exchange."""

    status: int | None = None
    """None: nothing that speaks HTTP answered."""
    body: Json | None = field(default=None, repr=False)
    """Can hold account identifiers and parts of keys: it is read, never shown."""
    fault: TransportFault | None = None
    """The reason why there is no body."""
    retry_after: float | None = None
    """Seconds that the server asked to wait, where it said so."""
    date: datetime | None = field(default=None, compare=False)
    """The server's clock when it answered, where it said so."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error of OpenRouter's. Its message is matched, never shown."""

    message: str = field(repr=False)
    error_type: str | None
    limit_source: str | None
    availability: str | None
    """`error.availability.code`: why a model cannot be used."""
    resets_at: datetime | None
    reason: str | None = None
    """`metadata.reason`, which parts situations of one limit_source."""


def read_refusal(body: Json | None) -> Refusal | None:
    """Return the refusal in OpenRouter's envelope, or None."""
    error = fields.record(body, "error") if body is not None else None
    if error is None or body is None or not _is_openrouters(body, error):
        return None
    metadata = fields.record(error, "metadata") or {}
    error_type = fields.text(metadata, "error_type") or fields.text(error, "error_type")
    if fields.text(error, "message") is None and error_type is None:
        return None
    availability = fields.record(error, "availability") or fields.record(metadata, "availability") or {}
    return Refusal(
        message=fields.text(error, "message") or "",
        error_type=error_type,
        limit_source=fields.text(metadata, "limit_source"),
        availability=fields.text(availability, "code"),
        resets_at=fields.moment(metadata, "resets_at"),
        reason=fields.text(metadata, "reason"),
    )


def _is_openrouters(body: Json, error: Json) -> bool:
    """True for a whole-number `code`, or none beside OpenRouter's own words.

    Gateways and other vendors write `code` as a string or leave it out, and name the error's `type` or `status`
    instead (LiteLLM, one-api, OpenAI, Anthropic, Google).
    """
    if any(isinstance(error.get(name), str) for name in ("type", "status")) or isinstance(body.get("type"), str):
        return False
    if "code" in error and error["code"] is not None:
        return isinstance(error["code"], int)
    return any(name in error for name in ("error_type", "http_status", "availability", "metadata"))
