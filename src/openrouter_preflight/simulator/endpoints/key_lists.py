"""`/byok` and `/observability/destinations`: lists of key hashes (API.md §6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from openrouter_preflight.simulator.clock import timestamp
from openrouter_preflight.simulator.endpoints.bodies import hashes_in, json_object, named_workspace, page_of
from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse

if TYPE_CHECKING:
    from openrouter_preflight.simulator.equipment import KeyList

_Resource = Literal["byok", "destinations"]


def list_byok(call: Call) -> Answer:
    """The providers' credentials of one workspace."""
    return _list(call, "byok")


def read_byok(call: Call) -> Answer:
    """One provider's credential, without its secret."""
    return _read(call, "byok")


def change_byok(call: Call) -> Answer:
    """Replace the list of keys that may use it."""
    return _change(call, "byok", "allowed_api_key_hashes")


def list_destinations(call: Call) -> Answer:
    """The broadcast destinations of one workspace."""
    return _list(call, "destinations")


def read_destination(call: Call) -> Answer:
    """One broadcast destination."""
    return _read(call, "destinations")


def change_destination(call: Call) -> Answer:
    """Replace the list of keys that it broadcasts."""
    return _change(call, "destinations", "api_key_hashes")


def _list(call: Call, resource: _Resource) -> Answer:
    workspace = named_workspace(call)
    return page_of(call, [_shown(each, resource) for each in _all(call, resource) if each.workspace_id == workspace])


def _read(call: Call, resource: _Resource) -> Answer:
    return Answer(status=200, body={"data": _shown(_found(call, resource), resource)})


def _change(call: Call, resource: _Resource, field: str) -> Answer:
    """Replace the list of live keys' hashes; null stands for every key."""
    found, body = _found(call, resource), json_object(call.request.body)
    if field not in body:
        refuse(400, "No update fields provided")
    hashes = None if body[field] is None else tuple(hashes_in(body, field))
    keys = call.account.keys
    if hashes is not None and not all(known in keys and keys[known].is_listed for known in hashes):
        refuse(400, f"{field}: every hash must be that of an API key of this account")
    changed = replace(found, hashes=hashes)
    everything = tuple(changed if each.id == found.id else each for each in _all(call, resource))
    equipment = call.account.equipment
    equipment = (
        replace(equipment, byok=everything) if resource == "byok" else replace(equipment, destinations=everything)
    )
    account = replace(call.account, equipment=equipment)
    return Answer(status=200, body={"data": _shown(changed, resource)}, account=account)


def _all(call: Call, resource: _Resource) -> tuple[KeyList, ...]:
    equipment = call.account.equipment
    return equipment.byok if resource == "byok" else equipment.destinations


def _found(call: Call, resource: _Resource) -> KeyList:
    found = next((each for each in _all(call, resource) if each.id == call.params["id"]), None)
    if found is None:
        refuse(404, "Not found")
    return found


def _shown(each: KeyList, resource: _Resource) -> Json:
    hashes = None if each.hashes is None else list(each.hashes)
    common: Json = {
        "id": each.id,
        "name": each.name,
        "workspace_id": each.workspace_id,
        "created_at": timestamp(each.created_at),
    }
    if resource == "byok":
        return {
            **common,
            "provider": each.kind,
            "label": "...",
            "allowed_api_key_hashes": hashes,
            "allowed_models": None,
            "allowed_user_ids": None,
            "declared_region": None,
            "declared_zdr": None,
            "disabled": not each.enabled,
            "is_byok_only": False,
            "is_fallback": False,
            "is_required": False,
            "sort_order": 0,
        }
    return {
        **common,
        "type": each.kind,
        "api_key_hashes": hashes,
        "broadcast_generation_cost": True,
        "broadcast_generation_cost_allocation": False,
        "broadcast_generation_identity": False,
        "broadcast_generation_request_context": False,
        "config": {"url": "https://collector.example/openrouter"},
        "enabled": each.enabled,
        "filter_rules": None,
        "privacy_mode": False,
        "regions": ["global"],
        "sampling_rate": 1,
        "updated_at": timestamp(each.created_at),
    }
