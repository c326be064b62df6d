"""Findings of this room, and answers that stand in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.findings import Finding, rule
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from openrouter_preflight.findings import Severity
    from openrouter_preflight.openrouter.request import Answer

SHOWN: Final = 12
"""Digits of a fingerprint that people read."""


def found(
    name: str,
    what: str,
    *,
    severity: Severity | None = None,
    help_: str | None = None,
    key: str | None = None,
    fingerprint: str | None = None,
) -> Finding:
    """Return a finding with the rule's own defaults."""
    broken = rule(name)
    return Finding(
        rule=broken,
        severity=severity or broken.severity,
        what=what,
        help=help_ or broken.fix,
        key=key,
        fingerprint=fingerprint,
    )


def reason(answer: Answer[Any]) -> str:
    """The reason why there is no usable answer, as a clause."""
    status = f" (HTTP {answer.status})" if answer.status else ""
    words = _REASONS.get(answer.kind)
    if words is not None:
        return words + status
    if answer.fault is not None:
        return f"{answer.fault}{status}"
    return f"OpenRouter refused{status}"


def refused_key(answer: Answer[Any], variable: str) -> Finding | None:
    """Return the finding about a refused management key, or None."""
    if answer.kind is ReplyKind.MANAGEMENT_KEY_NEEDED:
        return found("management-key-refused", f"{variable} is an ordinary key, not a management key (HTTP 403).")
    if answer.kind in (ReplyKind.KEY_REJECTED, ReplyKind.REJECTION_UNCONFIRMED):
        return found("management-key-refused", f"{variable} was rejected: OpenRouter answered 401.")
    return None


_REASONS: Final = {
    ReplyKind.NOT_FOUND: "there is no such thing",
    ReplyKind.RATE_LIMITED: "OpenRouter asks to slow down",
    ReplyKind.OUTAGE: "OpenRouter is in trouble",
    ReplyKind.CALLER_BLOCKED: "this machine's country or address is refused",
    ReplyKind.ADDRESS_NOT_ALLOWED: "this machine's address is not on the account's IP allowlist",
    ReplyKind.GATEWAY_REFUSED: "a gateway, proxy or firewall in front of OpenRouter refused",
    ReplyKind.KEY_LIFETIME: "the account's maximum key lifetime refuses the key",
    ReplyKind.NOT_OPENROUTER: "what answered is not OpenRouter",
    ReplyKind.KEY_REJECTED: "the key was rejected",
    ReplyKind.REJECTION_UNCONFIRMED: "the key was rejected, and there was no time to ask again",
    ReplyKind.WRITE_UNCERTAIN: "no answer says whether it was carried out",
}
