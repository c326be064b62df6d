"""`GET /workspaces`: workspaces and their budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.simulator.clock import timestamp
from openrouter_preflight.simulator.endpoints.bodies import page_of
from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse

if TYPE_CHECKING:
    from openrouter_preflight.simulator.account import Workspace


def list_workspaces(call: Call) -> Answer:
    """One page; the default workspace comes first."""
    return page_of(call, [_row(call, workspace) for workspace in call.account.workspaces])


def list_workspace_budgets(call: Call) -> Answer:
    """The budgets of one workspace, by its id or its slug."""
    named = call.params["id"]
    workspace = next((each for each in call.account.workspaces if named in {each.id, each.slug}), None)
    if workspace is None:
        refuse(404, "Workspace not found")
    inside = {key.hash for key in call.account.keys.values() if key.workspace_id == workspace.id}
    budgets = [
        {
            "id": budget.id,
            "workspace_id": workspace.id,
            "limit_usd": float(budget.limit),
            "reset_interval": budget.reset,
            "created_at": timestamp(workspace.created_at),
            "updated_at": timestamp(workspace.created_at),
        }
        for budget in call.account.budgets
        if budget.scope == "workspace" and (budget.keys is None or budget.keys & inside)
    ]
    return Answer(status=200, body={"data": budgets, "include_byok_in_budgets": False})


def _row(call: Call, workspace: Workspace) -> Json:
    default = call.account.equipment.default_guardrail(workspace.id)
    return {
        "id": workspace.id,
        "name": workspace.name,
        "slug": workspace.slug,
        "description": None,
        "created_at": timestamp(workspace.created_at),
        "created_by": call.account.user_id,
        "updated_at": None,
        "default_guardrail_id": default.id if default else workspace.id,
        "default_image_model": None,
        "default_provider_sort": None,
        "default_text_model": None,
        "disabled_server_tools": None,
        "include_byok_in_budgets": False,
        "io_logging_api_key_ids": None,
        "io_logging_sampling_rate": 0,
        "is_data_discount_logging_enabled": False,
        "is_observability_broadcast_enabled": False,
        "is_observability_io_logging_enabled": False,
    }
