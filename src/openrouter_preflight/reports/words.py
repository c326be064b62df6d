"""How reports say things: money, sizes, moments, durations, counts, ceilings. Every format says them alike."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.scanned import count as count  # noqa: PLC0414 - said here too, where all the words are
from openrouter_preflight.scanned import scanned as scanned_words
from openrouter_preflight.scanned import size as size  # noqa: PLC0414 - likewise

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.findings import Ceiling, KeyStatus, ScanSummary

# The scopes of budgets as API.md §1 lists them, and the two ceilings that are no budget.
_CEILINGS: Final = {
    "key_limit": "the key's own limit",
    "account": "the account's balance",
    "api_key": "the key's budget",
    "member": "the member's budget",
    "workspace": "the workspace's budget",
    "workspace_default_key": "the workspace's budget for each key",
    "workspace_default_member": "the workspace's budget for each member",
}
_CENT: Final = Decimal("0.01")
_MILLIONTH: Final = Decimal("0.000001")


def plain(amount: Decimal) -> str:
    """All digits of `amount`, never with an exponent: `12.34`, `0.0000001`."""
    return format(amount or abs(amount), "f")


def money(amount: Decimal) -> str:
    """USD for people, rounded down so that no report promises more than there is: `$1,234.56`, `-$0.40`, `$0.0042`."""
    if not amount.is_finite():
        return "unknown"
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if not size or size >= _CENT:
        rounded = amount.quantize(_CENT, rounding=ROUND_FLOOR) if size < Decimal("1e15") else amount.to_integral_value()
        return f"{sign}${abs(rounded):,f}"
    return f"{sign}${size.normalize():f}" if size >= _MILLIONTH else f"{sign}$0.00"


def moment(when: datetime) -> str:
    """`2026-12-01` at midnight, else `2026-12-01 14:30`; always UTC."""
    return f"{when:%Y-%m-%d}" if (when.hour, when.minute) == (0, 0) else f"{when:%Y-%m-%d %H:%M}"


def until(when: datetime, now: datetime) -> str:
    """How far away `when` is: `in 7 days`, `in 3 hours`, `4 minutes ago`."""
    seconds = (when - now).total_seconds()
    distance = abs(seconds)
    if distance < 60:
        return "now"
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if distance >= 2 * length or unit == "minute":
            whole = count(int(distance // length), unit)
            return f"in {whole}" if seconds > 0 else f"{whole} ago"
    raise AssertionError("a distance of a minute or more has a unit")


def days(number: float) -> str:
    """A runway: `12 days`, `1.5 days`, `under an hour`."""
    if number * 24 < 1:
        return "under an hour"
    if number >= 3650:
        return "over ten years"
    return f"{number:.0f} days" if number >= 10 else f"{number:.1f} days"


def ceiling_name(name: str) -> str:
    """What people call that ceiling; the API's own word where it is a new one."""
    return _CEILINGS.get(name, f"the budget `{name}`")


def ceiling_figures(key: KeyStatus) -> list[str]:
    """Every ceiling of the key with what is known of it: spent, limit, left, reset; the one that binds says so."""
    binds = binding_ceiling(key)
    figures = [f"{_figures(ceiling)}{', which binds' if ceiling is binds else ''}" for ceiling in key.ceilings]
    free = key.free_requests
    if free is not None:
        of = f" of {free.limit}" if free.limit is not None else ""
        figures.append(f"requests to :free models: {free.remaining}{of} left, resets {moment(free.resets_at)}")
    return figures


def _figures(ceiling: Ceiling) -> str:
    of = f" of {money(ceiling.limit)}" if ceiling.limit is not None else ""
    spent = f"{money(ceiling.spent)}{of} spent, " if ceiling.spent is not None else ""
    left = f"{'' if ceiling.certain else 'about '}{money(ceiling.remaining)} left"
    when = f"resets {moment(ceiling.resets_at)}" if ceiling.resets_at else "never resets"
    reset = "" if ceiling.name == "account" else f", {when}"
    return f"{ceiling_name(ceiling.name)}: {spent}{left}{reset}"


def binding_ceiling(key: KeyStatus) -> Ceiling | None:
    """The ceiling that decides what the key may spend, where its details are known."""
    found = (ceiling for ceiling in key.ceilings if ceiling.name == key.binding_ceiling)
    return min(found, key=lambda ceiling: ceiling.remaining, default=None)


def spendable(key: KeyStatus) -> str:
    """`$12.34`, or `unknown`; a best-effort figure says `about`."""
    if key.spendable_usd is None:
        return "unknown"
    ceiling = binding_ceiling(key)
    best_effort = ceiling is not None and not ceiling.certain
    return f"about {money(key.spendable_usd)}" if best_effort else money(key.spendable_usd)


def reset(key: KeyStatus, now: datetime) -> str:
    """When what binds resets: `2026-12-01 (in 7 days)`, `never`, or empty where nothing binds or resets."""
    if key.resets_at:
        return f"{moment(key.resets_at)} ({until(key.resets_at, now)})"
    ceiling = binding_ceiling(key)
    if key.binding_ceiling is None or key.binding_ceiling == "account":
        return ""
    return ceiling.reset_interval if ceiling and ceiling.reset_interval else "never"


def scanned(scan: ScanSummary) -> str:
    """What it read: `12 objects (3.4 kB) of the index`."""
    return scanned_words(scan.mode, scan.objects, scan.bytes, scan.commits)
