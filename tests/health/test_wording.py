"""How money, times and ceilings are said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.findings import Ceiling
from openrouter_preflight.health import wording


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "$0.00"),
        ("-0.0", "$0.00"),
        ("5", "$5.00"),
        ("12.349", "$12.34"),
        ("1234567.891", "$1,234,567.89"),
        ("0.01", "$0.01"),
        ("0.004", "$0.004"),
        ("0.0000001", "$0.00"),
        ("-3.2", "-$3.20"),
        ("-0.001", "-$0.001"),
        ("1e18", "$1,000,000,000,000,000,000"),
    ],
)
def test_money_is_rounded_down(amount: str, said: str) -> None:
    assert wording.usd(Decimal(amount)) == said


@given(st.decimals(min_value=Decimal("-1e18"), max_value=Decimal("1e18"), allow_nan=False))
def test_no_amount_is_said_to_be_more_than_it_is(amount: Decimal) -> None:
    said = wording.usd(amount)
    assert Decimal(said.replace("$", "").replace(",", "")) <= amount


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(days=1, hours=12), "1 day 12 hours"),
        (timedelta(hours=12), "12 hours"),
        (timedelta(hours=1, minutes=59), "1 hour"),
        (timedelta(minutes=60), "1 hour"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=5), "less than a minute"),
    ],
)
def test_a_duration_is_days_and_hours(span: timedelta, said: str) -> None:
    assert wording.duration(span) == said


@pytest.mark.parametrize(
    ("interval", "resets_at", "said"),
    [
        (None, None, "it never resets"),
        ("daily", None, "it resets daily"),
        ("daily", datetime(2026, 11, 26, tzinfo=UTC), "it resets daily (2026-11-26 00:00 UTC)"),
        (None, datetime(2026, 11, 26, tzinfo=UTC), "it resets (2026-11-26 00:00 UTC)"),
    ],
)
def test_a_reset_is_said_with_its_day(interval: str | None, resets_at: datetime | None, said: str) -> None:
    ceiling = Ceiling(name="member", remaining=Decimal(1), reset_interval=interval, resets_at=resets_at)
    assert wording.reset_of(ceiling) == said


@pytest.mark.parametrize(
    ("limit", "says_wait"),
    [(Decimal(5), True), (None, True), (Decimal(0), False)],
)
def test_waiting_for_a_reset_is_advised_only_where_it_brings_anything(limit: Decimal | None, says_wait: bool) -> None:
    ceiling = Ceiling(name="key_limit", remaining=Decimal(0), limit=limit, resets_at=datetime(2026, 12, 1, tzinfo=UTC))
    said = wording.how_to_raise(ceiling)
    assert ("wait until it resets" in said) is says_wait
    assert "topping up the account will not help" in said


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("account", "Add credit at https://openrouter.ai/settings/credits."),
        ("key_limit", "Raise the key's limit at https://openrouter.ai/settings/keys"),
        ("api_key", "Raise the key's limit at https://openrouter.ai/settings/keys"),
        ("workspace", "Have the workspace's budget raised in the workspace's settings"),
        ("new_scope", "Have the budget `new_scope` raised in the workspace's settings"),
    ],
)
def test_each_ceiling_has_its_own_cure(name: str, cure: str) -> None:
    low = Ceiling(name=name, remaining=Decimal(1))
    resetting = Ceiling(name=name, remaining=Decimal(1), resets_at=datetime(2026, 11, 26, tzinfo=UTC))
    if name == "account":
        assert wording.how_to_raise(low) == wording.how_to_raise(resetting) == cure
    else:
        assert wording.how_to_raise(low) == f"{cure}; topping up the account will not help."
        assert wording.how_to_raise(resetting) == (
            f"{cure}, or wait until it resets (2026-11-26 00:00 UTC); topping up the account will not help."
        )
