"""The expected rate of spending: from an account's activity, and from a key's own usage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from openrouter_preflight.health.runway import even
from openrouter_preflight.health.spend_rate import history, own_rate, pace, share, week_of
from openrouter_preflight.openrouter.answers import Usage

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday; the month is 24.5 days old, the week 2.5."""
TODAY = NOON.date()


def past(*daily: float) -> dict[date, Decimal]:
    """Spending on the days before today, the last one yesterday."""
    return {TODAY - timedelta(days=back): Decimal(str(usd)) for back, usd in enumerate(reversed(daily), start=1)}


def usage(
    total: float | None = None, monthly: float | None = None, weekly: float | None = None, daily: float | None = None
) -> Usage:
    def amount(usd: float | None) -> Decimal | None:
        return None if usd is None else Decimal(str(usd))

    return Usage(total=amount(total), daily=amount(daily), weekly=amount(weekly), monthly=amount(monthly))


def test_steady_spending_goes_on() -> None:
    assert week_of(history(past(*[3] * 30), NOON)) == even(Decimal(3))


def test_a_working_week_keeps_its_weekends() -> None:
    spent = {day: Decimal(1 if day.weekday() > 4 else 4) for day in past(*[0] * 30)}
    week = week_of(history(spent, NOON))
    assert week is not None
    assert [int(day) for day in week.days] == [4, 4, 4, 4, 4, 1, 1]


def test_a_spike_is_no_rate() -> None:
    spent = past(*[2] * 30)
    spent[TODAY - timedelta(days=9)] = Decimal(100)
    assert week_of(history(spent, NOON)) == even(Decimal(2))


def test_spending_now_and_then_is_not_taken_for_spikes() -> None:
    """Every seventh day but one: the mean counts, and nothing of it is cut back."""
    week = week_of(history(past(*[5, 0, 0, 0, 0, 0] * 5), NOON))
    assert week is not None
    assert Decimal("0.6") < week.daily < Decimal("1.1")


def test_days_before_the_first_activity_are_no_history() -> None:
    assert week_of(history(past(*[6] * 10), NOON)) == even(Decimal(6))


def test_days_that_cost_nothing_are_history() -> None:
    """Of free models, or of providers' own keys: the account does not run out."""
    assert week_of(history(past(*[0] * 30), NOON)) == even(Decimal(0))


def test_today_is_not_over_and_not_counted() -> None:
    assert week_of(history({**past(*[3] * 30), TODAY: Decimal(999)}, NOON)) == even(Decimal(3))


@pytest.mark.parametrize("spent", [past(), past(5), past(5, 5)])
def test_too_little_activity_gives_no_rate(spent: dict[date, Decimal]) -> None:
    assert week_of(history(spent, NOON)) is None


@pytest.mark.parametrize(
    ("now", "spent", "rate"),
    [
        # 24.5 days at 2 a day, by a key that is older than the month.
        (NOON, usage(total=900, monthly=49, weekly=5, daily=1), 2),
        # The first of a month that is a Sunday: the week goes back six days and a quarter.
        (datetime(2026, 11, 1, 6, tzinfo=UTC), usage(total=900, monthly=1, weekly=25, daily=1), 4),
        # All of its life lies in this month: the week's rate is the faster one, and counts.
        (NOON, usage(total=10, monthly=10, weekly=10, daily=2), 4),
    ],
)
def test_own_usage_is_spread_over_the_part_of_the_window_that_passed(now: datetime, spent: Usage, rate: int) -> None:
    assert own_rate(spent, now) == rate


def test_a_key_of_known_age_is_spread_over_its_age() -> None:
    assert own_rate(usage(10, 10, 10, 2), NOON, created_at=NOON - timedelta(days=2)) == 5


def test_a_key_of_known_age_has_the_mean_of_its_life_where_every_window_has_only_begun() -> None:
    now = datetime(2026, 6, 1, 2, tzinfo=UTC)
    assert own_rate(usage(900, 3, 3, 3), now, created_at=now - timedelta(days=300)) == 3
    assert own_rate(usage(1, 1, 1, 1), now, created_at=now - timedelta(hours=2)) is None


@pytest.mark.parametrize(
    ("now", "spent"),
    [
        # The first hours of a month that begins on a Monday: every window is as young.
        (datetime(2026, 6, 1, 2, tzinfo=UTC), usage(total=900, monthly=3, weekly=3, daily=3)),
        (NOON, usage(total=900, monthly=0, weekly=0, daily=0)),
        (NOON, usage()),
        (NOON, usage(total=900)),
    ],
)
def test_too_little_usage_gives_no_rate(now: datetime, spent: Usage) -> None:
    assert own_rate(spent, now) is None


def test_a_rate_does_not_explode_in_the_first_hours_of_a_month() -> None:
    rates = [
        own_rate(
            usage(total=900, monthly=hour / 24, weekly=2 + hour / 24, daily=hour / 24),
            datetime(2026, 7, 1, hour, tzinfo=UTC),
        )
        for hour in range(1, 24)
    ]
    assert all(rate is not None and abs(rate - 1) < Decimal("0.001") for rate in rates)


def test_a_key_has_its_share_of_what_the_account_spent_on_the_same_days() -> None:
    series = history(past(*[8] * 30), NOON)
    assert share(usage(total=900, monthly=50, weekly=6, daily=2), series, NOON) == Decimal(48) / (24 * 8)
    assert share(usage(total=900, monthly=9000, weekly=6, daily=2), series, NOON) == 1
    assert share(usage(), series, NOON) is None


def test_the_pace_of_a_day_is_against_what_the_account_usually_spends_by_then() -> None:
    series = history(past(*[8] * 30), NOON)
    assert pace(usage(daily=1), series, NOON) == Decimal(1) / 4
    assert pace(usage(daily=1), series, NOON.replace(hour=0, minute=30)) is None
    assert pace(usage(daily=1), {}, NOON) is None


def test_on_a_day_on_which_the_account_usually_rests_a_dollar_is_all() -> None:
    resting = history({day: Decimal(0 if day.weekday() == NOON.weekday() else 8) for day in past(*[0] * 30)}, NOON)
    assert pace(usage(daily=0), resting, NOON) == 0
    assert pace(usage(daily=3), resting, NOON) == 1
