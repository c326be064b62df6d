from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator.account import Account, Budget, Key, Spend, Workspace
from openrouter_preflight.simulator.spending import (
    balance,
    binding,
    byok_usage,
    ceilings,
    free_requests,
    limit_ceiling,
    total_usage,
    usage,
)

if TYPE_CHECKING:
    from openrouter_preflight.simulator.clock import Interval

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()


def key(name: str = "a", **fields: object) -> Key:
    known = {"hash": name, "label": name, "name": name, "created_at": NOW, "workspace_id": "w"}
    return Key(**{**known, **fields})  # type: ignore[arg-type]  # fields are given by name in each test


def spend(
    usd: str, *, day: date = TODAY, key: str = "a", model: str = "m", byok: str = "0", requests: int = 1
) -> Spend:
    return Spend(day=day, key=key, model=model, usd=Decimal(usd), byok_usd=Decimal(byok), requests=requests)


def dollars(*amounts: int) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def account(
    *ledger: Spend, keys: tuple[Key, ...] = (), budgets: tuple[Budget, ...] = (), bought: str = "100"
) -> Account:
    return Account(
        user_id="user",
        workspaces=(Workspace(id="w", name="Default", slug="default", created_at=NOW),),
        credits=Decimal(bought),
        keys={known.hash: known for known in keys or (key(),)},
        budgets=budgets,
        ledger=ledger,
    )


def test_usage_is_counted_in_the_day_the_week_the_month_and_all_time() -> None:
    ledger = (
        spend("1", day=TODAY),
        spend("2", day=date(2026, 11, 16)),  # Monday of this week
        spend("4", day=date(2026, 11, 15)),  # Sunday of the last
        spend("8", day=date(2026, 10, 31)),  # last month
    )
    spent = usage(account(*ledger), key(), NOW)
    assert [spent.daily, spent.weekly, spent.monthly, spent.total] == dollars(1, 3, 7, 15)


@pytest.mark.parametrize(
    ("interval", "after", "left"),
    [
        ("daily", datetime(2026, 11, 18, 23, 59, 59, tzinfo=UTC), 7),
        ("daily", datetime(2026, 11, 19, tzinfo=UTC), 10),
        ("weekly", datetime(2026, 11, 22, 23, tzinfo=UTC), 7),
        ("weekly", datetime(2026, 11, 23, tzinfo=UTC), 10),
        ("monthly", datetime(2026, 11, 30, 23, tzinfo=UTC), 7),
        ("monthly", datetime(2026, 12, 1, tzinfo=UTC), 10),
        (None, datetime(2036, 1, 1, tzinfo=UTC), 7),
    ],
)
def test_a_limit_is_fresh_after_its_reset_and_not_a_second_before(
    interval: Interval | None, after: datetime, left: int
) -> None:
    capped = key(limit=Decimal(10), limit_reset=interval)
    ceiling = limit_ceiling(account(spend("3"), keys=(capped,)), capped, after)
    assert ceiling is not None
    assert ceiling.remaining == left


def test_byok_spending_counts_only_where_it_counts() -> None:
    without, including = key(limit=Decimal(10)), key(limit=Decimal(10), include_byok_in_limit=True)
    state = account(spend("1", byok="5"))
    assert [ceiling.remaining for ceiling in ceilings(state, without, NOW)] == [9]
    assert [ceiling.remaining for ceiling in ceilings(state, including, NOW)] == [4]
    assert [usage(state, without, NOW).total, byok_usage(state, without, NOW).total] == dollars(1, 5)
    assert total_usage(state) == 1


def test_keys_of_one_account_draw_on_one_balance_and_one_budget() -> None:
    shared = Budget(scope="workspace", limit=Decimal(20), id="b", reset="monthly")
    own = Budget(scope="api_key", limit=Decimal(5), id="g", keys=frozenset({"a"}))
    first, second = key("a"), key("b")
    state = account(spend("3", key="a"), spend("12", key="b"), keys=(first, second), budgets=(own, shared))
    assert {c.scope: int(c.remaining) for c in ceilings(state, first, NOW)} == {"api_key": 2, "workspace": 5}
    assert {c.scope: int(c.remaining) for c in ceilings(state, second, NOW)} == {"workspace": 5}
    assert balance(state) == 85


def test_the_binding_ceiling_is_the_first_spent_one_else_the_smallest() -> None:
    state = account(
        spend("10"),
        budgets=(
            Budget(scope="member", limit=Decimal(50), id="m"),
            Budget(scope="workspace", limit=Decimal(12), id="w"),
        ),
    )
    layers = ceilings(state, key(limit=Decimal(30)), NOW)
    assert (found := binding(layers)) is not None
    assert found.scope == "workspace"
    spent = ceilings(state, key(limit=Decimal(4)), NOW)
    assert (found := binding(spent)) is not None
    assert found.scope == "key_limit"
    assert binding(()) is None


def test_a_charge_joins_its_day_and_model_and_marks_the_key_as_used() -> None:
    later = NOW + timedelta(minutes=5)
    state = account(spend("1"), spend("1", model="other")).charged(spend("2"), later)
    assert {row.model: (int(row.usd), row.requests) for row in state.ledger} == {"m": (3, 2), "other": (1, 1)}
    assert state.keys["a"].last_used_at == later


def test_what_a_deleted_key_spent_stays_spent() -> None:
    state = account(spend("3")).without_key("a")
    assert not state.keys
    assert total_usage(state) == 3


@pytest.mark.parametrize(("bought", "allowed"), [("0", 50), ("9.99", 50), ("10", 1000)])
def test_free_requests_are_counted_by_day_for_the_whole_account(bought: str, allowed: int) -> None:
    yesterday = TODAY - timedelta(days=1)
    state = account(
        spend("0", model="m:free", requests=3),
        spend("0", model="m:free", requests=4, key="b"),
        spend("0", model="m:free", requests=9, day=yesterday),
        spend("1", requests=20),
        bought=bought,
    )
    assert free_requests(state, NOW) == (7, allowed)
