"""One HTTP exchange as it went: a status and an object, or the fault that stood in the way. No meaning yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.openrouter.json_fields import Json


class TransportFault(StrEnum):
    """Why there is no usable answer. The value is the end of a sentence: `no answer: {fault}`."""

    NAME = "the server's name could not be resolved"
    REFUSED = "the connection could not be made"
    CERTIFICATE = "the server's TLS certificate was not accepted"
    TLS = "the TLS handshake failed"
    CONNECT_TIMEOUT = "connecting took too long"
    READ_TIMEOUT = "the answer took too long"
    BROKEN = "the connection broke off before the answer was complete"
    PROXY = "the proxy refused or failed"
    REDIRECT = "a redirect came instead, which is never followed with a key"
    EMPTY = "the answer was empty"
    HTML = "a web page came instead of JSON (a captive portal, a proxy or a firewall)"
    ENCODING = "the answer was wrongly encoded"
    NOT_JSON = "the answer was not JSON"
    NOT_OBJECT = "the answer was JSON, but not an object"
    TOO_LARGE = "the answer was larger than any true one"
    NOT_OPENROUTER = "the answer was not OpenRouter's (a captive portal, a proxy, or a wrong base URL)"
    OVERDUE = "the deadline passed"
    UNSENDABLE = "the request could not be formed"


TRANSIENT = frozenset(
    {
        TransportFault.NAME,
        TransportFault.REFUSED,
        TransportFault.CERTIFICATE,
        TransportFault.TLS,
        TransportFault.CONNECT_TIMEOUT,
        TransportFault.READ_TIMEOUT,
        TransportFault.BROKEN,
        TransportFault.PROXY,
        TransportFault.EMPTY,
    }
)
"""Faults that asking again can cure: of the connection, not of what answers at its other end."""

NEVER_SENT = frozenset(
    {
        TransportFault.NAME,
        TransportFault.REFUSED,
        TransportFault.CERTIFICATE,
        TransportFault.TLS,
        TransportFault.CONNECT_TIMEOUT,
        TransportFault.UNSENDABLE,
        TransportFault.OVERDUE,
    }
)
"""Faults after which the request certainly did not reach the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one request brought."""

    status: int | None = None
    """None: nothing that speaks HTTP answered."""
    body: Json | None = field(default=None, repr=False)
    """Can hold account identifiers and parts of keys: it is read, never shown."""
    fault: TransportFault | None = None
    """Why there is no body."""
    retry_after: float | None = None
    """Seconds that the server asked to wait, where it said so."""
    date: datetime | None = field(default=None, compare=False)
    """The server's clock when it answered, where it said so."""
