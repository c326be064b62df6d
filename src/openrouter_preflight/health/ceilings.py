"""What a key can still spend: every known ceiling, and the one that binds (API.md §1, §2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Ceiling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from openrouter_preflight.openrouter.answers import Budget, Credits, KeyInfo

KEY_LIMIT: Final = "key_limit"
ACCOUNT: Final = "account"
KEYS_OWN_SCOPES: Final = frozenset({KEY_LIMIT, "api_key", "workspace_default_key"})
"""Budgets that hold for the key alone, not for what it shares with others."""


def ceilings_of(
    info: KeyInfo, account: Credits | None, *, account_is_certain: bool = False, now: datetime
) -> tuple[Ceiling, ...]:
    """Every known ceiling: budgets in enforcement order, then the key's own cap, then the account.

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


def binding(ceilings: Iterable[Ceiling]) -> Ceiling | None:
    """The lowest ceiling, the earlier of two that are equally low; None where none is known."""
    return min(ceilings, key=lambda ceiling: ceiling.remaining, default=None)


def next_reset(interval: str | None, now: datetime) -> datetime | None:
    """When a cap of that interval resets next: at UTC midnight, weeks on Monday (API.md §1). None: never."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "daily":
        return midnight + timedelta(days=1)
    if interval == "weekly":
        return midnight + timedelta(days=7 - midnight.weekday())
    if interval == "monthly":
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


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
            )


def _own_cap(info: KeyInfo, now: datetime) -> Ceiling | None:
    if info.limit is None and info.limit_remaining is None:
        return None
    spent = {"daily": info.usage.daily, "weekly": info.usage.weekly, "monthly": info.usage.monthly}.get(
        info.limit_reset or "", info.usage.total
    )
    remaining = _difference(info.limit, spent) if info.limit_remaining is None else info.limit_remaining
    if remaining is None:
        return None
    return Ceiling(
        name=KEY_LIMIT,
        remaining=remaining,
        limit=info.limit,
        spent=_difference(info.limit, remaining),
        reset_interval=info.limit_reset,
        resets_at=next_reset(info.limit_reset, now),
    )


def _difference(limit: Decimal | None, spent: Decimal | None) -> Decimal | None:
    return None if limit is None or spent is None else limit - spent
