"""Who spends what: a key's own rate, its part of what it shares, and its company on the same account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.findings import Ceiling
from openrouter_preflight.health.money.burn_rate import Spending
from openrouter_preflight.health.money.forecast import spending_of
from openrouter_preflight.health.money.runway import Week, even
from openrouter_preflight.openrouter.activity import ActivityDay
from support.health_facts import NOW, answered, balance, facts, info, record, told

if TYPE_CHECKING:
    from openrouter_preflight.health.facts import Facts

KEY_A, KEY_B = ("sk-or-v1-" + letter + "0e6f44a47a05f1dad2ad7e88c4c1d6b" * 2 + "9" for letter in "ab")
EVER = {"usage": 900}
"""A key that is older than the month; the month is 24.5 days old, the week 2.5."""


def daily(week: Week | None) -> float | None:
    """USD on each day, where all are alike."""
    if week is None:
        return None
    (only,) = set(week.days)
    return float(only)


def active(spent: str, byok: str = "0", days: int = 30) -> Any:
    """An account's activity: the same on every day."""
    today = NOW.date()
    return answered(
        tuple(
            ActivityDay(day=today - timedelta(days=back), spent=Decimal(spent), byok=Decimal(byok))
            for back in range(days, 0, -1)
        )
    )


OWN, BYOK, ACCOUNT, ACCOUNT_BYOK = (even(Decimal(usd)) for usd in (2, 1, 40, 10))
KNOWN = Spending(now=NOW, key=OWN, key_byok=BYOK, account=ACCOUNT, account_byok=ACCOUNT_BYOK)


@pytest.mark.parametrize(
    ("name", "counts_byok", "drain"),
    [
        ("account", False, 40),
        ("account", True, 40),
        ("key_limit", False, 2),
        ("key_limit", True, 3),
        ("api_key", True, 3),
        ("workspace_default_key", False, 2),
        # Shared, and what it lost is not told: as much as the account spends, at worst.
        ("workspace", False, 40),
        ("workspace", True, 50),
    ],
)
def test_a_ceiling_is_drained_by_those_whom_it_holds_for(name: str, counts_byok: bool, drain: int) -> None:
    ceiling = Ceiling(name=name, remaining=Decimal(1), include_byok=counts_byok)
    assert daily(KNOWN.drain_of(ceiling)) == drain


@pytest.mark.parametrize("counts_byok", [False, True])
@pytest.mark.parametrize("name", ["account", "key_limit", "workspace"])
def test_where_no_rate_is_known_no_drain_is(name: str, counts_byok: bool) -> None:
    ceiling = Ceiling(name=name, remaining=Decimal(1), spent=Decimal(5), include_byok=counts_byok)
    assert Spending(now=NOW, key_byok=BYOK, account_byok=ACCOUNT_BYOK).drain_of(ceiling) is None


def test_a_shared_budget_has_no_known_drain_where_the_account_has_none() -> None:
    ceiling = Ceiling(name="workspace", remaining=Decimal(1), include_byok=True)
    assert Spending(now=NOW, key=OWN, account_byok=ACCOUNT_BYOK).drain_of(ceiling) is None


@pytest.mark.parametrize("lost", [None, Decimal(0), Decimal(-3)])
def test_a_budget_that_lost_nothing_tells_no_part(lost: Decimal | None) -> None:
    ceiling = Ceiling(name="workspace", remaining=Decimal(1), spent=lost)
    assert daily(replace(KNOWN, usage=info(usage=20).usage).drain_of(ceiling)) == 40


@pytest.mark.parametrize("used", [None, 0])
def test_a_key_that_took_nothing_of_a_budget_tells_no_part(used: object) -> None:
    ceiling = Ceiling(name="workspace", remaining=Decimal(1), spent=Decimal("0.5"))
    assert daily(replace(KNOWN, usage=info(usage=used).usage).drain_of(ceiling)) == 40


def test_a_keys_own_usage_is_its_rate_and_its_accounts() -> None:
    (found,) = spending_of([facts(told(**EVER, usage_monthly=49, byok_usage=90, byok_usage_monthly="24.5"))], NOW)
    assert (daily(found.key), daily(found.key_byok)) == (2, 1)
    assert (daily(found.account), daily(found.account_byok)) == (2, 1)
    assert (found.basis, found.days) == ("by what the key spent of late", ())
    assert found.usage is not None
    assert found.byok_usage is not None
    assert (found.usage.monthly, found.byok_usage.monthly) == (Decimal(49), Decimal("24.5"))


def test_a_key_that_spends_at_providers_only_spends_nothing_here() -> None:
    (found,) = spending_of([facts(told(byok_usage=90, byok_usage_monthly=49))], NOW)
    assert (daily(found.key), daily(found.key_byok)) == (0, 2)


def test_a_record_tells_how_long_a_young_key_has_spent() -> None:
    young = answered(record(created_at="2026-11-23T12:00:00Z"))
    told_ = told(usage=10, usage_monthly=10, usage_weekly=9, byok_usage=4, byok_usage_monthly=4, byok_usage_weekly=3)
    (found,) = spending_of([facts(told_, record=young)], NOW)
    assert (daily(found.key), daily(found.key_byok)) == (5, 2)


def test_a_key_of_which_nothing_is_told_has_no_rate() -> None:
    (found,) = spending_of([facts(None)], NOW)
    assert found == Spending(now=NOW)


def test_too_little_activity_still_tells_its_days() -> None:
    (found,) = spending_of([facts(told(**EVER, usage_monthly=49), activity=active("5", days=2))], NOW)
    assert daily(found.key) == 2
    assert found.days == ((date(2026, 11, 23), Decimal(5)), (date(2026, 11, 24), Decimal(5)))


def test_activity_tells_the_accounts_rate_and_the_keys_usage_its_part_of_it() -> None:
    """A quarter of 40 a day; of the 8 that go to providers, half."""
    used = {"usage_monthly": 240, "usage_daily": 0, "byok_usage_monthly": 96, "byok_usage_daily": 0}
    (found,) = spending_of([facts(told(**EVER, **used), activity=active("40", "8"))], NOW)
    assert (daily(found.key), daily(found.key_byok)) == (10, 4)
    assert (daily(found.account), daily(found.account_byok)) == (40, 8)
    assert found.basis == "by the account's last 30 days"
    assert (len(found.days), found.days[-1]) == (30, (date(2026, 11, 24), Decimal(40)))
    assert found.usage is not None
    assert found.byok_usage is not None
    assert (found.usage.monthly, found.byok_usage.monthly) == (Decimal(240), Decimal(96))


def test_all_of_the_accounts_spending_is_the_keys_where_nothing_tells() -> None:
    (found,) = spending_of([facts(told(), activity=active("40", "8"))], NOW)
    assert (daily(found.key), daily(found.key_byok)) == (40, 8)


def of_account(raw: str, *, account: str | None = "org", **words: Any) -> Facts:
    used = {"usage_monthly": 49, "byok_usage": 90, "byok_usage_monthly": "24.5"}
    return facts(told(**EVER, **used, organization_id=account), raw=raw, **words)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        pytest.param(of_account(KEY_A), of_account(KEY_B), 4, id="two keys of one account"),
        pytest.param(of_account(KEY_A), of_account(KEY_A), 2, id="one key under two names"),
        pytest.param(of_account(KEY_A), of_account(KEY_B, account="other"), 2, id="two accounts"),
        pytest.param(
            of_account(KEY_A, account=None), of_account(KEY_B, account=None), 2, id="accounts that are not told"
        ),
        pytest.param(
            of_account(KEY_A, account=None), of_account(KEY_A, account=None), 2, id="one key, its account not told"
        ),
        pytest.param(
            facts(told(**EVER, usage_monthly=49, organization_id="a"), balance("9"), certain=True, raw=KEY_A),
            facts(told(**EVER, usage_monthly=49, organization_id="b"), balance("9"), certain=True, raw=KEY_B),
            4,
            id="the one account of the management key",
        ),
    ],
)
def test_keys_of_one_account_drain_it_together(first: Facts, second: Facts, together: int) -> None:
    for found in spending_of([first, second], NOW):
        assert (daily(found.key), daily(found.account)) == (2, together)


def test_what_keys_of_one_account_spend_at_providers_adds_up() -> None:
    for found in spending_of([of_account(KEY_A), of_account(KEY_B)], NOW):
        assert (daily(found.key_byok), daily(found.account_byok)) == (1, 2)


def test_an_expected_spend_stands_in_for_the_past_of_its_key_alone() -> None:
    mine, other = spending_of([of_account(KEY_A, expected_spend=Decimal(7)), of_account(KEY_B)], NOW)
    assert (daily(mine.key), mine.basis) == (7, "as --expected-spend says")
    assert (daily(other.key), other.basis) == (2, "by what the key spent of late")
    assert daily(mine.account) == daily(other.account) == 9


@pytest.mark.parametrize(
    ("expected", "account"),
    [
        # 40 a day of the account's, 10 of them the key's until now.
        ("25", 55),
        ("0", 30),
    ],
)
def test_an_expected_spend_replaces_the_keys_part_of_the_accounts_activity(expected: str, account: int) -> None:
    used = told(**EVER, usage_monthly=240, usage_daily=0)
    (found,) = spending_of([facts(used, activity=active("40", "8"), expected_spend=Decimal(expected))], NOW)
    assert (daily(found.key), daily(found.account)) == (float(expected), account)
    assert daily(found.account_byok) == 8


def test_an_account_never_spends_less_than_nothing_without_one_of_its_keys() -> None:
    rest = Week((Decimal(1),) * 7).without(Week((Decimal(3),) * 6 + (Decimal("0.5"),)))
    assert rest == Week((Decimal(0),) * 6 + (Decimal("0.5"),))
