"""How wrong the expected rate of spending is, on generated accounts whose habits are known.

Each account spends by one habit for 30 completed days and part of today. The rate that `health.money.spend_rate`
makes of it is compared with the spending of the next 28 days, spikes left out. Run it from the repository's root:

    python benchmarks/runway_rate.py
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median

from openrouter_preflight.health.money.spend_rate import history, own_rate, week_of
from openrouter_preflight.openrouter.answers import Usage

ACCOUNTS = 1000
AHEAD = 28
BACK = 400
_START = datetime(2026, 1, 1, tzinfo=UTC)
_CENT = Decimal("0.01")

Habit = Callable[[Random, date], float]


def steady(_random: Random, _day: date) -> float:
    return 10.0


def working_week(_random: Random, day: date) -> float:
    return 10.0 if day.weekday() < 5 else 2.0


def noisy(random: Random, day: date) -> float:
    return working_week(random, day) * random.lognormvariate(-0.125, 0.5)


def now_and_then(random: Random, _day: date) -> float:
    return 10.0 if random.random() < 0.3 else 0.0


def weekly_batch(_random: Random, day: date) -> float:
    return 50.0 if day.weekday() == 0 else 0.5


HABITS: dict[str, Habit] = {
    "steady": steady,
    "working week": working_week,
    "working week, noisy": noisy,
    "now and then": now_and_then,
    "weekly batch": weekly_batch,
}


def spent_by(habit: Habit, random: Random, today: date) -> dict[date, float]:
    """What the habit spends around `today`, both in the past and to come."""
    days = (today + timedelta(days=offset) for offset in range(-BACK, AHEAD + 1))
    return {day: habit(random, day) for day in days}


def usage_of(spent: dict[date, float], now: datetime) -> Usage:
    """What `/key` would show at `now`."""
    today, gone = now.date(), (now - datetime(now.year, now.month, now.day, tzinfo=UTC)) / timedelta(days=1)

    def since(first: date) -> Decimal:
        before = sum(usd for day, usd in spent.items() if first <= day < today)
        return Decimal(before + spent[today] * gone).quantize(_CENT)

    return Usage(
        total=since(date.min),
        daily=since(today),
        weekly=since(today - timedelta(days=today.weekday())),
        monthly=since(today.replace(day=1)),
    )


def errors(habit: Habit, *, spike: bool, accounts: int = ACCOUNTS, seed: int = 7) -> dict[str, list[float]]:
    """Relative errors of the rate by method; an account of which nothing could be said has none."""
    random, found = Random(seed), dict[str, list[float]](activity=[], usage=[], mean=[])
    for _ in range(accounts):
        now = _START + timedelta(minutes=random.randrange(300 * 24 * 60))
        spent = spent_by(habit, random, now.date())
        truth = sum(usd for day, usd in spent.items() if day > now.date()) / AHEAD
        if truth <= 0:
            continue
        if spike:
            spent[now.date() - timedelta(days=random.randrange(1, 31))] += 300.0
        days = history({day: Decimal(usd) for day, usd in spent.items() if usd}, now)
        week, rate = week_of(days), own_rate(usage_of(spent, now), now)
        rates = {
            "activity": None if week is None else float(week.daily),
            "usage": None if rate is None else float(rate),
            "mean": float(sum(days.values()) / max(len(days), 1)),
        }
        for method, figure in rates.items():
            if figure is not None:
                found[method].append(figure / truth - 1)
    return found


def _summary(found: list[float]) -> str:
    worst = sorted(abs(error) for error in found)
    return f"{median(worst):7.1%} {worst[int(len(worst) * 0.9)]:7.1%} {sum(found) / len(found):+7.1%}"


def main() -> None:
    print(f"{ACCOUNTS} accounts each: median, nine in ten, and mean of the error")
    print(f"{'habit':32}{'by activity':>23}   {'by own usage':>23}   {'plain mean of 30 days':>23}")
    for name, habit in HABITS.items():
        for spike in (False, True):
            found = errors(habit, spike=spike)
            label = f"{name}, one day of $300 more" if spike else name
            print(f"{label:32}{'   '.join(_summary(found[method]) for method in found)}")


if __name__ == "__main__":
    main()
