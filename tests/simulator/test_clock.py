from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from openrouter_preflight.simulator.clock import (
    Interval,
    SettableClock,
    midnight,
    next_reset,
    timestamp,
    window_start,
)

WEDNESDAY = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "now", "start", "reset"),
    [
        ("daily", WEDNESDAY, date(2026, 11, 18), date(2026, 11, 19)),
        ("weekly", WEDNESDAY, date(2026, 11, 16), date(2026, 11, 23)),
        ("weekly", datetime(2026, 11, 16, tzinfo=UTC), date(2026, 11, 16), date(2026, 11, 23)),
        ("weekly", datetime(2026, 11, 15, 23, 59, tzinfo=UTC), date(2026, 11, 9), date(2026, 11, 16)),
        ("monthly", WEDNESDAY, date(2026, 11, 1), date(2026, 12, 1)),
        ("monthly", datetime(2026, 12, 31, tzinfo=UTC), date(2026, 12, 1), date(2027, 1, 1)),
        ("monthly", datetime(2027, 1, 30, tzinfo=UTC), date(2027, 1, 1), date(2027, 2, 1)),
    ],
)
def test_windows_are_utc_days_weeks_from_monday_and_months(
    interval: Interval, now: datetime, start: date, reset: date
) -> None:
    assert window_start(interval, now) == start
    assert next_reset(interval, now) == midnight(reset)


def test_a_window_without_interval_began_with_time_and_never_resets() -> None:
    assert window_start(None, WEDNESDAY) == date.min
    assert next_reset(None, WEDNESDAY) is None


def test_another_time_zone_is_counted_in_utc() -> None:
    late_in_new_york = datetime(2026, 11, 18, 20, tzinfo=timezone(timedelta(hours=-5)))
    assert window_start("daily", late_in_new_york) == date(2026, 11, 19)
    assert timestamp(late_in_new_york) == "2026-11-19T01:00:00Z"


def test_a_settable_clock_stands_until_it_is_moved() -> None:
    clock = SettableClock(WEDNESDAY)
    assert clock() == clock() == WEDNESDAY
    clock.advance(timedelta(hours=12))
    assert clock() == WEDNESDAY + timedelta(hours=12)
    clock.set(WEDNESDAY)
    assert clock() == WEDNESDAY
