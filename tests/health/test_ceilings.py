"""What a key can still spend is the smallest ceiling that is known, by its name and with its reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from openrouter_preflight.findings import Ceiling, FreeRequests
from openrouter_preflight.health.money.ceilings import binding, ceilings_of, free_requests, next_reset
from openrouter_preflight.openrouter.answers import Credits
from support.health_facts import NOW, info


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
    ("a month's use", {"limit": 20, "limit_reset": "monthly", "usage": 9, "usage_monthly": 4}, ("key_limit", "16")),
    (
        "providers' own keys that count",
        {"limit": 20, "usage": 12, "byok_usage": 3, "include_byok_in_limit": True},
        ("key_limit", "5"),
    ),
    (
        "providers' own keys that count, in the window",
        {
            "limit": 20,
            "limit_reset": "daily",
            "usage_daily": 2,
            "byok_usage": 9,
            "byok_usage_daily": 1,
            "include_byok_in_limit": True,
        },
        ("key_limit", "17"),
    ),
    ("providers' own keys that do not", {"limit": 20, "usage": 12, "byok_usage": 3}, ("key_limit", "8")),
    (
        "no use told of providers' own keys",
        {"limit": 20, "usage": 12, "include_byok_in_limit": True},
        ("key_limit", "8"),
    ),
    ("only that use told", {"limit": 20, "byok_usage": 3, "include_byok_in_limit": True}, None),
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
    ("an ordinary key's small figures", "0.50", "0.10", False, ("0.40", False)),
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
    ("budget_rest", "names"), [(6, ["key_limit", "key_limit"]), (4, ["key_limit"])], ids=["higher", "lower"]
)
def test_the_lower_of_the_two_that_are_the_keys_own_is_never_left_out(budget_rest: int, names: list[str]) -> None:
    data = {"limit": 20, "limit_remaining": 5, "budgets": [budget("key_limit", budget_rest)]}
    assert [ceiling.name for ceiling in ceilings_of(info(**data), None, now=NOW)] == names


def test_a_ceiling_tells_all_that_is_known_of_it() -> None:
    data = {
        "limit": 20,
        "limit_remaining": 5,
        "limit_reset": "weekly",
        "include_byok_in_limit": True,
        "budgets": [
            budget(
                "member",
                3,
                limit_usd=9,
                spend_usd=6,
                reset_interval="monthly",
                resets_at="2026-12-01T00:00:00Z",
                include_byok=True,
            )
        ],
    }
    account = Credits(total=Decimal(100), used=Decimal(40))
    assert ceilings_of(info(**data), account, account_is_certain=True, now=NOW) == (
        Ceiling(
            name="member",
            remaining=Decimal(3),
            limit=Decimal(9),
            spent=Decimal(6),
            reset_interval="monthly",
            resets_at=datetime(2026, 12, 1, tzinfo=UTC),
            include_byok=True,
        ),
        Ceiling(
            name="key_limit",
            remaining=Decimal(5),
            limit=Decimal(20),
            spent=Decimal(15),
            reset_interval="weekly",
            resets_at=datetime(2026, 11, 30, tzinfo=UTC),
            include_byok=True,
        ),
        Ceiling(name="account", remaining=Decimal(60), limit=Decimal(100), spent=Decimal(40), certain=True),
    )


def test_an_account_is_not_certain_unless_that_is_said() -> None:
    (ceiling,) = ceilings_of(info(), Credits(total=Decimal(100), used=Decimal(40)), now=NOW)
    assert ceiling.certain is False


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ({"used": 20, "limit": 50, "remaining": 7}, (20, 50, 7)),
        ({"used": 20, "limit": 50}, (20, 50, 30)),
        ({"remaining": 7}, (None, None, 7)),
        ({"used": 20}, None),
        ({"limit": 50}, None),
        (None, None),
    ],
)
def test_free_requests_are_what_is_told_or_what_is_left_of_the_limit(
    quota: dict[str, int] | None, expected: tuple[int | None, int | None, int] | None
) -> None:
    found = free_requests(info(free_model_daily_requests=quota), NOW)
    if expected is None:
        assert found is None
    else:
        used, limit, remaining = expected
        midnight = datetime(2026, 11, 26, tzinfo=UTC)
        assert found == FreeRequests(used=used, limit=limit, remaining=remaining, resets_at=midnight)


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
        ("monthly", datetime(2024, 2, 29, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)),
        ("daily", datetime(2026, 11, 25, 12, 34, 56, 789, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)),
        # Late on the 25th in New York is early on the 26th in UTC.
        (
            "daily",
            datetime(2026, 11, 25, 20, tzinfo=timezone(timedelta(hours=-5))),
            datetime(2026, 11, 27, tzinfo=UTC),
        ),
        ("hourly", NOW, None),
        (None, NOW, None),
    ],
)
def test_a_limit_resets_at_utc_midnight_and_weeks_begin_on_monday(
    interval: str | None, now: datetime, reset: datetime | None
) -> None:
    assert next_reset(interval, now) == reset
