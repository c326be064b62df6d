"""The runway gate: enough to spend, for long enough."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health import wording
from openrouter_preflight.health.money.runway import first_failure
from openrouter_preflight.health.rules.balance import account_is_owed, severity_of_unknown, state_of, why_unlimited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Ceiling, Finding
    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.health.money.burn_rate import Spending
    from openrouter_preflight.health.money.runway import Week


_NO_RATE: Final = "there is too little history to tell a rate from"
_GIVE_A_RATE: Final = (
    "Give the rate with --expected-spend, in USD a day; --on-unknown-balance warn lets it pass until there is history."
)


def runway_days(facts: Facts, ceilings: tuple[Ceiling, ...], now: datetime) -> float | None:
    """Return days until requests fail, infinity for never, None for unknown."""
    if not is_asked(facts) or facts.spending is None:
        return None
    if any(ceiling.remaining <= 0 for ceiling in ceilings):
        return 0.0
    drains = _drains(ceilings, facts.spending)
    if not drains or len(drains) < len(ceilings):
        return None
    failure = first_failure(drains, now)
    return inf if failure is None else (failure[0] - now) / timedelta(days=1)


def is_asked(facts: Facts) -> bool:
    """Return True where the settings name a runway."""
    gates = facts.target.gates
    return gates.min_runway is not None or gates.expected_spend is not None


def runway_findings(facts: Facts, ceilings: tuple[Ceiling, ...], now: datetime) -> Iterator[Finding]:
    """Return short or unknown for an accepted key that is not exhausted."""
    asked, spending = facts.target.gates.min_runway, facts.spending
    info = facts.key_info
    if asked is None or spending is None or info is None or info.is_management_key:
        return
    if any(ceiling.remaining <= 0 for ceiling in ceilings):
        return
    drains = _drains(ceilings, spending)
    failure = first_failure(drains, now)
    if failure is not None and failure[0] - now < asked:
        yield _short(facts, spending, *failure, now)
        return
    unknown = _unknown(facts, ceilings, drains)
    severity = severity_of_unknown(facts.target.policies)
    if unknown and severity is not None:
        message = f"{facts.target.name}: whether it lasts the {wording.duration(asked)} of --min-runway is not known: "
        help_ = _GIVE_A_RATE if unknown == _NO_RATE else None
        yield facts.target.finding("runway-unknown", f"{message}{unknown}.", help_, severity)


def _drains(ceilings: tuple[Ceiling, ...], spending: Spending) -> list[tuple[Ceiling, Week]]:
    pairs = [(ceiling, spending.drain_of(ceiling)) for ceiling in ceilings]
    return [(ceiling, week) for ceiling, week in pairs if week is not None]


def _short(facts: Facts, spending: Spending, end: datetime, ceiling: Ceiling, now: datetime) -> Finding:
    week = spending.drain_of(ceiling)
    rate = f" at {wording.usd(week.daily)} a day, {spending.basis}" if week is not None else ""
    asked = wording.duration(facts.target.gates.min_runway or timedelta())
    left = f"{wording.duration(end - now)} ({wording.date(end)})"
    message = (
        f"{facts.target.name} runs out in {left}, sooner than the {asked} of --min-runway{rate}: {state_of(ceiling)}."
    )
    return facts.target.finding("runway-short", message, wording.how_to_raise(ceiling)).with_about(ceiling.name)


def _unknown(facts: Facts, ceilings: tuple[Ceiling, ...], drains: list[tuple[Ceiling, Week]]) -> str | None:
    """Why the runway cannot be known, as the end of a sentence; None where it is."""
    if not ceilings:
        return why_unlimited(facts)
    if len(drains) < len(ceilings):
        return _NO_RATE
    if account_is_owed(facts):
        return "the account's balance could not be read"
    if facts.activity is not None and facts.activity.data is None and facts.target.gates.expected_spend is None:
        return "the account's activity could not be read"
    return None
