"""`GET /key`: the service's answer about the key that asks."""

from __future__ import annotations

from openrouter_preflight.simulator.account import ZERO
from openrouter_preflight.simulator.clock import timestamp
from openrouter_preflight.simulator.endpoints.refusals import stop_spent_key
from openrouter_preflight.simulator.exchange import Answer, Call, Json
from openrouter_preflight.simulator.spending import (
    Ceiling,
    binding,
    byok_usage,
    ceilings,
    free_requests,
    limit_ceiling,
    usage,
)

OLD_FIELDS = ("label", "limit", "limit_remaining", "usage", "is_free_tier", "is_provisioning_key", "rate_limit")
"""All that captures from before the budgets hold (API.md §1)."""


def show_own_key(call: Call) -> Answer:
    """Return the key that asks; 200 also when nothing is left, unless set otherwise."""
    if call.quirks.key_refuses_too and not call.key.management:
        stop_spent_key(call)
    whole = _own_key(call)
    data = {name: whole[name] for name in OLD_FIELDS} if call.quirks.old_key_answer else whole
    if not call.quirks.expiry_is_told:
        data.pop("expires_at", None)
    if call.quirks.label_of_another_key and not call.key.management:
        data["label"] = "sk-or-v1-000...000"
    if call.quirks.management_of_another_account and call.key.management:
        data["creator_user_id"] = f"{call.account.user_id}-other"
    return Answer(status=200, body={"data": data})


def _own_key(call: Call) -> Json:
    key, account = call.key, call.account
    layers = ceilings(account, key, call.now)
    first = binding(layers)
    used, allowed = free_requests(account, call.now)
    return {
        "label": key.label,
        **limit_and_usage(call),
        "is_free_tier": account.credits <= 0,
        "is_management_key": key.management,
        "is_provisioning_key": key.management,
        "expires_at": timestamp(key.expires_at),
        "creator_user_id": account.user_id,
        "organization_id": None,
        "workspace_id": key.workspace_id,
        "budgets": [_budget(layer) for layer in layers],
        "effective_budget": None if first is None else _budget(first),
        "free_model_daily_requests": {"used": used, "limit": allowed, "remaining": max(0, allowed - used)},
        "allowed_data_regions": list(account.regions),
        "rate_limit": {"requests": -1, "interval": "10s", "note": "This field is deprecated and safe to ignore."},
    }


def limit_and_usage(call: Call) -> Json:
    """Return the key's limit and usage as `/key` and `/keys` both show them."""
    key, account, now = call.key, call.account, call.now
    own = limit_ceiling(account, key, now)
    spent, byok = usage(account, key, now), byok_usage(account, key, now)
    return {
        "limit": None if own is None else float(own.limit),
        "limit_remaining": None if own is None else float(max(own.remaining, ZERO)),
        "limit_reset": key.limit_reset,
        "include_byok_in_limit": key.include_byok_in_limit,
        "usage": float(spent.total),
        "usage_daily": float(spent.daily),
        "usage_weekly": float(spent.weekly),
        "usage_monthly": float(spent.monthly),
        "byok_usage": float(byok.total),
        "byok_usage_daily": float(byok.daily),
        "byok_usage_weekly": float(byok.weekly),
        "byok_usage_monthly": float(byok.monthly),
    }


def _budget(layer: Ceiling) -> Json:
    workspace = layer.scope == "workspace"
    return {
        "scope": layer.scope,
        "limit_usd": float(layer.limit),
        "spend_usd": float(layer.spent),
        "remaining_usd": float(layer.remaining),
        "reset_interval": layer.reset,
        "resets_at": timestamp(layer.resets_at),
        "include_byok": layer.include_byok,
        "budget_id": layer.id if workspace else None,
        "guardrail_id": None if workspace else layer.id,
    }
