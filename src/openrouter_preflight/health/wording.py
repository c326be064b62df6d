"""Wording of a key's times and ceilings, the same in every message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings.amounts import ceiling_name as ceiling_name  # noqa: PLC0414 - said here too
from openrouter_preflight.findings.amounts import date as date  # noqa: PLC0414 - likewise
from openrouter_preflight.findings.amounts import duration as duration  # noqa: PLC0414 - likewise
from openrouter_preflight.findings.amounts import usd as usd  # noqa: PLC0414 - likewise

if TYPE_CHECKING:
    from openrouter_preflight.findings import Ceiling


def reset_of(ceiling: Ceiling) -> str:
    """When the ceiling resets, as the end of a sentence."""
    if ceiling.resets_at is None and ceiling.reset_interval is None:
        return "it never resets"
    words = ["it resets", ceiling.reset_interval, f"({date(ceiling.resets_at)})" if ceiling.resets_at else None]
    return " ".join(word for word in words if word)


def how_to_raise(ceiling: Ceiling) -> str:
    """Return the remedy for a ceiling that is too low (API.md §7)."""
    if ceiling.name == "account":
        return "Add credit at https://openrouter.ai/settings/credits."
    if ceiling.name in ("key_limit", "api_key"):
        cure = "Raise the key's limit at https://openrouter.ai/settings/keys"
    else:
        cure = f"Have {ceiling_name(ceiling.name)} raised in the workspace's settings"
    brings_more = ceiling.limit is None or ceiling.limit > 0
    wait = f", or wait until it resets ({date(ceiling.resets_at)})" if ceiling.resets_at and brings_more else ""
    return f"{cure}{wait}; topping up the account will not help."


def times(count: int) -> str:
    """`once`, `3 times`."""
    return "once" if count == 1 else f"{count} times"
