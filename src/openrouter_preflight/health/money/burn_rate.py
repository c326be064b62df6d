"""Spending that drains each ceiling: one key's, a budget's, an account's. Pure.

A budget that a key shares with others drains faster than the key spends, by as much as it did in its window so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.money.ceilings import ACCOUNT, KEYS_OWN_SCOPES, in_window, next_reset
from openrouter_preflight.health.money.runway import Week, even, window_start

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from openrouter_preflight.findings import Ceiling
    from openrouter_preflight.openrouter.answers import Usage

NOTHING: Final = even(Decimal(0))
_ROUNDED: Final = Decimal("1.02")
"""Times what a window lost that one key may seem to have spent in it; beyond that the two windows are not the same."""
_LEAST_WINDOW: Final = timedelta(hours=1)

Change = tuple[Week, Week]
"""Past spending of a key, and the spending that is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Expected spending of a key and of its account. None: too little history."""

    now: datetime
    key: Week | None = None
    past: Week | None = None
    """Past spending of the key; `key` is the same unless --expected-spend overrides it."""
    key_byok: Week = NOTHING
    """Spending through providers' own keys."""
    account: Week | None = None
    account_byok: Week = NOTHING
    account_past: Week | None = None
    """Past spending of the whole account; None where only the checked keys are known."""
    told: tuple[Change, ...] = ()
    """Of every key of the account that is told what to spend."""
    basis: str = ""
    """The basis of the rate, as the end of a sentence."""
    days: tuple[tuple[date, Decimal], ...] = ()
    """Spending of the account on completed days, oldest first."""
    usage: Usage | None = None
    """Spending of the key in each window so far."""
    byok_usage: Usage | None = None

    def drain_of(self, ceiling: Ceiling) -> Week | None:
        """Return the spending that drains `ceiling`, or None."""
        if ceiling.name == ACCOUNT or self.key is None:
            return self.account if ceiling.name == ACCOUNT else None
        if ceiling.name in KEYS_OWN_SCOPES:
            return self.key + self.key_byok if ceiling.include_byok else self.key
        whole = self._past_drain_of(ceiling)
        if whole is not None:
            return overridden(whole, self.told)
        return self.account + self.account_byok if self.account is not None and ceiling.include_byok else self.account

    def _past_drain_of(self, ceiling: Ceiling) -> Week | None:
        """Return the past drain of a shared budget, by its present window."""
        if self.past is None or not ceiling.spent or ceiling.spent <= 0:
            return None
        own = self.past + self.key_byok if ceiling.include_byok else self.past
        mine = self._in_window_of(ceiling, own)
        if mine is None or not 0 < mine <= ceiling.spent * _ROUNDED:
            return None
        drain = own.scaled(max(ceiling.spent / mine, Decimal(1)))
        if self.account_past is None:
            return drain
        most = self.account_past + self.account_byok if ceiling.include_byok else self.account_past
        return min(drain, most, key=lambda week: week.daily)

    def _in_window_of(self, ceiling: Ceiling, own: Week) -> Decimal | None:
        """Return the key's spending in the budget's window; None if it is too young.

        Usage is told for UTC's own days, weeks and months: for a window that ends at another time it is reckoned.
        """
        began = window_start(ceiling)
        if began is None or ceiling.resets_at == next_reset(ceiling.reset_interval, self.now):
            counted = [self.usage, self.byok_usage] if ceiling.include_byok else [self.usage]
            spent = [in_window(usage, ceiling.reset_interval) for usage in counted if usage is not None]
            return sum((amount for amount in spent if amount is not None), start=Decimal(0))
        return own.between(began, self.now) if self.now - began >= _LEAST_WINDOW else None


def overridden(drain: Week, told: Iterable[Change]) -> Week:
    """Return past spending with the expected spending of some keys put in."""
    for past, expected in told:
        drain = drain.without(past) + expected
    return drain
