"""What an answer means, decided here and nowhere else, by status *and* body (API.md §3).

The table is read from the top; the first row that fits gives the meaning. A body that is not OpenRouter's envelope
never says anything about a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.openrouter import json_fields as fields
from openrouter_preflight.openrouter.reply import Reply, TransportFault

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.openrouter.json_fields import Json


class ReplyKind(StrEnum):
    """Everything that an answer can say."""

    OK = "ok"
    KEY_REJECTED = "key-rejected"
    """401 in OpenRouter's own envelope, each time it was asked."""
    REJECTION_UNCONFIRMED = "rejection-unconfirmed"
    """401, and no time was left to ask often enough to believe it (API.md §3)."""
    KEY_LIMIT_SPENT = "key-limit-spent"
    BUDGET_SPENT = "budget-spent"
    CREDIT_EXHAUSTED = "credit-exhausted"
    UNAFFORDABLE = "unaffordable"
    """More output was asked for than what is left can pay."""
    KEY_FORBIDDEN = "key-forbidden"
    MANAGEMENT_KEY_NEEDED = "management-key-needed"
    """Says nothing against the key, only that it is an ordinary one (API.md §2)."""
    CALLER_BLOCKED = "caller-blocked"
    """This machine's country or address is refused; nothing is said of the key."""
    BAD_REQUEST = "bad-request"
    NOT_FOUND = "not-found"
    RATE_LIMITED = "rate-limited"
    OUTAGE = "outage"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    """409, of a write only."""
    WRITE_UNCERTAIN = "write-uncertain"
    """A write that may or may not have been carried out: look at the account before doing anything else."""


RETRIED: Final = frozenset({ReplyKind.RATE_LIMITED, ReplyKind.OUTAGE})
"""Meanings that may change when asked again; a transient fault of the connection may, too."""

UNDECIDED: Final = RETRIED | {ReplyKind.UNREACHABLE, ReplyKind.REJECTION_UNCONFIRMED}
"""Meanings after which nothing is known: `--on-unreachable` says what becomes of that."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """OpenRouter's error envelope, read tolerantly. Its message is matched, never shown."""

    message: str = field(repr=False)
    error_type: str | None
    limit_source: str | None
    availability: str | None
    """`error.availability.code`: why a model cannot be used."""
    resets_at: datetime | None


def read_refusal(body: Json | None) -> Refusal | None:
    """The envelope `{"error": {…}}`; None where the body is not one."""
    error = fields.record(body, "error") if body is not None else None
    if error is None:
        return None
    metadata = fields.record(error, "metadata") or {}
    if fields.text(error, "message") is None and fields.text(metadata, "error_type") is None:
        return None
    availability = fields.record(error, "availability") or fields.record(metadata, "availability") or {}
    return Refusal(
        message=fields.text(error, "message") or "",
        error_type=fields.text(metadata, "error_type"),
        limit_source=fields.text(metadata, "limit_source"),
        availability=fields.text(availability, "code"),
        resets_at=fields.moment(metadata, "resets_at"),
    )


def classify_reply(reply: Reply) -> ReplyKind:
    """The one meaning of a reply."""
    status, refusal = _status_of(reply), read_refusal(reply.body)
    if status is None:
        return ReplyKind.UNREACHABLE
    for row in _TABLE:
        if status in row.statuses and row.fits(reply, refusal):
            return row.kind
    return ReplyKind.UNREACHABLE


def spent_interval(refusal: Refusal | None) -> str | None:
    """Which of a key's limits is spent, as the message names it: `total`, `daily`, `weekly` or `monthly`."""
    found = _find(_KEY_LIMIT, refusal)
    return found[1].lower() if found and found[1] else None


def affordable_tokens(refusal: Refusal | None) -> int | None:
    """How many tokens of an answer could be paid for, as the refusal of a longer one tells (API.md §3)."""
    found = _find(_AFFORDABLE, refusal)
    return int(found[1]) if found else None


def _status_of(reply: Reply) -> int | None:
    """The status, where a 200 that carries an error envelope counts as the error's own code."""
    if reply.status is None or not 200 <= reply.status < 300 or reply.body is None or "data" in reply.body:
        return reply.status
    error = fields.record(reply.body, "error")
    code = fields.whole(error, "code") if error is not None else None
    return reply.status if code is None else code


# Patterns of messages, whatever their case; they are compiled where a message has to be read, which is seldom.
_KEY_LIMIT: Final = r"key limit exceeded(?: \((total|daily|weekly|monthly) limit\))?"
_BUDGET: Final = r"\bbudget\b.*\b(?:exceeded|exhausted|spent|reached)|exceeded.*\bbudget\b"
_NO_CREDIT: Final = r"insufficient (?:credits|funds|balance)|negative (?:credit )?balance"
_UNAFFORDABLE: Final = r"requires more credits, or fewer max_tokens|can only afford"
_AFFORDABLE: Final = r"can only afford ([0-9]{1,15})\b"
_MANAGEMENT: Final = r"(?:management|provisioning) keys?\b"
_BLOCKED: Final = r"security policy|unsupported (?:country|region)|your (?:country|region|IP)\b"


def _find(pattern: str, refusal: Refusal | None) -> re.Match[str] | None:
    return None if refusal is None else re.search(pattern, refusal.message, re.IGNORECASE)


_Test = Callable[[Reply, Refusal | None], bool]


def _always(_reply: Reply, _refusal: Refusal | None) -> bool:
    return True


def _has_body(reply: Reply, _refusal: Refusal | None) -> bool:
    return reply.body is not None


def _is_envelope(_reply: Reply, refusal: Refusal | None) -> bool:
    return refusal is not None


def _is_foreign(reply: Reply, refusal: Refusal | None) -> bool:
    """A refusal by what stands in front of OpenRouter: a plain-string error or a web page (API.md §3)."""
    return refusal is None and (reply.body is not None or reply.fault is TransportFault.HTML)


def _has_source(*limit_sources: str) -> _Test:
    return lambda _reply, refusal: refusal is not None and refusal.limit_source in limit_sources


def _says(pattern: str) -> _Test:
    return lambda _reply, refusal: _find(pattern, refusal) is not None


@dataclass(frozen=True, slots=True)
class _Row:
    statuses: range | tuple[int, ...]
    fits: _Test
    kind: ReplyKind


_SPENT: Final = (402, 403)
_TABLE: Final = (
    _Row(range(200, 300), _has_body, ReplyKind.OK),
    _Row((401,), _is_envelope, ReplyKind.KEY_REJECTED),
    _Row(_SPENT, _has_source("openrouter_in_flight_budget"), ReplyKind.RATE_LIMITED),
    _Row(_SPENT, _says(_UNAFFORDABLE), ReplyKind.UNAFFORDABLE),
    _Row(_SPENT, _has_source("openrouter_key_limit"), ReplyKind.KEY_LIMIT_SPENT),
    _Row(_SPENT, _has_source("openrouter_guardrail_budget", "openrouter_workspace_budget"), ReplyKind.BUDGET_SPENT),
    _Row(_SPENT, _has_source("openrouter_credits"), ReplyKind.CREDIT_EXHAUSTED),
    _Row(_SPENT, _says(_KEY_LIMIT), ReplyKind.KEY_LIMIT_SPENT),
    _Row(_SPENT, _says(_BUDGET), ReplyKind.BUDGET_SPENT),
    _Row(_SPENT, _says(_NO_CREDIT), ReplyKind.CREDIT_EXHAUSTED),
    _Row((402,), _is_envelope, ReplyKind.CREDIT_EXHAUSTED),
    _Row((403,), _says(_BLOCKED), ReplyKind.CALLER_BLOCKED),
    _Row((403,), _says(_MANAGEMENT), ReplyKind.MANAGEMENT_KEY_NEEDED),
    _Row((403,), _is_envelope, ReplyKind.KEY_FORBIDDEN),
    _Row((403, 451), _is_foreign, ReplyKind.CALLER_BLOCKED),
    _Row((451,), _is_envelope, ReplyKind.CALLER_BLOCKED),
    _Row((400, 413, 422), _is_envelope, ReplyKind.BAD_REQUEST),
    _Row((404, 410), _is_envelope, ReplyKind.NOT_FOUND),
    _Row((409,), _is_envelope, ReplyKind.CONFLICT),
    _Row((429,), _always, ReplyKind.RATE_LIMITED),
    _Row((408,), _always, ReplyKind.OUTAGE),
    _Row(range(500, 600), _always, ReplyKind.OUTAGE),
)
