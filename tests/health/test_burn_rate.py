"""What drains each ceiling: the key alone, all that share a budget, the whole account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.findings import Ceiling
from openrouter_preflight.health.facts import Facts
from openrouter_preflight.health.money.forecast import spending_of
from openrouter_preflight.health.money.runway import even
from openrouter_preflight.openrouter.activity import ActivityDay
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import Answer
from support.health_facts import NOW, balance, facts, told

if TYPE_CHECKING:
    from openrouter_preflight.health.money.burn_rate import Spending

FOUR_A_DAY = {"usage": 1600, "usage_daily": 2, "usage_weekly": 10, "usage_monthly": 98}
"""As a key that spends $4 on every day shows it at NOW, a Wednesday's noon."""


def activity(daily: int, now: datetime) -> Answer[tuple[ActivityDay, ...]]:
    days = (now.date() - timedelta(days=back) for back in range(30, 0, -1))
    rows = tuple(ActivityDay(day=day, spent=Decimal(daily), byok=Decimal(0)) for day in days)
    return Answer(kind=ReplyKind.OK, data=rows, status=200, attempts=1)


def spending(now: datetime = NOW, *, account_daily: int | None = None, used: str = "6400", **key: Any) -> Spending:
    """What is expected of one key, whose account spends `account_daily` as its activity tells."""
    gates = {"expected_spend": key.pop("expected_spend", None)}
    known = facts(told(**{**FOUR_A_DAY, **key}), balance("9000", used), certain=account_daily is not None, **gates)
    if account_daily is not None:
        known = Facts(
            target=known.target,
            info=known.info,
            account=known.account,
            account_is_certain=True,
            activity=activity(account_daily, now),
        )
    (found,) = spending_of([known], now)
    return found


def budget(spent: str, interval: str | None = "daily", resets_at: datetime | None = None) -> Ceiling:
    return Ceiling(
        name="workspace",
        remaining=Decimal(50),
        limit=Decimal(50) + Decimal(spent),
        spent=Decimal(spent),
        reset_interval=interval,
        resets_at=resets_at,
    )


def daily(found: Spending, ceiling: Ceiling) -> float:
    week = found.drain_of(ceiling)
    assert week is not None
    return round(float(week.daily), 3)


@pytest.mark.parametrize("account_daily", [None, 16])
def test_a_shared_budget_drains_by_as_much_more_as_it_did_in_its_window(account_daily: int | None) -> None:
    """By noon the key spent 2 of the 6 that the budget lost."""
    assert daily(spending(account_daily=account_daily), budget("6")) == 12


@pytest.mark.parametrize("account_daily", [None, 16])
def test_a_window_that_ends_at_an_odd_hour_is_not_taken_for_utcs_own(account_daily: int | None) -> None:
    """It began at six in the evening: the key spent 3 of its 9 since then, and not the 2 of this UTC day."""
    resets_at = NOW + timedelta(hours=6)
    assert daily(spending(account_daily=account_daily), budget("9", resets_at=resets_at)) == 12


def test_a_window_that_has_only_begun_tells_nothing() -> None:
    resets_at = NOW + timedelta(hours=23, minutes=55)
    assert daily(spending(account_daily=16), budget("0.20", resets_at=resets_at)) == 16


def test_a_budget_loses_no_more_than_its_account_spends() -> None:
    assert daily(spending(account_daily=16), budget("1900", "monthly")) == 16


def test_a_key_that_spent_more_than_its_budget_lost_has_another_window_than_the_budget() -> None:
    assert daily(spending(account_daily=16), budget("100", None)) == 16


def test_what_a_key_is_told_to_spend_does_not_multiply_what_others_spend() -> None:
    """The others go on with their 8 a day, whatever this launch costs."""
    assert daily(spending(expected_spend=Decimal(20)), budget("6")) == 28


def test_on_a_monday_the_first_a_key_has_its_part_of_all_that_was_ever_spent() -> None:
    now = datetime(2026, 6, 1, 2, tzinfo=UTC)
    found = spending(now, account_daily=16, usage_daily="0.33", usage_weekly="0.33", usage_monthly="0.33")
    assert found.key == even(Decimal(4))


def test_a_key_that_spends_faster_today_than_it_ever_did_is_expected_to_go_on() -> None:
    """Fresh from a rotation: next to nothing of the past is its own, and all of today is."""
    now = datetime(2026, 6, 1, 6, tzinfo=UTC)
    found = spending(now, account_daily=16, usage=4, usage_daily=4, usage_weekly=4, usage_monthly=4)
    assert found.key == even(Decimal(16))
