"""`GET /credits` and `GET /activity`: balance, and 30 completed days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse
from openrouter_preflight.simulator.model_row import Model, find
from openrouter_preflight.simulator.spending import total_usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.simulator.account import Spend

DAYS = 30


def show_credits(call: Call) -> Answer:
    """Return credits and usage; ordinary keys get three answers (API.md §2)."""
    manner = "true" if call.key.management else call.quirks.credits_for_ordinary_keys
    if manner == "forbidden":
        refuse(403, call.quirks.credits_refusal)
    if manner == "zeros":
        return Answer(status=200, body={"data": {"total_credits": 0, "total_usage": 0}})
    account = call.account
    data = {"total_credits": float(account.credits), "total_usage": float(total_usage(account))}
    return Answer(status=200, body={"data": data})


def list_activity(call: Call) -> Answer:
    """Return rows by day, model and endpoint, newest first, without today."""
    asked, by_workspace = call.request.query, _grouped_by_workspace(call)
    days = _days_asked_for(call)
    key_hash, workspace = asked.get("api_key_hash"), asked.get("workspace_id")
    if key_hash is not None and not _known_key(call, key_hash):
        refuse(404, "API key not found")
    if workspace is not None and workspace not in {known.id for known in call.account.workspaces}:
        refuse(404, "Workspace not found")
    merged: dict[tuple[date, str, str], Spend] = {}
    for spend in call.account.ledger:
        place = _workspace_of(call, spend)
        if spend.day not in days or key_hash not in {None, spend.key} or workspace not in {None, place}:
            continue
        group = (spend.day, spend.model, place if by_workspace else "")
        merged[group] = merged[group].plus(spend) if group in merged else spend
    rows = [
        _row(call.models, spend) | ({"workspace_id": place} if by_workspace else {})
        for (_, _, place), spend in sorted(merged.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1:]))
    ]
    return Answer(status=200, body={"data": rows})


def _grouped_by_workspace(call: Call) -> bool:
    group_by = call.request.query.get("group_by")
    if group_by not in {None, "workspace"}:
        refuse(400, "group_by must be 'workspace'")
    return group_by is not None


def _days_asked_for(call: Call) -> frozenset[date]:
    today = call.now.date()
    completed = frozenset(today - timedelta(days=back) for back in range(1, DAYS + 1))
    asked = call.request.query.get("date")
    if asked is None:
        return completed
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        refuse(400, "Invalid date format. Date must be in YYYY-MM-DD format.")
    if day not in completed:
        refuse(400, f"Date must be within the last {DAYS} (completed) UTC days.")
    return frozenset({day})


def _known_key(call: Call, key_hash: str) -> bool:
    return key_hash in call.account.keys or any(spend.key == key_hash for spend in call.account.ledger)


def _workspace_of(call: Call, spend: Spend) -> str:
    key = call.account.keys.get(spend.key)
    return key.workspace_id if key else call.account.workspaces[0].id


def _row(models: Iterable[Model], spend: Spend) -> Json:
    model = find(models, spend.model)
    return {
        "date": spend.day.isoformat(),
        "model": spend.model,
        "model_permaslug": model.permaslug if model else spend.model,
        "endpoint_id": _endpoint_id(spend.model),
        "provider_name": model.provider if model else "Simulated",
        "usage": float(spend.usd),
        "byok_usage_inference": float(spend.byok_usd),
        "requests": spend.requests,
        "prompt_tokens": spend.prompt_tokens,
        "completion_tokens": spend.completion_tokens,
        "reasoning_tokens": spend.reasoning_tokens,
        "cached_tokens": 0,
    }


def _endpoint_id(model: str) -> str:
    """A UUID that is the same for the same model in every run."""
    from uuid import NAMESPACE_URL, uuid5

    return str(uuid5(NAMESPACE_URL, model))
