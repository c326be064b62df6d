"""`GET /workspaces`: the places in which an account's keys spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.simulator.clock import timestamp
from openrouter_preflight.simulator.endpoints.bodies import page_number
from openrouter_preflight.simulator.exchange import Answer, Call, Json

if TYPE_CHECKING:
    from openrouter_preflight.simulator.account import Workspace


def list_workspaces(call: Call) -> Answer:
    """One page; the default workspace comes first."""
    offset = page_number(call.request.query, "offset", 0)
    limit = page_number(call.request.query, "limit", 50, least=1, most=100)
    known = call.account.workspaces
    data = [_row(call, workspace) for workspace in known[offset : offset + limit]]
    return Answer(status=200, body={"data": data, "total_count": len(known)})


def _row(call: Call, workspace: Workspace) -> Json:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "slug": workspace.slug,
        "description": None,
        "created_at": timestamp(workspace.created_at),
        "created_by": call.account.user_id,
        "updated_at": None,
        "default_guardrail_id": workspace.id,
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
