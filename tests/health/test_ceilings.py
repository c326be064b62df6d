"""What a key can still spend is the smallest ceiling that is known, by its name and with its reset."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from health_facts import NOW, info
from openrouter_preflight.health.ceilings import binding, ceilings_of, next_reset
from openrouter_preflight.openrouter.answers import Credits


def budget(scope: str, remaining: object, **more: object) -> dict[str, object]:
    return {"scope": scope, "remaining_usd": remaining, **more}


CASES = [
    ("nothing is known", {}, None),
    ("the key's own limit", {"limit": 20, "limit_remaining": 5}, ("key_limit", "5")),
    ("a negative rest", {"limit": 20, "limit_remaining": -3}, ("key_limit", "-3")),
    ("a rest without a limit", {"limit": None, "limit_remaining": 5}, ("key_limit", "5")),
    ("a rest of null: what was used is known", {"limit": 20, "usage": 12}, ("key_limit", "8")),
    ("the window's use", {"limit": 20, "limit_reset": "daily", "usage": 99, "usage_daily": 2}, ("key_limit", "18")),
    ("another window's use", {"limit": 20, "limit_reset": "weekly", "usage_weekly": 3}, ("key_limit", "17")),
    ("a limit and no use", {"limit": 20}, None),
    ("figures as words", {"limit": "20", "limit_remaining": "5.25"}, ("key_limit", "5.25")),
    ("a budget below the limit", {"limit_remaining": 5, "budgets": [budget("workspace", 3)]}, ("workspace", "3")),
    ("a budget above the limit", {"limit_remaining": 5, "budgets": [budget("workspace", 9)]}, ("key_limit", "5")),
    ("the lowest budget", {"budgets": [budget("member", 7), budget("workspace", 3)]}, ("workspace", "3")),
    ("the first of two alike", {"budgets": [budget("member", 3), budget("workspace", 3)]}, ("member", "3")),
    ("a budget of an unknown scope", {"budgets": [budget("galaxy", 3)]}, ("galaxy", "3")),
    ("a budget without a rest", {"budgets": [budget("member", None, limit_usd=9, spend_usd=4)]}, ("member", "5")),
    ("a budget without any figure", {"budgets": [budget("member", None)]}, None),
    ("only the effective budget", {"effective_budget": budget("member", 2)}, ("member", "2")),
    ("an overspent budget", {"budgets": [budget("workspace", -1)]}, ("workspace", "-1")),
    ("next to nothing", {"limit": 20, "limit_remaining": Decimal("1e-30")}, ("key_limit", "0")),
    ("more than there is money", {"limit": 20, "limit_remaining": Decimal("1e400"), "usage": 1}, ("key_limit", "19")),
]


@pytest.mark.parametrize(("data", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_lowest_known_ceiling_binds(data: dict[str, object], expected: tuple[str, str] | None) -> None:
    lowest = binding(ceilings_of(info(**data), None, now=NOW))
    assert (lowest and (lowest.name, lowest.remaining)) == (expected and (expected[0], Decimal(expected[1])))


ACCOUNTS = [
    ("a management key's word", "100", "40", True, ("60", True)),
    ("a management key's word on an empty account", "0", "0", True, ("0", True)),
    ("a management key's word on debts", "10", "12.5", True, ("-2.5", True)),
    ("an ordinary key's figures", "100", "40", False, ("60", False)),
    ("an ordinary key's zeros", "0", "0", False, None),
    ("an ordinary key's debts where nothing was bought", "0", "5", False, None),
]


@pytest.mark.parametrize(
    ("bought", "used", "certain", "expected"), [case[1:] for case in ACCOUNTS], ids=[case[0] for case in ACCOUNTS]
)
def test_the_account_is_believed_to_a_management_key_and_to_others_only_where_credit_was_bought(
    bought: str, used: str, certain: bool, expected: tuple[str, bool] | None
) -> None:
    account = Credits(total=Decimal(bought), used=Decimal(used))
    lowest = binding(ceilings_of(info(), account, account_is_certain=certain, now=NOW))
    assert (lowest and (lowest.remaining, lowest.certain)) == (expected and (Decimal(expected[0]), expected[1]))


def test_a_budget_that_is_the_keys_own_limit_is_not_said_twice() -> None:
    data = {"limit": 20, "limit_remaining": 5, "budgets": [budget("key_limit", 5)]}
    assert [ceiling.name for ceiling in ceilings_of(info(**data), None, now=NOW)] == ["key_limit"]


@pytest.mark.parametrize(
    ("interval", "now", "reset"),
    [
        ("daily", datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)),
        ("daily", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 7, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 29, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
        ("monthly", datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        ("monthly", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("hourly", NOW, None),
        (None, NOW, None),
    ],
)
def test_a_limit_resets_at_utc_midnight_and_weeks_begin_on_monday(
    interval: str | None, now: datetime, reset: datetime | None
) -> None:
    assert next_reset(interval, now) == reset
