"""Can the key pay? By the lowest ceiling that is known, and never by one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.money.ceilings import binding
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.settings.model import OnUnknownBalance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from openrouter_preflight.findings import Ceiling, Finding
    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.settings.model import Policies

_SEVERITY_BY_POLICY: Final = {OnUnknownBalance.FAIL: Severity.ERROR, OnUnknownBalance.WARN: Severity.WARNING}


def severity_of_unknown(policies: Policies) -> Severity | None:
    """How bad a balance is that cannot be known; None: not worth a word."""
    return _SEVERITY_BY_POLICY.get(policies.on_unknown_balance)


def balance_findings(facts: Facts, ceilings: tuple[Ceiling, ...]) -> Iterator[Finding]:
    """Exhausted, low or unknown; nothing for a key that was not accepted or cannot spend by its kind."""
    info = facts.key_info
    if info is None or info.is_management_key:
        return
    lowest, minimum = binding(ceilings), facts.target.gates.min_balance
    name = facts.target.name
    if lowest is not None and lowest.remaining <= 0:
        message = f"{name} cannot spend anything: {state_of(lowest)}."
        yield facts.target.finding("credit-exhausted", message, wording.how_to_raise(lowest)).with_about(lowest.name)
    elif lowest is not None and minimum is not None and lowest.remaining < minimum:
        message = f"{name} can spend {wording.usd(lowest.remaining)}, less than the minimum of {wording.usd(minimum)}: "
        low = facts.target.finding("balance-low", f"{message}{state_of(lowest)}.", wording.how_to_raise(lowest))
        yield low.with_about(lowest.name)
    elif minimum and (lowest is None or account_is_owed(facts)):
        yield from _unknown(facts, minimum, lowest)


def account_is_owed(facts: Facts) -> bool:
    """Whether a management key was asked for the account's balance and gave none: a lower ceiling may be hidden."""
    return facts.account_is_certain and (facts.account is None or facts.account.data is None)


def why_unlimited(facts: Facts) -> str:
    """Why nothing is known that limits the key, as the end of a sentence."""
    if facts.is_other_account:
        return "the key has no limit of its own, and the management key is of another account"
    return "the key has no limit of its own, and only a management key is told the account's balance"


def _unknown(facts: Facts, minimum: Decimal, lowest: Ceiling | None) -> Iterator[Finding]:
    severity = severity_of_unknown(facts.target.policies)
    if severity is None:
        return
    unknown = f"{facts.target.name}: whether {wording.usd(minimum)} can be spent is not known: "
    if facts.account is None or not account_is_owed(facts):
        yield facts.target.finding("balance-unknown", f"{unknown}{why_unlimited(facts)}.", severity=severity)
        return
    known = f"; {state_of(lowest)}" if lowest is not None else ""
    reason = _REASONS.get(facts.account.kind, "the account's balance could not be read")
    help_ = "Look at the management key and run the step again; --on-unknown-balance warn lets it pass."
    yield facts.target.finding("balance-unknown", f"{unknown}{reason}{known}.", help_, severity)


_REASONS: Final = {
    ReplyKind.KEY_REJECTED: "the management key was rejected (401)",
    ReplyKind.MANAGEMENT_KEY_NEEDED: "what was given as the management key is an ordinary key",
}


def state_of(ceiling: Ceiling) -> str:
    """The ceiling's figures as the end of a sentence."""
    name, left = wording.ceiling_name(ceiling.name), wording.usd(ceiling.remaining)
    sure = "" if ceiling.certain else " (best effort: told to an ordinary key)"
    if ceiling.name == "account":
        return f"{name} is {left}{sure}"
    of = f" of {wording.usd(ceiling.limit)}" if ceiling.limit is not None else ""
    return f"{name} has {left}{of} left, and {wording.reset_of(ceiling)}"
