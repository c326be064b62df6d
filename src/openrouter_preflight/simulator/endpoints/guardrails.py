"""`/guardrails`: the guardrails of a workspace and their keys (API.md §6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from openrouter_preflight.simulator.clock import timestamp
from openrouter_preflight.simulator.endpoints.bodies import hashes_in, json_object, named_workspace, page_of
from openrouter_preflight.simulator.equipment import Assignment, Guardrail
from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse

if TYPE_CHECKING:
    from openrouter_preflight.simulator.account import Account


def list_guardrails(call: Call) -> Answer:
    """The guardrails of one workspace, of the default one where none is named."""
    workspace = named_workspace(call)
    return page_of(call, [_shown(each) for each in call.account.equipment.guardrails if each.workspace_id == workspace])


def read_guardrail(call: Call) -> Answer:
    """One guardrail by its id."""
    return Answer(status=200, body={"data": _shown(_guardrail(call))})


def list_key_assignments(call: Call) -> Answer:
    """The assignments of the whole account, or of the guardrail in the path."""
    wanted = call.params.get("id")
    if wanted is not None:
        _guardrail(call)
    made = call.account.equipment.assignments.values()
    return page_of(call, [_assignment(call.account, each) for each in made if wanted in {None, each.guardrail_id}])


def list_member_assignments(call: Call) -> Answer:
    """The members' assignments: this account has none."""
    return page_of(call, [])


def assign_keys(call: Call) -> Answer:
    """Replace the guardrail of keys; each must be in its workspace."""
    guardrail, hashes = _guardrail(call), hashes_in(json_object(call.request.body), "key_hashes")
    if guardrail.is_default:
        refuse(400, "A workspace's default guardrail applies to every key and cannot be assigned")
    for key_hash in hashes:
        key = call.account.keys.get(key_hash)
        if key is None or not key.is_listed:
            refuse(404, "API key not found")
        if key.workspace_id != guardrail.workspace_id:
            refuse(400, "The API key is in another workspace than the guardrail")
    made = {
        key_hash: Assignment(id=str(uuid4()), guardrail_id=guardrail.id, key_hash=key_hash, created_at=call.now)
        for key_hash in hashes
    }
    return _after(call, {**call.account.equipment.assignments, **made}, "assigned_count", len(made))


def unassign_keys(call: Call) -> Answer:
    """Take this guardrail from keys; those that do not have it stay as they are."""
    guardrail, hashes = _guardrail(call), hashes_in(json_object(call.request.body), "key_hashes")
    made = call.account.equipment.assignments
    gone = {key_hash for key_hash in hashes if key_hash in made and made[key_hash].guardrail_id == guardrail.id}
    kept = {key_hash: each for key_hash, each in made.items() if key_hash not in gone}
    return _after(call, kept, "unassigned_count", len(gone))


def _after(call: Call, assignments: dict[str, Assignment], counted: str, count: int) -> Answer:
    account = replace(call.account, equipment=replace(call.account.equipment, assignments=assignments))
    return Answer(status=200, body={counted: count}, account=account)


def _guardrail(call: Call) -> Guardrail:
    found = next((each for each in call.account.equipment.guardrails if each.id == call.params["id"]), None)
    if found is None:
        refuse(404, "Guardrail not found")
    return found


def _shown(guardrail: Guardrail) -> Json:
    return {
        "id": guardrail.id,
        "name": guardrail.name,
        "description": None,
        "workspace_id": guardrail.workspace_id,
        "limit_usd": None if guardrail.limit is None else float(guardrail.limit),
        "reset_interval": guardrail.reset,
        "include_byok_in_budgets": False,
        "allowed_models": None,
        "allowed_providers": None,
        "created_at": timestamp(guardrail.created_at),
        "updated_at": None,
    }


def _assignment(account: Account, assignment: Assignment) -> Json:
    key = account.keys[assignment.key_hash]
    return {
        "id": assignment.id,
        "guardrail_id": assignment.guardrail_id,
        "key_hash": assignment.key_hash,
        "key_name": key.name,
        "key_label": key.label,
        "assigned_by": account.user_id,
        "created_at": timestamp(assignment.created_at),
    }
