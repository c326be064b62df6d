"""Rules for answers that do not describe the key (API.md §3)."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.address import DEFAULT_ADDRESS
from openrouter_preflight.health.rules.rejection import rejection_finding
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import UNDECIDED, WRONG_SETUP, ReplyKind, spent_interval
from openrouter_preflight.settings.model import OnUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.address import ServiceAddress
    from openrouter_preflight.health.facts import Evidence, Target
    from openrouter_preflight.openrouter.request import Answer

_SPENT: Final = (
    ReplyKind.KEY_LIMIT_SPENT,
    ReplyKind.KEY_LIMIT_TOO_LOW,
    ReplyKind.BUDGET_SPENT,
    ReplyKind.CREDIT_EXHAUSTED,
    ReplyKind.UNAFFORDABLE,
)
_LONGEST_WAIT: Final = 10 * 365 * 86_400


def service_findings(
    target: Target,
    answer: Answer[object] | None,
    address: ServiceAddress = DEFAULT_ADDRESS,
    evidence: Evidence | None = None,
) -> Iterator[Finding]:
    """Return the finding that says why there is no answer, if there is none."""
    if answer is None or answer.kind is ReplyKind.OK:
        return
    finding = _finding(target, answer, address, evidence)
    is_outage = answer.kind in (*UNDECIDED, ReplyKind.KEY_REJECTED) and finding.rule.name in _OUTAGE_RULES
    if is_outage and target.policies.on_unreachable is OnUnreachable.WARN:
        finding = finding.with_severity(Severity.WARNING)
    yield finding


_OUTAGE_RULES: Final = ("service-unreachable", "service-rate-limited")


def _finding(target: Target, answer: Answer[object], address: ServiceAddress, evidence: Evidence | None) -> Finding:
    name, kind, status = target.name, answer.kind, f"HTTP {answer.status}"
    if kind is ReplyKind.KEY_REJECTED:
        return rejection_finding(target, evidence)
    if kind in _SPENT:
        what, cure = _spent(answer)
        return target.finding("credit-exhausted", f"{name} cannot spend anything: {what} ({status}).", cure)
    if kind in _REFUSED:
        rule, what = _REFUSED[kind]
        return target.finding(rule, f"{name} {what} ({status}).")
    if kind is ReplyKind.RATE_LIMITED:
        message = f"{name} could not be checked: OpenRouter asks to slow down ({status}){_wait(answer)}."
        return target.finding("service-rate-limited", message)
    is_elsewhere = answer.fault is TransportFault.NO_SUCH_NAME and not address.is_openrouter
    if kind in _NO_API or is_elsewhere:
        return _wrong_base_url(target, answer, address) if address.is_set else _intercepted(target, answer, address)
    if kind in WRONG_SETUP:
        return _wrong_setup(target, answer, address)
    why, help_ = _outage(answer)
    return target.finding("service-unreachable", f"{name} could not be checked: {why}.", help_)


_NO_API: Final = (
    ReplyKind.NOT_OPENROUTER,
    ReplyKind.REDIRECTED,
    ReplyKind.NOT_FOUND,
    ReplyKind.BAD_REQUEST,
    ReplyKind.CONFLICT,
)
_REFUSED: Final[dict[ReplyKind, tuple[str, str]]] = {
    ReplyKind.KEY_LIFETIME: (
        "key-lifetime-exceeded",
        "was refused: the account has a maximum key lifetime, and this key exceeds it",
    ),
    ReplyKind.REGION_REFUSED: ("key-region-blocked", "was refused: its data regions do not include this host's"),
    ReplyKind.KEY_FORBIDDEN: ("key-forbidden", "was refused: OpenRouter knows the key and forbids the request"),
    ReplyKind.MANAGEMENT_KEY_NEEDED: ("key-forbidden", "was refused: OpenRouter knows the key and forbids the request"),
    ReplyKind.FREE_REQUESTS_SPENT: (
        "free-requests-exhausted",
        "cannot use :free models until 00:00 UTC: the account's free requests of today are used up",
    ),
}
_GATEWAY: Final = (
    "gateway-refused",
    "a gateway, proxy or firewall in front of OpenRouter refused, which says nothing about the key",
)
_SETUP: Final[dict[ReplyKind, tuple[str, str]]] = {
    ReplyKind.TLS_FAILED: ("tls-failed", ""),
    ReplyKind.PROXY_FAILED: ("proxy-failed", ""),
    ReplyKind.GATEWAY_REFUSED: _GATEWAY,
    ReplyKind.CALLER_BLOCKED: (
        "caller-blocked",
        "this machine's country or address is blocked, which says nothing about the key",
    ),
    ReplyKind.ADDRESS_NOT_ALLOWED: (
        "address-not-allowed",
        "this machine's address is not on the account's IP allowlist, which says nothing about the key",
    ),
}


def _wrong_setup(target: Target, answer: Answer[object], address: ServiceAddress) -> Finding:
    is_page = answer.kind is ReplyKind.CALLER_BLOCKED and answer.fault is TransportFault.HTML
    rule, what = _GATEWAY if is_page and address.is_set else _SETUP[answer.kind]
    reason = f"{what} (HTTP {answer.status})" if answer.status is not None and what else f"{answer.fault}"
    return target.finding(rule, f"{target.name} could not be checked: {reason}{address.remark}.")


def _wrong_base_url(target: Target, answer: Answer[object], address: ServiceAddress) -> Finding:
    message = f"{target.name} could not be checked: {address.described} is not an OpenRouter API ({_seen(answer)})."
    return target.finding("base-url-wrong", message)


def _intercepted(target: Target, answer: Answer[object], address: ServiceAddress) -> Finding:
    message = (
        f"{target.name} could not be checked: what answered at {address.shown} is not OpenRouter ({_seen(answer)})."
    )
    return target.finding("answer-intercepted", message)


def _seen(answer: Answer[object]) -> str:
    """Return the answer that came instead, as a remark."""
    status = f"HTTP {answer.status}" if answer.status is not None else ""
    return ", ".join(part for part in (str(answer.fault or ""), status) if part)


def _spent(answer: Answer[object]) -> tuple[str, str]:
    """Return the spent ceiling and its cure."""
    resets_at = answer.refusal.resets_at if answer.refusal else None
    interval = spent_interval(answer.refusal)
    if answer.kind in (ReplyKind.KEY_LIMIT_SPENT, ReplyKind.KEY_LIMIT_TOO_LOW):
        kind = "limit" if interval in (None, "total") else f"{interval} limit"
        state = "is spent" if answer.kind is ReplyKind.KEY_LIMIT_SPENT else "is too low for even a small request"
        what = f"the key's own {kind} {state}"
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


def _outage(answer: Answer[object]) -> tuple[str, str | None]:
    """Why nothing was decided, and what to do about it where that is special."""
    status = f"HTTP {answer.status}"
    if answer.kind is ReplyKind.REJECTION_UNCONFIRMED:
        return (
            "OpenRouter answered 401, and the deadline left no time to ask again before believing it",
            "Raise --deadline and run the step again.",
        )
    if answer.kind is ReplyKind.OUTAGE:
        return f"OpenRouter is in trouble ({status}, asked {wording.times(answer.attempts)}){_wait(answer)}", None
    help_ = (
        "Raise --deadline, or look at the network of this machine." if answer.fault is TransportFault.OVERDUE else None
    )
    return f"{answer.fault or 'no complete answer'}" + (f" ({status})" if answer.status else ""), help_


def _wait(answer: Answer[object]) -> str:
    """The wait that was asked for, where it was longer than the deadline allowed."""
    seconds = answer.retry_after
    if not seconds:
        return ""
    if seconds > _LONGEST_WAIT:
        return " and to wait for years, longer than any deadline"
    span = f"{ceil(seconds)} s" if seconds < 60 else wording.duration(timedelta(seconds=seconds))
    return f" and to wait {span}, longer than the deadline allows"
