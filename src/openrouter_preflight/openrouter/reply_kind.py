"""The kind of an answer, by status *and* body (API.md §3).

The table is read from the top; the first row that fits gives the kind. A body that is not OpenRouter's own envelope
never says anything about a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.openrouter import json_fields as fields
from openrouter_preflight.openrouter.reply import Refusal, Reply, TransportFault, read_refusal

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.json_fields import Json


class ReplyKind(StrEnum):
    """Everything that a reply can say."""

    OK = "ok"
    KEY_REJECTED = "key-rejected"
    """401 in OpenRouter's own envelope, in every attempt."""
    REJECTION_UNCONFIRMED = "rejection-unconfirmed"
    """401, too few times to be believed (API.md §3)."""
    KEY_LIFETIME = "key-lifetime"
    """The account has a maximum key lifetime, and this key never expires or expires later."""
    KEY_LIMIT_SPENT = "key-limit-spent"
    KEY_LIMIT_TOO_LOW = "key-limit-too-low"
    """The key's own limit is too low for this one request."""
    BUDGET_SPENT = "budget-spent"
    CREDIT_EXHAUSTED = "credit-exhausted"
    UNAFFORDABLE = "unaffordable"
    """More output was requested than the rest of the credit can pay."""
    REQUEST_TOO_LARGE = "request-too-large"
    """One request outweighs the in-flight budget; it says nothing about an empty account."""
    KEY_FORBIDDEN = "key-forbidden"
    REGION_REFUSED = "region-refused"
    """The request arrived through a host whose region the key may not use."""
    MANAGEMENT_KEY_NEEDED = "management-key-needed"
    """Says nothing against the key, only that it is an ordinary one (API.md §2)."""
    ADDRESS_NOT_ALLOWED = "address-not-allowed"
    """The account's IP allowlist does not hold this machine's address."""
    CALLER_BLOCKED = "caller-blocked"
    """This machine's country or address is refused by OpenRouter's firewall."""
    GATEWAY_REFUSED = "gateway-refused"
    """A refusal in another service's envelope: a gateway, a proxy or a firewall in front of OpenRouter."""
    BAD_REQUEST = "bad-request"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate-limited"
    FREE_REQUESTS_SPENT = "free-requests-spent"
    """The account's daily quota of requests to `:free` models: no wait within a run cures it."""
    OUTAGE = "outage"
    UNREACHABLE = "unreachable"
    """No complete answer."""
    NOT_OPENROUTER = "not-openrouter"
    """A complete answer that OpenRouter never gives: a captive portal, a proxy, or a wrong base URL."""
    REDIRECTED = "redirected"
    TLS_FAILED = "tls-failed"
    PROXY_FAILED = "proxy-failed"
    WRITE_UNCERTAIN = "write-uncertain"
    """A write that may or may not have been carried out: look at the account before doing anything else."""


RETRIED: Final = frozenset({ReplyKind.RATE_LIMITED, ReplyKind.OUTAGE})
"""Kinds that another attempt may change; so may a transient fault of the connection."""

UNDECIDED: Final = RETRIED | {ReplyKind.UNREACHABLE, ReplyKind.REJECTION_UNCONFIRMED}
"""Kinds of an outage, which leave everything open: `--on-unreachable` decides what becomes of them."""

WRONG_SETUP: Final = frozenset(
    {
        ReplyKind.NOT_OPENROUTER,
        ReplyKind.REDIRECTED,
        ReplyKind.TLS_FAILED,
        ReplyKind.PROXY_FAILED,
        ReplyKind.GATEWAY_REFUSED,
        ReplyKind.CALLER_BLOCKED,
        ReplyKind.ADDRESS_NOT_ALLOWED,
    }
)
"""Kinds that leave everything open as well, and are no outage: they stay until somebody changes the set-up."""


def classify_reply(reply: Reply) -> ReplyKind:
    """Return the one kind of a reply."""
    status, refusal = _status_of(reply), read_refusal(reply.body)
    if status is None:
        return _KIND_BY_FAULT.get(reply.fault, ReplyKind.UNREACHABLE)
    for row in _TABLE:
        if status in row.statuses and row.fits(reply, refusal):
            return row.kind
    return ReplyKind.NOT_OPENROUTER


def spent_interval(refusal: Refusal | None) -> str | None:
    """Return the spent limit that the message names, such as `daily`."""
    found = _find(_KEY_LIMIT, refusal) or _find(_HIGHER_INTERVAL, refusal)
    return found[1].lower() if found and found[1] else None


def affordable_tokens(refusal: Refusal | None) -> int | None:
    """Return the affordable tokens that a refusal names (API.md §3)."""
    found = _find(_AFFORDABLE, refusal)
    return int(found[1]) if found else None


def _status_of(reply: Reply) -> int | None:
    """The status; for a 2xx that carries an error envelope, the error's own code."""
    if reply.status is None or not 200 <= reply.status < 300 or reply.body is None or "data" in reply.body:
        return reply.status
    return _error_code(reply.body) or reply.status


def _error_code(body: Json) -> int | None:
    error = fields.record(body, "error")
    return fields.whole(error, "code") if error is not None else None


_KIND_BY_FAULT: Final[dict[TransportFault | None, ReplyKind]] = {
    TransportFault.CERTIFICATE: ReplyKind.TLS_FAILED,
    TransportFault.TLS: ReplyKind.TLS_FAILED,
    TransportFault.PROXY: ReplyKind.PROXY_FAILED,
    TransportFault.PROXY_UNREACHABLE: ReplyKind.PROXY_FAILED,
}

# Patterns of messages, in either case; compiled where a message must be read, which is seldom.
_KEY_LIMIT: Final = r"key limit exceeded(?: \((total|daily|weekly|monthly) limit\))?"
_HIGHER_LIMIT: Final = r"create a key with a higher\b|/settings/keys\b"
_HIGHER_INTERVAL: Final = r"\bhigher (total|daily|weekly|monthly) limit"
_BUDGET: Final = r"\bbudget\b.*\b(?:exceeded|exhausted|spent|reached)|exceeded.*\bbudget\b"
_NO_CREDIT: Final = r"insufficient (?:credits|funds|balance)|negative (?:credit )?balance"
_UNAFFORDABLE: Final = r"requires more credits, or fewer max_tokens|can only afford"
_AFFORDABLE: Final = r"can only afford ([0-9]{1,15})\b"
_MANAGEMENT: Final = r"(?:management|provisioning) keys?\b"
# The wording of an IP allowlist's and of a lifetime policy's refusal is open (API.md §3): what they must mention.
_ADDRESS: Final = (
    r"\bIPs?\b.*\b(?:allow|white|permitted|authori[sz]ed|restrict|not on\b)|\b(?:allow|white)-?\s?list.*\bIPs?\b"
    r"|\b(?:network|client|source|remote|your) address\b"
)
_LIFETIME: Final = (
    r"\blifetime\b|\b(?:key|maximum|max) age\b|must (?:have an? |be set to )?expir|without an? expir"
    r"|expir\w* (?:date |time )?(?:is )?(?:required|policy|within|exceeds)|never expires"
)
_REGION: Final = r"\bdata regions?\b|\bregion\b.*\b(?:not allowed|not permitted|guardrail|key)\b"
_BLOCKED: Final = r"security policy|unsupported (?:country|region)|your (?:country|region|IP)\b"
_FREE_QUOTA: Final = r"free-models-per-day"


def _find(pattern: str, refusal: Refusal | None) -> re.Match[str] | None:
    return None if refusal is None else re.search(pattern, refusal.message, re.IGNORECASE | re.DOTALL)


_Test = Callable[[Reply, Refusal | None], bool]


def _always(_reply: Reply, _refusal: Refusal | None) -> bool:
    return True


def _has_body(reply: Reply, _refusal: Refusal | None) -> bool:
    return reply.body is not None


def _is_envelope(_reply: Reply, refusal: Refusal | None) -> bool:
    return refusal is not None


def _is_firewall(reply: Reply, refusal: Refusal | None) -> bool:
    """Return True for a page, or an error that is a plain string (API.md §3)."""
    if refusal is not None:
        return False
    return reply.fault is TransportFault.HTML or (reply.body is not None and isinstance(reply.body.get("error"), str))


def _breaks_off(reply: Reply, _refusal: Refusal | None) -> bool:
    return reply.fault in _INCOMPLETE


def _has_source(*limit_sources: str) -> _Test:
    return lambda _reply, refusal: refusal is not None and refusal.limit_source in limit_sources


def _has_reason(*reasons: str) -> _Test:
    return lambda _reply, refusal: refusal is not None and refusal.reason in reasons


def _says(pattern: str) -> _Test:
    return lambda _reply, refusal: _find(pattern, refusal) is not None


@dataclass(frozen=True, slots=True)
class _Row:
    statuses: range | tuple[int, ...]
    fits: _Test
    kind: ReplyKind


_INCOMPLETE: Final = (TransportFault.EMPTY, TransportFault.READ_TIMEOUT)
_SPENT: Final = (402, 403)
_REFUSED: Final = (401, 402, 403)
_TABLE: Final = (
    _Row(range(200, 300), _has_body, ReplyKind.OK),
    _Row(range(200, 300), _breaks_off, ReplyKind.UNREACHABLE),
    _Row(range(300, 400), _always, ReplyKind.REDIRECTED),
    _Row((401, 403), _says(_LIFETIME), ReplyKind.KEY_LIFETIME),
    _Row((401,), _is_envelope, ReplyKind.KEY_REJECTED),
    # `reason` first: it parts situations that share one limit_source (API.md §3).
    _Row(_SPENT, _has_reason("weight_exceeds_budget"), ReplyKind.REQUEST_TOO_LARGE),
    _Row(_SPENT, _has_reason("in_flight_budget_exhausted"), ReplyKind.RATE_LIMITED),
    _Row(_SPENT, _has_source("openrouter_in_flight_budget"), ReplyKind.RATE_LIMITED),
    _Row(_SPENT, _says(_UNAFFORDABLE), ReplyKind.UNAFFORDABLE),
    _Row(_SPENT, _has_source("openrouter_key_limit"), ReplyKind.KEY_LIMIT_SPENT),
    _Row(_SPENT, _has_source("openrouter_guardrail_budget", "openrouter_workspace_budget"), ReplyKind.BUDGET_SPENT),
    _Row(_SPENT, _has_source("openrouter_credits"), ReplyKind.CREDIT_EXHAUSTED),
    _Row(_SPENT, _says(_KEY_LIMIT), ReplyKind.KEY_LIMIT_SPENT),
    _Row(_SPENT, _says(_BUDGET), ReplyKind.BUDGET_SPENT),
    _Row(_SPENT, _says(_NO_CREDIT), ReplyKind.CREDIT_EXHAUSTED),
    _Row((402,), _says(_HIGHER_LIMIT), ReplyKind.KEY_LIMIT_TOO_LOW),
    _Row((402,), _is_envelope, ReplyKind.CREDIT_EXHAUSTED),
    _Row((403,), _says(_MANAGEMENT), ReplyKind.MANAGEMENT_KEY_NEEDED),
    _Row((403,), _says(_ADDRESS), ReplyKind.ADDRESS_NOT_ALLOWED),
    _Row((403,), _says(_BLOCKED), ReplyKind.CALLER_BLOCKED),
    _Row((403,), _says(_REGION), ReplyKind.REGION_REFUSED),
    _Row((403,), _is_envelope, ReplyKind.KEY_FORBIDDEN),
    _Row((403, 451), _is_firewall, ReplyKind.CALLER_BLOCKED),
    _Row((451,), _is_envelope, ReplyKind.CALLER_BLOCKED),
    _Row(_REFUSED, _always, ReplyKind.GATEWAY_REFUSED),
    _Row((407,), _always, ReplyKind.PROXY_FAILED),
    _Row((400, 413, 422), _is_envelope, ReplyKind.BAD_REQUEST),
    _Row((404, 410), _is_envelope, ReplyKind.NOT_FOUND),
    _Row((409,), _is_envelope, ReplyKind.CONFLICT),
    _Row((429,), _says(_FREE_QUOTA), ReplyKind.FREE_REQUESTS_SPENT),
    _Row((429,), _always, ReplyKind.RATE_LIMITED),
    _Row((408,), _always, ReplyKind.OUTAGE),
    _Row(range(500, 600), _always, ReplyKind.OUTAGE),
)
