"""Time as OpenRouter counts it: UTC days, weeks from Monday, months; and a clock that tests can set.

No state of an account belongs here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

Interval = Literal["daily", "weekly", "monthly"]
"""How often a ceiling resets, always at UTC midnight (API.md §1); None in its place means never."""


def utc_now() -> datetime:
    """The real time, aware, in UTC."""
    return datetime.now(UTC)


def window_start(interval: Interval | None, now: datetime) -> date:
    """The first UTC day of the window that `now` lies in; the beginning of time for a window that never resets."""
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
    """The UTC midnight at which the window of `now` ends; None for one that never resets."""
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
