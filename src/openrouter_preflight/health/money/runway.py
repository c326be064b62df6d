"""Runway: spending carried forward through every ceiling and its resets.

Pure and exact: figures are fractions, the only moments are UTC ones, and within one UTC day money flows evenly. Which
rate is to be expected is for `spend_rate` to say.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.money.ceilings import next_reset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from openrouter_preflight.findings import Ceiling

HORIZON: Final = timedelta(days=3650)
"""A runway of ten years is not computed further."""
_WATCHED_AFTER_RESET: Final = timedelta(days=400)
"""A ceiling that survives so many days of whole windows has survived every kind of window it can meet."""
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_HORIZON_WEEKS: Final = HORIZON // _WEEK + 1
_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECONDS_A_DAY: Final = _DAY // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Week:
    """USD that will be spent on each day of a week, Monday first."""

    days: tuple[Decimal, ...]

    def __add__(self, other: Week) -> Week:
        return Week(tuple(mine + theirs for mine, theirs in zip(self.days, other.days, strict=True)))

    def without(self, other: Week) -> Week:
        """Return each day's spending without `other`, never below zero."""
        return Week(tuple(max(mine - theirs, mine * 0) for mine, theirs in zip(self.days, other.days, strict=True)))

    def scaled(self, factor: Decimal) -> Week:
        """Every day times `factor`."""
        return Week(tuple(day * factor for day in self.days))

    def between(self, start: datetime, end: datetime) -> Decimal:
        """USD from `start` to `end`."""
        spent = self.days[0] * 0
        while start < end:
            until = min(_next_midnight(start), end)
            spent += self.days[start.weekday()] * ((until - start) // _MICROSECOND) / _MICROSECONDS_A_DAY
            start = until
        return spent

    @property
    def daily(self) -> Decimal:
        """USD on an average day."""
        return sum(self.days, start=self.days[0] * 0) / 7


def even(daily: Decimal) -> Week:
    """The same on every day."""
    return Week((daily,) * 7)


def first_failure(drains: Iterable[tuple[Ceiling, Week]], now: datetime) -> tuple[datetime, Ceiling] | None:
    """Return the first moment and ceiling at which requests fail, or None.

    Each ceiling comes with what drains it: all keys of an account drain the account, only its own key a key's limit.
    """
    ends = [(end, ceiling) for ceiling, week in drains if (end := exhaustion(ceiling, week, now)) is not None]
    return min(ends, key=lambda found: found[0], default=None)


def exhaustion(ceiling: Ceiling, week: Week, now: datetime) -> datetime | None:
    """When nothing is left of `ceiling`; None: not within HORIZON.

    A ceiling that is used up at the very moment of its reset is not exhausted: the next request meets a fresh one.
    """
    left = Fraction(ceiling.remaining)
    if left <= 0:
        return now
    weekly = sum(Fraction(day) for day in week.days)
    if weekly <= 0:
        return None
    fresh = Fraction(ceiling.remaining if ceiling.limit is None else ceiling.limit)
    resets = _resets(ceiling, now)
    reset = next(resets, None)
    at = now
    ends = now + HORIZON if reset is None else min(now + HORIZON, reset + _WATCHED_AFTER_RESET)
    while at < ends:
        if reset is None and left > 2 * weekly:
            weeks = min(int(left / weekly) - 1, _HORIZON_WEEKS)
            at, left = at + weeks * _WEEK, left - weeks * weekly
            continue
        until = _next_midnight(at) if reset is None else min(_next_midnight(at), reset)
        needed = Fraction(week.days[at.weekday()]) * Fraction((until - at) // _MICROSECOND) / _MICROSECONDS_A_DAY
        if needed > left or (needed == left and until != reset):
            return at + (until - at) * float(left / needed)
        left -= needed
        at = until
        if at == reset:
            left, reset = fresh, next(resets, None)
            if left <= 0:
                return at
    return None


def window_start(ceiling: Ceiling) -> datetime | None:
    """Return the start of the ceiling's window, or None where no end is named."""
    return None if ceiling.resets_at is None else _later(ceiling.resets_at, ceiling.reset_interval, -1)


def _next_midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), tzinfo=at.tzinfo) + _DAY


def _resets(ceiling: Ceiling, now: datetime) -> Iterator[datetime]:
    """Yield the moments at which `ceiling` resets.

    Windows follow the UTC calendar (API.md §1); one that ends at another time of day is taken to go on from there. A
    window of an unknown length resets once, since nothing is known of the one after it.
    """
    first = ceiling.resets_at if ceiling.resets_at and ceiling.resets_at > now else None
    first = first or next_reset(ceiling.reset_interval, now)
    at, number = first, 0
    while first is not None and at is not None:
        yield at
        number += 1
        at = _later(first, ceiling.reset_interval, number)


def _later(first: datetime, interval: str | None, number: int) -> datetime | None:
    """The reset that comes `number` windows after `first`."""
    if interval == "daily":
        return first + number * _DAY
    if interval == "weekly":
        return first + number * _WEEK
    if interval == "monthly":
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        return first.replace(year=year, month=month + 1, day=min(first.day, monthrange(year, month + 1)[1]))
    return None
