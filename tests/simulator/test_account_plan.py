from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator.account_plan import AccountPlan, BudgetPlan, KeyPlan, SpendPattern, open_account
from openrouter_preflight.simulator.spending import balance, ceilings, limit_ceiling, usage

if TYPE_CHECKING:
    from openrouter_preflight.simulator.account import Account, Key
    from openrouter_preflight.simulator.clock import Interval

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
SECRETS = {name: ApiKey("sk-or-v1-" + digit * 64) for name, digit in (("a", "a"), ("b", "b"))}
MOMENTS = st.integers(0, 6 * 366 * 86_400).map(
    lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
MONEY = st.decimals("0.01", "500", places=2)


def opened(plan: AccountPlan, now: datetime = NOW) -> Account:
    return open_account(plan, SECRETS, Random(0), now)


def only_key(account: Account) -> Key:
    (key,) = account.keys.values()
    return key


@given(now=MOMENTS, spent=MONEY, interval=st.sampled_from(["daily", "weekly", "monthly", None]))
def test_what_was_spent_of_a_limit_is_exact_on_every_day(
    now: datetime, spent: Decimal, interval: Interval | None
) -> None:
    account = opened(AccountPlan(keys={"a": KeyPlan(limit=Decimal(500), limit_reset=interval, spent=spent)}), now)
    ceiling = limit_ceiling(account, only_key(account), now)
    assert ceiling is not None
    assert ceiling.spent == spent


@given(now=MOMENTS, left=st.decimals("-50", "500", places=2))
def test_the_balance_is_what_the_plan_says_it_is(now: datetime, left: Decimal) -> None:
    plan = AccountPlan(keys={"a": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(3)))}, balance=left)
    assert balance(opened(plan, now)) == left


def test_a_rhythm_follows_the_week_and_its_extras_and_today_so_far() -> None:
    weekdays = (Decimal(1),) * 5 + (Decimal("0.5"),) * 2
    spend_pattern = SpendPattern(daily=Decimal(8), week=weekdays, extra={2: Decimal(72)}, from_days_ago=4)
    saturday_to_wednesday_noon = [4, 4, 80, 8, 4]
    assert [usd for _, usd in spend_pattern.days(NOW)] == saturday_to_wednesday_noon


def test_history_reaches_thirty_completed_days_back() -> None:
    account = opened(AccountPlan(keys={"a": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(1)))}))
    days = sorted({row.day for row in account.ledger})
    assert (days[0], days[-1], len(days)) == (NOW.date() - timedelta(days=30), NOW.date(), 31)


def test_a_deleted_key_is_not_in_the_account() -> None:
    account = opened(AccountPlan(keys={"a": KeyPlan(), "b": KeyPlan(deleted=True)}))
    assert set(account.keys) == {SECRETS["a"].fingerprint}


@pytest.mark.parametrize(("plan", "used"), [(KeyPlan(), False), (KeyPlan(spent=Decimal(1)), True)])
def test_only_a_key_that_spent_was_ever_used(plan: KeyPlan, *, used: bool) -> None:
    last = only_key(opened(AccountPlan(keys={"a": plan}))).last_used_at
    assert (last is not None) is used
    assert last is None or last <= NOW


def test_an_account_that_never_paid_has_bought_nothing() -> None:
    assert opened(AccountPlan(keys={"a": KeyPlan()}, never_paid=True)).credits == 0


def test_budgets_stand_in_the_order_of_enforcement_however_they_were_planned() -> None:
    budgets = tuple(
        BudgetPlan(scope=scope, limit=Decimal(10)) for scope in ("workspace", "member", "workspace_default_key")
    )
    account = opened(AccountPlan(keys={"a": KeyPlan(limit=Decimal(5))}, budgets=budgets))
    assert [ceiling.scope for ceiling in ceilings(account, only_key(account), NOW)] == [
        "workspace_default_key",
        "member",
        "workspace",
        "key_limit",
    ]


def test_byok_spending_comes_on_top_and_leaves_the_credit_alone() -> None:
    spend_pattern = SpendPattern(daily=Decimal(2), byok_share=Decimal("0.5"))
    account = opened(AccountPlan(keys={"a": KeyPlan(spend_pattern=spend_pattern)}, balance=Decimal(10)))
    assert balance(account) == 10
    assert usage(account, only_key(account), NOW).total == 61
    assert sum(row.byok_usd for row in account.ledger) == Decimal("30.5")
