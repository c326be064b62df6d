"""Refusals of keys that cannot spend, in the order of enforcement (API.md §3)."""

from __future__ import annotations

from typing import NoReturn

from openrouter_preflight.simulator.exchange import Call, refuse
from openrouter_preflight.simulator.spending import Ceiling, balance, ceilings

_KEYS_PAGE = "https://openrouter.ai/settings/keys"
_CREDITS_PAGE = "https://openrouter.ai/settings/credits"


def stop_spent_key(call: Call, *, free: bool = False) -> None:
    """Refuse if a budget, the key's own limit or the credit is spent.

    A `free` request needs no credit, yet a negative balance stops it as well (API.md §3).
    """
    for layer in ceilings(call.account, call.key, call.now):
        if layer.remaining <= 0:
            _refuse_spent(call, layer)
    left = balance(call.account)
    if left < 0 or (left == 0 and not free):
        refuse(
            402,
            f"Insufficient credits. Add more using {_CREDITS_PAGE}",
            user_id=call.account.user_id,
            limit_source="openrouter_credits",
        )


def _refuse_spent(call: Call, layer: Ceiling) -> NoReturn:
    if layer.scope != "key_limit":
        kind = "workspace" if layer.scope == "workspace" else "guardrail"
        refuse(
            403,
            f"{kind.capitalize()} budget exceeded ({layer.reset or 'total'} limit).",
            user_id=call.account.user_id,
            limit_source=f"openrouter_{kind}_budget",
            resets_at=layer.resets_at,
        )
    if call.quirks.limit_refusal_status == 403:
        refuse(403, f"Key limit exceeded ({layer.reset or 'total'} limit). Manage it using {_KEYS_PAGE}")
    refuse(
        402,
        f"This key has reached its spending limit. Raise it at {_KEYS_PAGE}",
        user_id=call.account.user_id,
        limit_source="openrouter_key_limit",
    )


def refuse_unaffordable(wanted: int, affordable: int, source: str) -> NoReturn:
    """Refuse `wanted` tokens when only `affordable` can be paid for."""
    key = source == "openrouter_key_limit"
    remedy = (
        f"visit {_KEYS_PAGE} and create a key with a higher limit" if key else f"visit {_CREDITS_PAGE} and add credits"
    )
    refuse(
        402,
        "This request requires more credits, or fewer max_tokens. "
        f"You requested up to {wanted} tokens, but can only afford {affordable}. To increase, {remedy}",
        limit_source=source,
    )
