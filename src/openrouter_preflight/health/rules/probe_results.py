"""Rules about the answers of live probes (API.md §3)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Ceiling, Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.money.ceilings import ACCOUNT
from openrouter_preflight.health.probe import wants_probe
from openrouter_preflight.health.rules.availability import service_findings
from openrouter_preflight.openrouter.reply_kind import WRONG_SETUP, ReplyKind, affordable_tokens
from openrouter_preflight.settings.model import OnUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.health.probe_plan import Probe

_TOLERANCE: Final = Decimal("0.01")
"""USD by which the inferred figure may lie below the true one: it leaves out the prompt, and is in whole tokens."""
_DECIDED: Final = (
    ReplyKind.KEY_REJECTED,
    ReplyKind.KEY_LIFETIME,
    ReplyKind.KEY_LIMIT_SPENT,
    ReplyKind.KEY_LIMIT_TOO_LOW,
    ReplyKind.BUDGET_SPENT,
    ReplyKind.CREDIT_EXHAUSTED,
    ReplyKind.KEY_FORBIDDEN,
    ReplyKind.REGION_REFUSED,
    ReplyKind.RATE_LIMITED,
    ReplyKind.FREE_REQUESTS_SPENT,
    ReplyKind.CALLER_BLOCKED,
    ReplyKind.ADDRESS_NOT_ALLOWED,
    ReplyKind.GATEWAY_REFUSED,
)
"""Refusals that say the same of a completion as of any question."""
_AVAILABILITY: Final = {
    "model_not_found": "OpenRouter has no such model",
    "model_deprecated": "the model was retired",
    "no_endpoints": "no provider serves it",
    "privacy_restricted": "the privacy or guardrail settings of the key keep it away",
    "free_variant_ended": "its free variant has ended",
}


def probe_findings(facts: Facts) -> Iterator[Finding]:
    """Return the findings of the probes that were requested."""
    if facts.probe is not None:
        yield from _judge_completion(facts, facts.probe)
    amount = facts.target.gates.probe_afford
    if amount is not None and wants_probe(facts):
        yield from _judge_afford(facts, amount)


def inferred_account(facts: Facts, known: tuple[Ceiling, ...]) -> tuple[Ceiling, ...]:
    """Return the ceilings with a balance inferred from a refusal."""
    probe = facts.afford
    if probe is None or any(ceiling.name == ACCOUNT for ceiling in known):
        return known
    refusal, left = probe.answer.refusal, _affordable(probe)
    source = refusal.limit_source if refusal is not None else None
    if left is None or not (source == "openrouter_credits" or (source is None and not known)):
        return known
    return (*known, Ceiling(name=ACCOUNT, remaining=left, certain=False))


def _judge_completion(facts: Facts, probe: Probe) -> Iterator[Finding]:
    target, answer, model = facts.target, probe.answer, probe.plan.model
    if answer.kind is ReplyKind.REQUEST_TOO_LARGE or (answer.data is not None and answer.data.error_status is not None):
        yield _undecided(facts, probe, f"whether {model} answers")
    elif answer.data is not None:
        cost = "its cost is not told" if answer.data.cost is None else f"it cost {wording.usd(answer.data.cost)}"
        yield target.finding("probe-answered", f"{target.name}: {model} answered a tiny completion; {cost}.")
    elif answer.kind is ReplyKind.UNAFFORDABLE:
        message = f"{target.name} cannot pay even {probe.plan.tokens} tokens of {model} (HTTP {answer.status})."
        yield target.finding("credit-exhausted", message)
    elif answer.kind in _DECIDED:
        yield from service_findings(target, answer, facts.address, facts.evidence)
    elif answer.kind is ReplyKind.NOT_FOUND or (answer.refusal is not None and answer.refusal.availability):
        code = answer.refusal.availability if answer.refusal is not None else None
        reason = _AVAILABILITY.get(code or "", "OpenRouter does not serve it to this key")
        message = f"{target.name} cannot use {model}: {reason} (HTTP {answer.status})."
        yield target.finding("model-unavailable", message).with_about(model)
    elif answer.kind is ReplyKind.BAD_REQUEST:
        message = f"{target.name} cannot use {model}: the request was refused (HTTP {answer.status})."
        yield target.finding("model-unavailable", message).with_about(model)
    else:
        yield _undecided(facts, probe, f"whether {model} answers")


def _judge_afford(facts: Facts, amount: Decimal) -> Iterator[Finding]:
    target, probe = facts.target, facts.afford
    asked = f"the {wording.usd(amount)} of --probe-afford"
    if probe is None:
        message = f"{target.name}: whether {asked} can be afforded is not known: no model that it may use suits the"
        yield target.finding("probe-undecided", f"{message} question.", "Ask a management key for the balance instead.")
        return
    left = _affordable(probe)
    how = f"inferred from how {probe.plan.tokens:,} tokens of {probe.plan.model} were refused"
    if left is not None and left + _TOLERANCE < amount:
        message = f"{target.name} affords about {wording.usd(left)}, less than {asked} ({how})."
        yield target.finding("balance-low", message)
    elif left is not None:
        yield target.finding("account-affords", f"{target.name} affords about {wording.usd(left)} ({how}).")
    elif probe.answer.data is not None and probe.answer.data.error_status is None:
        yield _carried_out(facts, probe, amount)
    elif probe.answer.kind in _DECIDED:
        yield from service_findings(target, probe.answer, facts.address, facts.evidence)
    else:
        yield _undecided(facts, probe, f"whether {asked} can be afforded")


def _carried_out(facts: Facts, probe: Probe, amount: Decimal) -> Finding:
    """Return the finding of a request that was not refused."""
    target, plan = facts.target, probe.plan
    cost = probe.answer.data.cost if probe.answer.data is not None else None
    spent = f"it cost {wording.usd(cost)}" if cost is not None else "its cost is not told"
    sure = min(plan.tokens, plan.longest) * (plan.price or Decimal(0))
    said = f"{plan.model} answered instead of being refused ({spent})"
    if sure >= amount:
        message = f"{target.name} affords {wording.usd(sure)} at least: {said}."
        return target.finding("account-affords", message)
    message = f"{target.name}: whether {wording.usd(amount)} can be afforded is not known: {said}, which shows no more"
    return target.finding(
        "probe-undecided", f"{message} than {wording.usd(sure)}.", "Ask a management key for the balance instead."
    )


def _affordable(probe: Probe) -> Decimal | None:
    """USD that the refusal says is left, in whole tokens."""
    tokens = affordable_tokens(probe.answer.refusal) if probe.answer.kind is ReplyKind.UNAFFORDABLE else None
    return None if tokens is None or probe.plan.price is None else tokens * probe.plan.price


def _undecided(facts: Facts, probe: Probe, what: str) -> Finding:
    target, answer = facts.target, probe.answer
    if answer.kind is ReplyKind.REQUEST_TOO_LARGE:
        message = f"{target.name}: {what} is not known: the one request is too large for the in-flight budget"
        help_ = "Ask a management key for the balance instead: the refusal says nothing about an empty account."
        return target.finding("probe-undecided", f"{message} (HTTP {answer.status}).", help_)
    said = f"HTTP {answer.status}" if answer.status is not None else f"{answer.fault}"
    if answer.data is not None and answer.data.error_status is not None:
        code = f" {answer.data.error_status}" if answer.data.error_status else ""
        said += f", with an error{code} in place of an answer"
    cost = f" of at most {wording.usd(probe.plan.most_usd)}" if probe.plan.most_usd is not None else ""
    lets_pass = target.policies.on_unreachable is OnUnreachable.WARN and answer.kind not in WRONG_SETUP
    message = f"{target.name}: {what} is not known ({said}); it may have been carried out, at a cost{cost}."
    return target.finding("probe-undecided", message, severity=Severity.WARNING if lets_pass else None)
