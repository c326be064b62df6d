"""Spending, remainders and ceilings of an account at a moment. Pure.

Spending is counted in USD over UTC windows. Ceilings stand in the order in which enforcement checks them (API.md §1).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from openrouter_preflight.simulator.account import ZERO, Account, Budget, Key, Spend
from openrouter_preflight.simulator.clock import Interval, next_reset, window_start

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

FREE_REQUESTS_A_DAY = 50
FREE_REQUESTS_A_DAY_ONCE_PAID = 1000
PAID_FROM = Decimal(10)
"""USD of credit once bought from which the larger quota of `:free` requests holds (API.md §3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Spending of a key in each window, in USD."""

    total: Decimal
    daily: Decimal
    weekly: Decimal
    monthly: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """One budget, or the key's own limit, as it stands now."""

    scope: str
    limit: Decimal
    spent: Decimal
    reset: Interval | None
    resets_at: datetime | None
    include_byok: bool
    id: str | None = None

    @property
    def remaining(self) -> Decimal:
        """The amount left; zero or less stops requests."""
        return self.limit - self.spent


def usage(account: Account, key: Key, now: datetime) -> Usage:
    """Return the amounts that `key` drew from the account's credit."""
    return _in_each_window([(row.day, row.usd) for row in account.ledger if row.key == key.hash], now)


def byok_usage(account: Account, key: Key, now: datetime) -> Usage:
    """Return the amounts that `key` spent through providers' own keys."""
    return _in_each_window([(row.day, row.byok_usd) for row in account.ledger if row.key == key.hash], now)


def _in_each_window(amounts: list[tuple[date, Decimal]], now: datetime) -> Usage:
    def since(interval: Interval | None) -> Decimal:
        start = window_start(interval, now)
        return sum((usd for day, usd in amounts if day >= start), ZERO)

    return Usage(total=since(None), daily=since("daily"), weekly=since("weekly"), monthly=since("monthly"))


def total_usage(account: Account) -> Decimal:
    """Return all that was ever drawn from the credit, by deleted keys too."""
    return sum((row.usd for row in account.ledger), ZERO)


def balance(account: Account) -> Decimal:
    """Return the remaining credit; negative where the last requests overdrew it."""
    return account.credits - total_usage(account)


def ceilings(account: Account, key: Key, now: datetime) -> tuple[Ceiling, ...]:
    """Return the ceilings of `key` in order of enforcement, without the credit."""
    layers = [_budget_ceiling(account, budget, now) for budget in account.budgets if budget.covers(key.hash)]
    own = limit_ceiling(account, key, now)
    return (*layers, own) if own else tuple(layers)


def limit_ceiling(account: Account, key: Key, now: datetime) -> Ceiling | None:
    """The key's own limit; None where it has none."""
    if key.limit is None:
        return None
    own = (row for row in account.ledger if row.key == key.hash)
    return Ceiling(
        scope="key_limit",
        limit=key.limit,
        spent=_counted(own, key.limit_reset, now, byok=key.include_byok_in_limit),
        reset=key.limit_reset,
        resets_at=next_reset(key.limit_reset, now),
        include_byok=key.include_byok_in_limit,
    )


def _budget_ceiling(account: Account, budget: Budget, now: datetime) -> Ceiling:
    covered = (row for row in account.ledger if budget.covers(row.key))
    return Ceiling(
        scope=budget.scope,
        limit=budget.limit,
        spent=_counted(covered, budget.reset, now, byok=budget.include_byok),
        reset=budget.reset,
        resets_at=next_reset(budget.reset, now),
        include_byok=budget.include_byok,
        id=budget.id,
    )


def _counted(rows: Iterable[Spend], reset: Interval | None, now: datetime, *, byok: bool) -> Decimal:
    start = window_start(reset, now)
    return sum((row.usd + row.byok_usd if byok else row.usd for row in rows if row.day >= start), ZERO)


def binding(layers: tuple[Ceiling, ...]) -> Ceiling | None:
    """Return the ceiling that stops requests first."""
    spent = next((layer for layer in layers if layer.remaining <= 0), None)
    return spent or min(layers, key=lambda layer: layer.remaining, default=None)


def free_requests(account: Account, now: datetime) -> tuple[int, int]:
    """Requests to `:free` models today by the whole account, and how many it may make."""
    today = window_start("daily", now)
    used = sum(row.requests for row in account.ledger if row.day == today and row.model.endswith(":free"))
    allowed = FREE_REQUESTS_A_DAY_ONCE_PAID if account.credits >= PAID_FROM else FREE_REQUESTS_A_DAY
    return used, allowed
