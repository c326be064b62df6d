"""What an answer other than `here is your key's state` means for the key, or says nothing about it (API.md §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind, spent_interval
from openrouter_preflight.openrouter.retry import ASKED_BEFORE_BELIEVED
from openrouter_preflight.settings.model import OnUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Target
    from openrouter_preflight.openrouter.request import Answer

_SPENT: Final = (ReplyKind.KEY_LIMIT_SPENT, ReplyKind.BUDGET_SPENT, ReplyKind.CREDIT_EXHAUSTED, ReplyKind.UNAFFORDABLE)


def service_findings(target: Target, answer: Answer[object] | None) -> Iterator[Finding]:
    """Nothing where the question was answered or not asked; else the one finding that says why it was not."""
    if answer is None or answer.kind is ReplyKind.OK:
        return
    finding = _judge(target, answer)
    if finding.rule.undecided and target.policies.on_unreachable is OnUnreachable.WARN:
        finding = finding.with_severity(Severity.WARNING)
    yield finding


def _judge(target: Target, answer: Answer[object]) -> Finding:
    name = target.name
    if answer.kind is ReplyKind.KEY_REJECTED:
        message = f"{name} was rejected: OpenRouter answered 401, {_times(ASKED_BEFORE_BELIEVED)} in a row."
        return target.finding("key-rejected", message)
    if answer.kind in _SPENT:
        what, cure = _spent(answer)
        message = f"{name} cannot spend anything: {what} (HTTP {answer.status})."
        return target.finding("credit-exhausted", message, cure)
    if answer.kind in (ReplyKind.KEY_FORBIDDEN, ReplyKind.MANAGEMENT_KEY_NEEDED):
        message = f"{name} was refused: OpenRouter knows the key and answered 403."
        return target.finding("key-forbidden", message)
    if answer.kind is ReplyKind.RATE_LIMITED:
        message = f"{name} could not be checked: OpenRouter asks to slow down (HTTP {answer.status})."
        return target.finding("service-rate-limited", message)
    why, help_ = _unreachable(answer)
    return target.finding("service-unreachable", f"{name} could not be checked: {why}.", help_)


def _spent(answer: Answer[object]) -> tuple[str, str]:
    """What is spent, and its cure."""
    resets_at = answer.refusal.resets_at if answer.refusal else None
    interval = spent_interval(answer.refusal)
    if answer.kind is ReplyKind.KEY_LIMIT_SPENT:
        kind = "limit" if interval in (None, "total") else f"{interval} limit"
        what = f"the key's own {kind} is spent"
        cure = "Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."
        if interval == "total":
            what += ", and it never resets"
    elif answer.kind is ReplyKind.BUDGET_SPENT:
        what = "a budget of its workspace or guardrail is spent"
        cure = "Have that budget raised in the workspace's settings; topping up the account will not help."
    else:
        what = "the account is out of credit"
        cure = "Add credit at https://openrouter.ai/settings/credits."
    if resets_at is not None:
        what += f" (it resets {wording.date(resets_at)})"
    return what, cure


def _unreachable(answer: Answer[object]) -> tuple[str, str | None]:
    """Why nothing was decided, and what to do about it where that is special."""
    status = f"HTTP {answer.status}"
    if answer.kind is ReplyKind.CALLER_BLOCKED:
        return (
            f"this machine's country or address is blocked ({status}), which says nothing about the key",
            "Run the step from a network that OpenRouter serves, or through a proxy (HTTPS_PROXY).",
        )
    if answer.kind is ReplyKind.REJECTION_UNCONFIRMED:
        return (
            "OpenRouter answered 401, and the deadline left no time to ask again before believing it",
            "Raise --deadline and run the step again.",
        )
    if answer.kind is ReplyKind.OUTAGE:
        return f"OpenRouter is in trouble ({status}, asked {_times(answer.attempts)})", None
    if answer.fault is not None:
        return f"{answer.fault}" + (f" ({status})" if answer.status else ""), _HELP_BY_FAULT.get(answer.fault)
    return f"the answer says nothing about a key ({status})", _LOOK_AT_BASE_URL


_LOOK_AT_BASE_URL: Final = "Look at the base URL: it must end in /api/v1."
_HELP_BY_FAULT: Final = {
    TransportFault.CERTIFICATE: "Behind a proxy that inspects TLS, set SSL_CERT_FILE to its CA; else set the clock.",
    TransportFault.PROXY: "Look at HTTPS_PROXY and NO_PROXY, and at the proxy's user name and password.",
    TransportFault.REDIRECT: "Check the base URL (https, ending in /api/v1), and for a captive portal.",
    TransportFault.NOT_OPENROUTER: _LOOK_AT_BASE_URL,
    TransportFault.OVERDUE: "Raise --deadline, or look at the network of this machine.",
}


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
