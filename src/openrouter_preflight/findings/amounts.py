"""Wording of money and ceilings, the same in every message and report."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_CENT: Final = Decimal("0.01")
_MILLIONTH: Final = Decimal("0.000001")
_WITH_CENTS: Final = Decimal("1e15")
"""USD; of more than that, cents are no news."""

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


def usd(amount: Decimal) -> str:
    """Return `$1,234.56`, `-$0.40` or `$0.0042`: rounded down."""
    if not amount.is_finite():
        return "unknown"
    if amount and abs(amount) < _CENT:
        tiny = amount.quantize(_MILLIONTH, rounding=ROUND_FLOOR).normalize()
        return _signed(tiny, f"{abs(tiny):f}") if tiny else "$0.00"
    step = _CENT if abs(amount) < _WITH_CENTS else Decimal(1)
    rounded = amount.quantize(step, rounding=ROUND_FLOOR)
    return _signed(rounded, f"{abs(rounded):,f}")


def ceiling_name(name: str) -> str:
    """Return a ceiling's name for people; the API's own word for a new one."""
    return _CEILINGS.get(name, f"the budget `{name}`")


def date(moment: datetime) -> str:
    """`2026-11-24 00:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def duration(span: timedelta) -> str:
    """Return `7 days`, `12 hours` or `1 day 12 hours`."""
    minutes = int(span.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, "day"), (hours, "hour")] if minutes >= 60 else [(minutes, "minute")]
    said = [f"{count} {unit}" if count == 1 else f"{count} {unit}s" for count, unit in parts if count]
    return " ".join(said) or "less than a minute"


def _signed(amount: Decimal, digits: str) -> str:
    return f"-${digits}" if amount < 0 else f"${digits}"
