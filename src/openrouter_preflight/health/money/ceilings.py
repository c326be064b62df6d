"""Ceilings of a key's spending, and the lowest one (API.md §1, §2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Ceiling, FreeRequests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from openrouter_preflight.openrouter.answers import Budget, Credits, KeyInfo, Usage

KEY_LIMIT: Final = "key_limit"
ACCOUNT: Final = "account"
KEYS_OWN_SCOPES: Final = frozenset({KEY_LIMIT, "api_key", "workspace_default_key"})
"""Budgets that hold for the key alone, not for what it shares with others."""


def ceilings_of(
    info: KeyInfo, account: Credits | None, *, account_is_certain: bool = False, now: datetime
) -> tuple[Ceiling, ...]:
    """Return the known ceilings: budgets, the key's own cap, the account.

    An ordinary key's view of the account is believed only if credit was ever bought: zeros are told to it for funded
    accounts (API.md §2).
    """
    found = list(_budgets(info.budgets))
    own = _own_cap(info, now)
    if own is not None and not any(c.name == KEY_LIMIT and c.remaining <= own.remaining for c in found):
        found.append(own)
    if account is not None and (account_is_certain or account.total > 0):
        found.append(
            Ceiling(
                name=ACCOUNT,
                remaining=account.balance,
                limit=account.total,
                spent=account.used,
                certain=account_is_certain,
            )
        )
    return tuple(found)


def free_requests(info: KeyInfo, now: datetime) -> FreeRequests | None:
    """Return today's quota of `:free` models, or None where it is not reported."""
    quota = info.free_quota
    if quota is None:
        return None
    remaining = quota.remaining
    if remaining is None and quota.limit is not None and quota.used is not None:
        remaining = quota.limit - quota.used
    if remaining is None:
        return None
    midnight = _next_midnight(now)
    return FreeRequests(used=quota.used, limit=quota.limit, remaining=remaining, resets_at=midnight)


def binding(ceilings: Iterable[Ceiling]) -> Ceiling | None:
    """Return the lowest ceiling, the earlier one of equals; None if none is known."""
    return min(ceilings, key=lambda ceiling: ceiling.remaining, default=None)


def next_reset(interval: str | None, now: datetime) -> datetime | None:
    """Return the next reset of a cap: UTC midnight, weeks on Monday (API.md §1)."""
    midnight = _next_midnight(now) - timedelta(days=1)
    if interval == "daily":
        return midnight + timedelta(days=1)
    if interval == "weekly":
        return midnight + timedelta(days=7 - midnight.weekday())
    if interval == "monthly":
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def _next_midnight(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _budgets(budgets: tuple[Budget, ...]) -> Iterator[Ceiling]:
    for budget in budgets:
        remaining = _difference(budget.limit, budget.spent) if budget.remaining is None else budget.remaining
        if remaining is not None:
            yield Ceiling(
                name=budget.scope,
                remaining=remaining,
                limit=budget.limit,
                spent=budget.spent,
                reset_interval=budget.reset_interval,
                resets_at=budget.resets_at,
                include_byok=budget.include_byok,
            )


def _own_cap(info: KeyInfo, now: datetime) -> Ceiling | None:
    if info.limit is None and info.limit_remaining is None:
        return None
    remaining = _difference(info.limit, _counted(info)) if info.limit_remaining is None else info.limit_remaining
    if remaining is None:
        return None
    return Ceiling(
        name=KEY_LIMIT,
        remaining=remaining,
        limit=info.limit,
        spent=_difference(info.limit, remaining),
        reset_interval=info.limit_reset,
        resets_at=next_reset(info.limit_reset, now),
        include_byok=info.include_byok_in_limit,
    )


def _counted(info: KeyInfo) -> Decimal | None:
    """Return the spending that counts against the cap in its current window."""
    spent = in_window(info.usage, info.limit_reset)
    byok = in_window(info.byok_usage, info.limit_reset) if info.include_byok_in_limit else None
    return spent if spent is None or byok is None else spent + byok


def in_window(usage: Usage, interval: str | None) -> Decimal | None:
    """Return the spending since the last reset; all of it without resets."""
    windows = {"daily": usage.daily, "weekly": usage.weekly, "monthly": usage.monthly}
    return windows.get(interval or "", usage.total)


def _difference(limit: Decimal | None, spent: Decimal | None) -> Decimal | None:
    return None if limit is None or spent is None else limit - spent
