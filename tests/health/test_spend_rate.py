"""The expected rate of spending: from an account's activity, and from a key's own usage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from openrouter_preflight.health.money.runway import even
from openrouter_preflight.health.money.spend_rate import (
    completed_part,
    history,
    own_rate,
    pace,
    share,
    week_of,
    without_spikes,
)
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


def test_three_days_are_enough_for_a_rate_and_two_weeks_for_a_rhythm() -> None:
    assert week_of(history(past(1, 2, 3), NOON)) == even(Decimal(2))
    days = history(past(*(day % 7 for day in range(14))), NOON)
    week = week_of(days)
    assert week is not None
    assert sorted(week.days) == [0, 1, 2, 3, 4, 5, 6]
    shorter = week_of(history(past(*(day % 7 + 1 for day in range(13))), NOON))
    assert shorter is not None
    assert len(set(shorter.days)) == 1


@pytest.mark.parametrize(
    ("spike", "kept"), [("6", "6"), ("6.01", "2")], ids=["threefold is no spike", "more than threefold is one"]
)
def test_a_spike_is_more_than_threefold_what_is_usual(spike: str, kept: str) -> None:
    spent = past(*[2] * 30)
    day = TODAY - timedelta(days=9)
    spent[day] = Decimal(spike)
    assert without_spikes(history(spent, NOON))[day] == Decimal(kept)


def test_a_spike_on_a_quiet_weekday_is_cut_to_what_a_day_with_spending_has() -> None:
    """Half a dollar on working days, nothing at weekends, and a Sunday of a hundred."""
    spent = {day: Decimal("0.5") if day.weekday() < 5 else Decimal(0) for day in past(*[0] * 30)}
    sunday = next(day for day in spent if day.weekday() == 6)
    spent[sunday] = Decimal(100)
    assert without_spikes(history(spent, NOON))[sunday] == Decimal("0.5")


def test_a_spike_is_measured_by_its_own_weekday() -> None:
    """Mondays cost 10, other days 1: a Monday is no spike, and a Tuesday of 10 is none beyond a Tuesday's."""
    spent = {day: Decimal(10 if day.weekday() == 0 else 1) for day in past(*[0] * 30)}
    tuesday = next(day for day in spent if day.weekday() == 1)
    spent[tuesday] = Decimal(10)
    usual = without_spikes(history(spent, NOON))
    assert usual[tuesday] == 1
    assert all(usd == 10 for day, usd in usual.items() if day.weekday() == 0)


NEW_YORK = timezone(timedelta(hours=-5))


def test_days_are_utc_days_wherever_the_clock_stands() -> None:
    """Late on the 25th in New York is early on the 26th in UTC: the 25th is completed."""
    now = datetime(2026, 11, 25, 20, tzinfo=NEW_YORK)
    assert list(history({TODAY: Decimal(3)}, now)) == [TODAY]
    used = usage(total=900, monthly=50, weekly=6, daily=2)
    assert completed_part(used, now) == (date(2026, 11, 1), Decimal(48))
    assert completed_part(used, datetime(2026, 10, 31, 21, tzinfo=NEW_YORK)) == (date(2026, 10, 26), Decimal(4))


@pytest.mark.parametrize(
    ("now", "spent", "part"),
    [
        (NOON, usage(monthly=50, weekly=6, daily=2), (date(2026, 11, 1), Decimal(48))),
        (NOON, usage(monthly=50, weekly=6), None),
        (NOON, usage(weekly=6, daily=2), (date(2026, 11, 23), Decimal(4))),
        (NOON, usage(monthly=1, daily=2), (date(2026, 11, 1), Decimal(0))),
        # A Monday that is the first of its month: no window has a completed day.
        (datetime(2026, 6, 1, 9, tzinfo=UTC), usage(monthly=3, weekly=3, daily=3), None),
    ],
)
def test_the_completed_part_of_the_longest_window_leaves_today_out(
    now: datetime, spent: Usage, part: tuple[date, Decimal] | None
) -> None:
    assert completed_part(spent, now) == part


@pytest.mark.parametrize(
    ("spent", "age", "rate"),
    [
        # Exactly a day of the window has passed.
        (usage(monthly=3, total=3), timedelta(days=1), 3),
        (usage(monthly=3, total=3), timedelta(days=1, seconds=-1), None),
        # Older than what the month tells: the month's rate, although this week's is faster.
        (usage(total=98, monthly=49, weekly=25), None, 2),
        (usage(total=None, monthly=49, weekly=25), None, 2),
        (usage(total=49, monthly=49, weekly=25), timedelta(days=90), 2),
        (usage(total=49, monthly=49, weekly=25), None, 10),
    ],
)
def test_the_faster_window_counts_only_where_the_key_may_be_younger_than_the_month(
    spent: Usage, age: timedelta | None, rate: int | None
) -> None:
    assert own_rate(spent, NOON, created_at=None if age is None else NOON - age) == rate
