"""What drains each ceiling of a key: the key alone, all that share a budget, or the whole account. Pure.

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
"""What one key spent so far, and what it is told to spend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What is to be expected of one key and of its account. None: too little history."""

    now: datetime
    key: Week | None = None
    past: Week | None = None
    """What the key spent so far; `key` is the same unless --expected-spend tells otherwise."""
    key_byok: Week = NOTHING
    """What goes to providers' own keys besides."""
    account: Week | None = None
    account_byok: Week = NOTHING
    account_past: Week | None = None
    """What the whole account spent so far; None where only the keys that are checked tell of it."""
    told: tuple[Change, ...] = ()
    """Of every key of the account that is told what to spend."""
    basis: str = ""
    """What the rate is judged by, as the end of a sentence."""
    days: tuple[tuple[date, Decimal], ...] = ()
    """What the account spent on completed days, oldest first."""
    usage: Usage | None = None
    """What the key spent in each window so far, all told."""
    byok_usage: Usage | None = None

    def drain_of(self, ceiling: Ceiling) -> Week | None:
        """What drains `ceiling`; None where that is not known."""
        if ceiling.name == ACCOUNT or self.key is None:
            return self.account if ceiling.name == ACCOUNT else None
        if ceiling.name in KEYS_OWN_SCOPES:
            return self.key + self.key_byok if ceiling.include_byok else self.key
        whole = self._past_drain_of(ceiling)
        if whole is not None:
            return overridden(whole, self.told)
        return self.account + self.account_byok if self.account is not None and ceiling.include_byok else self.account

    def _past_drain_of(self, ceiling: Ceiling) -> Week | None:
        """What drained a shared budget so far: more than the key's spending by as much as in its present window."""
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
        """What the key spent in the budget's present window; None where that window is too young to tell.

        Usage is told for UTC's own days, weeks and months: for a window that ends at another time it is reckoned.
        """
        began = window_start(ceiling)
        if began is None or ceiling.resets_at == next_reset(ceiling.reset_interval, self.now):
            counted = [self.usage, self.byok_usage] if ceiling.include_byok else [self.usage]
            spent = [in_window(usage, ceiling.reset_interval) for usage in counted if usage is not None]
            return sum((amount for amount in spent if amount is not None), start=Decimal(0))
        return own.between(began, self.now) if self.now - began >= _LEAST_WINDOW else None


def overridden(drain: Week, told: Iterable[Change]) -> Week:
    """What will drain something as it did, but for the keys of which something else is expected."""
    for past, expected in told:
        drain = drain.without(past) + expected
    return drain
