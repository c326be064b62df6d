"""How money, times and ceilings are said, so that every message says them alike."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from openrouter_preflight.findings import Ceiling

_CENT: Final = Decimal("0.01")
_TINY: Final = Decimal("0.000001")
_CEILING_NAMES: Final = {
    "key_limit": "the key's own limit",
    "account": "the account's balance",
    "api_key": "the key's budget",
    "member": "the member's budget",
    "workspace": "the workspace's budget",
    "workspace_default_key": "the workspace's default budget for a key",
    "workspace_default_member": "the workspace's default budget for a member",
}


def usd(amount: Decimal) -> str:
    """`$12.34`, rounded down so that no message promises more than there is; fractions of a cent in full."""
    step = _CENT if amount == 0 or abs(amount) >= _CENT else _TINY
    rounded = amount.quantize(step, rounding=ROUND_FLOOR) + 0  # a zero has no sign
    return f"-${-rounded:,f}" if rounded < 0 else f"${rounded:,f}"


def date(moment: datetime) -> str:
    """`2026-11-24 00:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def duration(span: timedelta) -> str:
    """`7 days`, `12 hours`, `1 day 12 hours`: days and hours, minutes only where there is nothing larger."""
    minutes = int(span.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, "day"), (hours, "hour")] if minutes >= 60 else [(minutes, "minute")]
    said = [f"{count} {unit}" if count == 1 else f"{count} {unit}s" for count, unit in parts if count]
    return " ".join(said) or "less than a minute"


def ceiling_name(name: str) -> str:
    """A ceiling's name in words; a scope that the API added since is said as it is."""
    return _CEILING_NAMES.get(name, f"the budget {name!r}")


def reset_of(ceiling: Ceiling) -> str:
    """When the ceiling resets, as the end of a sentence."""
    if ceiling.resets_at is None and ceiling.reset_interval is None:
        return "it never resets"
    words = ["it resets", ceiling.reset_interval, f"({date(ceiling.resets_at)})" if ceiling.resets_at else None]
    return " ".join(word for word in words if word)


def how_to_raise(ceiling: Ceiling) -> str:
    """What a person does about a ceiling that is too low: each has another cure (API.md §7)."""
    if ceiling.name == "account":
        return "Add credit at https://openrouter.ai/settings/credits."
    if ceiling.name in ("key_limit", "api_key"):
        cure = "Raise the key's limit at https://openrouter.ai/settings/keys"
    else:
        cure = f"Have {ceiling_name(ceiling.name)} raised in the workspace's settings"
    wait = f", or wait until it resets ({date(ceiling.resets_at)})" if ceiling.resets_at else ""
    return f"{cure}{wait}; topping up the account will not help."
