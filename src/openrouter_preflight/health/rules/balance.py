"""Rules about money, by the lowest ceiling that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.models.free import needs_only_free_models
from openrouter_preflight.health.money.ceilings import ACCOUNT, binding
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
    """Return the severity of an unknown balance, or None for silence."""
    return _SEVERITY_BY_POLICY.get(policies.on_unknown_balance)


def balance_findings(facts: Facts, ceilings: tuple[Ceiling, ...]) -> Iterator[Finding]:
    """Return exhausted, low or unknown for an accepted inference key."""
    info = facts.key_info
    if info is None or info.is_management_key:
        return
    lowest, minimum = binding(ceilings), facts.target.gates.min_balance
    name = facts.target.name
    if lowest is not None and lowest.remaining <= 0:
        yield from (finding.with_about(lowest.name) for finding in _exhausted(facts, lowest))
    elif lowest is not None and minimum is not None and lowest.remaining < minimum:
        bound = "" if is_account_known(facts) else "at most "
        message = f"{name} can spend {bound}{wording.usd(lowest.remaining)}, less than the minimum of "
        message += f"{wording.usd(minimum)}: "
        low = facts.target.finding("balance-low", f"{message}{state_of(lowest)}.", wording.how_to_raise(lowest))
        yield low.with_about(lowest.name)
    elif minimum and (lowest is None or account_is_owed(facts)):
        yield from _unknown(facts, minimum, lowest)


def _exhausted(facts: Facts, lowest: Ceiling) -> Iterator[Finding]:
    """Return the finding about a ceiling with nothing left."""
    target, message = facts.target, f"{facts.target.name} cannot spend anything: {state_of(lowest)}"
    if lowest.name != ACCOUNT:
        yield target.finding("credit-exhausted", f"{message}.", wording.how_to_raise(lowest))
        return
    if lowest.remaining == 0 and not target.gates.min_balance and needs_only_free_models(facts):
        return  # zero is not negative, and only a negative balance blocks :free models (API.md §3)
    if lowest.limit != 0:
        yield target.finding("credit-exhausted", f"{message}.", wording.how_to_raise(lowest))
        return
    # Nothing was ever bought: grants are invisible in the balance, and own provider keys need none (API.md §2).
    severity = severity_of_unknown(target.policies)
    if facts.probe is not None and facts.probe.answer.data is not None and facts.probe.answer.data.error_status is None:
        severity = Severity.WARNING
    if severity is not None:
        remark = "; promotional grants are not shown in it, and models paid with own provider keys need none"
        yield target.finding("credit-exhausted", f"{message}{remark}.", _NEVER_BOUGHT, severity)


_NEVER_BOUGHT: Final = (
    "Add credit at https://openrouter.ai/settings/credits; where a grant or own provider keys pay, let it pass with "
    "--on-unknown-balance warn, or show that requests work with --probe."
)


def is_account_known(facts: Facts) -> bool:
    """Return True where the account's balance is known (API.md §2)."""
    told = facts.account.data if facts.account is not None else None
    return told is not None and (facts.account_is_certain or told.total > 0)


def account_is_owed(facts: Facts) -> bool:
    """Return True where the account's balance was requested and not given."""
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
