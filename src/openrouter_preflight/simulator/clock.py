"""OpenRouter's UTC windows, and a clock that tests can set.

No state of an account belongs here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

Interval = Literal["daily", "weekly", "monthly"]
"""Interval of a ceiling's resets, at UTC midnight (API.md §1); None stands for never."""


def utc_now() -> datetime:
    """The real time, aware, in UTC."""
    return datetime.now(UTC)


def window_start(interval: Interval | None, now: datetime) -> date:
    """Return the first UTC day of the window of `now`."""
    today = now.astimezone(UTC).date()
    match interval:
        case "daily":
            return today
        case "weekly":
            return today - timedelta(days=today.weekday())
        case "monthly":
            return today.replace(day=1)
        case None:
            return date.min


def next_reset(interval: Interval | None, now: datetime) -> datetime | None:
    """Return the UTC midnight that ends the window of `now`, or None."""
    start = window_start(interval, now)
    match interval:
        case "daily":
            return midnight(start + timedelta(days=1))
        case "weekly":
            return midnight(start + timedelta(days=7))
        case "monthly":
            return midnight((start + timedelta(days=32)).replace(day=1))
        case None:
            return None


def midnight(day: date) -> datetime:
    """The instant at which a UTC day begins."""
    return datetime.combine(day, time(), tzinfo=UTC)


def timestamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with whole seconds and `Z`, as the API writes it."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class SettableClock:
    """A clock that stands still until it is moved; pass it to `Simulator(clock=…)`."""

    def __init__(self, now: datetime) -> None:
        """Stand at `now`, which must be aware."""
        self._now = now.astimezone(UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self._now

    def set(self, now: datetime) -> None:
        """Show another time."""
        self._now = now.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Move on by `step`."""
        self._now += step
