"""Runway: spending carried forward through ceilings and their resets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from openrouter_preflight.findings import Ceiling
from openrouter_preflight.health.money.runway import Week, even, exhaustion, first_failure
from support.effort import runs

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday."""


def usd(amount: str) -> Decimal:
    return Decimal(amount)


def ceiling(remaining: str, limit: str | None = None, reset: str | None = None, name: str = "key_limit") -> Ceiling:
    return Ceiling(
        name=name, remaining=usd(remaining), limit=None if limit is None else usd(limit), reset_interval=reset
    )


@pytest.mark.parametrize(
    ("remaining", "limit", "reset", "daily", "days"),
    [
        ("10", "10", None, "1", 10),
        ("10", "10", None, "4", 2.5),
        ("0", "10", None, "1", 0),
        ("-3", "10", "daily", "1", 0),
        ("1", "10", None, "0", None),
        # Half a day is left until midnight, and half of a day's spending: the limit holds for ever.
        ("5", "10", "daily", "10", None),
        # A cent less is missing for the last minutes of today.
        ("4.99", "10", "daily", "10", 0.499),
        # Today holds, and tomorrow's whole limit does not.
        ("9", "9", "daily", "12", 1.25),
        # Monday is four and a half days away; the new week's 28 last exactly the week.
        ("18", "28", "weekly", "4", None),
        ("17", "28", "weekly", "4", 4.25),
        ("18", "27", "weekly", "4", 4.5 + 6.75),
        # The first of December is five and a half days away; 31 days at 2 need 62.
        ("11", "61", "monthly", "2", 5.5 + 30.5),
        ("11", "62", "monthly", "2", None),
    ],
)
def test_a_ceiling_ends_where_its_money_does(
    remaining: str, limit: str, reset: str | None, daily: str, days: float | None
) -> None:
    end = exhaustion(ceiling(remaining, limit, reset), even(usd(daily)), NOON)
    assert end == (None if days is None else NOON + timedelta(days=days))


@pytest.mark.parametrize(
    ("reset", "resets"),
    [
        (datetime(2027, 1, 31, 6, tzinfo=UTC), [(1, 31), (2, 28), (3, 31), (4, 30), (5, 31)]),
        (datetime(2026, 12, 1, tzinfo=UTC), [(12, 1), (1, 1), (2, 1), (3, 1)]),
        (datetime(2026, 11, 30, 6, tzinfo=UTC), [(11, 30), (12, 30), (1, 30), (2, 28)]),
    ],
)
def test_a_monthly_window_ends_on_the_same_day_of_each_month_or_on_its_last(
    reset: datetime, resets: list[tuple[int, int]]
) -> None:
    """Found by what lasts to the end of each window exactly, and a day less than that."""
    days = [(datetime(reset.year + (at < (reset.month, 0)), *at, reset.hour, tzinfo=UTC)) for at in resets]
    longest = max(later - earlier for earlier, later in pairwise(days)).days
    budget = Ceiling(name="member", remaining=usd("400"), reset_interval="monthly", resets_at=reset)
    short = replace(budget, limit=usd(str(longest)) - usd("0.5"))
    end = exhaustion(short, even(usd("1")), NOON)
    first = next(earlier for earlier, later in pairwise(days) if (later - earlier).days == longest)
    assert end == first + timedelta(days=longest) - timedelta(hours=12)


def test_a_reset_that_is_past_says_nothing() -> None:
    for resets_at in (NOON, NOON - timedelta(days=1)):
        budget = Ceiling(name="member", remaining=usd("2"), limit=usd("3"), resets_at=resets_at)
        assert exhaustion(budget, even(usd("1")), NOON) == NOON + timedelta(days=2)


def test_a_little_spending_is_spending() -> None:
    assert exhaustion(ceiling("1"), even(usd("0.1")), NOON) == NOON + timedelta(days=10)
    assert exhaustion(ceiling("0.05", "0.05", "daily"), even(usd("0.1")), NOON) == NOON + timedelta(days=1.0)


def test_a_limit_of_nothing_is_over_at_its_first_reset() -> None:
    budget = Ceiling(name="member", remaining=usd("9"), limit=usd("0"), reset_interval="daily")
    assert exhaustion(budget, even(usd("1")), NOON) == datetime(2026, 11, 26, tzinfo=UTC)


def test_of_two_that_end_together_the_first_is_named() -> None:
    one, other = ceiling("5"), ceiling("5", name="account")
    assert first_failure([(other, even(usd("1"))), (one, even(usd("1")))], NOON) == (NOON + timedelta(days=5), other)


def test_a_week_is_spent_by_its_own_rhythm() -> None:
    """Half of Wednesday, Thursday and Friday at 4; a weekend at 1; Monday's money is gone at its half."""
    spend_pattern = Week(tuple(usd(day) for day in ("4", "4", "4", "4", "4", "1", "1")))
    assert exhaustion(ceiling("14"), spend_pattern, NOON) == datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_the_first_ceiling_to_end_is_the_runway() -> None:
    cap, account = ceiling("5"), ceiling("9", name="account")
    assert first_failure([(cap, even(usd("1"))), (account, even(usd("3")))], NOON) == (
        NOON + timedelta(days=3),
        account,
    )


def test_a_budget_that_tells_its_reset_is_believed() -> None:
    """It resets at an hour of its own, and a week later again."""
    reset = NOON + timedelta(days=1)
    budget = Ceiling(name="workspace", remaining=usd("2"), limit=usd("6"), reset_interval="weekly", resets_at=reset)
    assert exhaustion(budget, even(usd("1")), NOON) == reset + timedelta(days=6)


def test_a_reset_of_an_unknown_kind_comes_once() -> None:
    budget = Ceiling(
        name="member",
        remaining=usd("2"),
        limit=usd("3"),
        reset_interval="quarterly",
        resets_at=NOON + timedelta(days=1),
    )
    assert exhaustion(budget, even(usd("1")), NOON) == NOON + timedelta(days=4)


def test_what_lasts_ten_years_is_not_reckoned_further() -> None:
    assert exhaustion(ceiling("100000"), even(usd("1")), NOON) is None
    assert exhaustion(ceiling("3600"), even(usd("1")), NOON) == NOON + timedelta(days=3600)


@dataclass(frozen=True)
class Generated:
    """An account as the brute force sees it: whole micro-dollars, and spending by the hour."""

    now: datetime
    hourly: dict[str, list[int]]
    """Micro-dollars an hour on each weekday: of the key, of its BYOK, of the account."""
    ceilings: list[tuple[str, int, int, str | None, bool]]
    """Name, left, limit, reset, whether BYOK counts."""


def generate(random: Random) -> Generated:
    busy = random.randrange(1, 400_000)
    key = [random.choice((busy, busy, busy // 3, 0)) for _ in range(7)]
    byok = [hour // 2 if random.random() < 0.3 else 0 for hour in key]
    account = [hour + random.choice((0, 0, busy)) for hour in key]
    ceilings: list[tuple[str, int, int, str | None, bool]] = []
    for name in random.sample(("workspace", "api_key", "key_limit", "account"), random.randrange(1, 5)):
        reset = None if name == "account" else random.choice((None, "daily", "weekly", "monthly"))
        limit = busy * 24 * random.randrange(1, {None: 60, "daily": 2, "weekly": 12, "monthly": 50}[reset])
        ceilings.append((name, random.randrange(0, limit + 1), limit, reset, random.random() < 0.5))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=random.randrange(0, 24 * 900))
    return Generated(now=now, hourly={"key": key, "byok": byok, "account": account}, ceilings=ceilings)


def fails_by_brute_force(account: Generated, days: int) -> datetime | None:
    """Hour by hour: apply the resets that are due, stop if anything is spent, spend."""
    left = [start for _, start, _, _, _ in account.ceilings]
    for hour in range(days * 24):
        at = account.now + timedelta(hours=hour)
        for number, (_, _, limit, reset, _) in enumerate(account.ceilings):
            starts_day = hour > 0 and at.hour == 0
            due = {"daily": True, "weekly": at.weekday() == 0, "monthly": at.day == 1}.get(reset or "", False)
            if starts_day and due:
                left[number] = limit
        if any(amount <= 0 for amount in left):
            return at
        for number, (name, _, _, _, counts_byok) in enumerate(account.ceilings):
            own = name in ("api_key", "key_limit")
            cost = account.hourly["key" if own else "account"][at.weekday()]
            if counts_byok and name != "account":
                cost += account.hourly["byok"][at.weekday()]
            left[number] -= cost
        if any(amount < 0 for amount in left):
            return at
    return None


def fails_by_runway(account: Generated) -> datetime | None:
    def week(*names: str) -> Week:
        hours = [sum(account.hourly[name][day] for name in names) for day in range(7)]
        return Week(tuple(Decimal(hour) * 24 / 1_000_000 for hour in hours))

    drains = []
    for name, left, limit, reset, counts_byok in account.ceilings:
        own = "key" if name in ("api_key", "key_limit") else "account"
        drain = week(own, "byok") if counts_byok and name != "account" else week(own)
        made = Ceiling(
            name=name, remaining=Decimal(left) / 1_000_000, limit=Decimal(limit) / 1_000_000, reset_interval=reset
        )
        drains.append((made, drain))
    failure = first_failure(drains, account.now)
    return None if failure is None else failure[0]


def test_generated_accounts_fail_when_a_brute_force_says_so() -> None:
    """To the hour in which money runs out, and so to the day; no failure within 70 days stays none."""
    random = Random(20261125)
    failed, accounts = 0, runs(200, 5000)
    for _ in range(accounts):
        account = generate(random)
        slow, exact = fails_by_brute_force(account, days=70), fails_by_runway(account)
        if slow is None:
            assert exact is None or exact >= account.now + timedelta(days=70)
        else:
            failed += 1
            assert exact is not None
            assert slow <= exact <= slow + timedelta(hours=1)
    assert accounts / 2 < failed < accounts
