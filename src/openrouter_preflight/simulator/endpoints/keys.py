"""`/keys`: list, create, read, change and delete ordinary keys (API.md §6)."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator.account import Key
from openrouter_preflight.simulator.clock import Interval, timestamp
from openrouter_preflight.simulator.endpoints.bodies import flag, json_object, named_workspace, page_number
from openrouter_preflight.simulator.endpoints.key import limit_and_usage
from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 100


def list_keys(call: Call) -> Answer:
    """Return a page of 100, newest first, by default of the default workspace."""
    query = call.request.query
    workspace = named_workspace(call)
    disabled, expired = flag(query, "include_disabled"), flag(query, "include_expired")
    shown = [
        key
        for key in sorted(call.account.keys.values(), key=lambda key: key.created_at)[::-1]
        if key.is_listed
        and key.workspace_id == workspace
        and (disabled or not key.disabled)
        and (expired or not key.expired(call.now))
    ]
    offset = page_number(query, "offset", 0)
    return Answer(status=200, body={"data": [_shown(call, key) for key in shown[offset : offset + PAGE]]})


def read_key(call: Call) -> Answer:
    """One key by its hash, disabled or expired as it may be."""
    return Answer(status=200, body={"data": _shown(call, _key(call))})


def create_key(call: Call) -> Answer:
    """A new key: the only answer that ever holds the key itself."""
    asked = json_object(call.request.body)
    name = asked.get("name")
    if not isinstance(name, str) or not name.strip():
        refuse(400, "name: a string of at least one character is required")
    workspace = asked.get("workspace_id", call.account.workspaces[0].id)
    _known_workspace(call, workspace)
    secret = ApiKey(new_secret(secrets.token_hex))
    key = Key(
        hash=secret.fingerprint,
        label=secret.label,
        name=name,
        created_at=call.now,
        workspace_id=workspace,
        expires_at=_expiry(asked.get("expires_at")),
        has_creator=asked.get("creator_user_id") is not None,
        **_settings(asked),
    )
    if key.outlives(call.account.max_lifetime):
        refuse(400, "expires_at: the account's maximum key lifetime requires an earlier expiry")
    account = call.account.with_key(key)
    body = {"data": _shown(replace(call, account=account), key), "key": secret.reveal()}
    return Answer(status=201, body=body, account=account)


def change_key(call: Call) -> Answer:
    """Change what the body names; 400 where it names nothing changeable."""
    key, asked = _key(call), json_object(call.request.body)
    changes = _settings(asked)
    if "name" in asked:
        if not isinstance(asked["name"], str) or not asked["name"].strip():
            refuse(400, "name: expected a string of at least one character")
        changes["name"] = asked["name"]
    if "workspace_id" in asked:
        _known_workspace(call, asked["workspace_id"])
        changes["workspace_id"] = asked["workspace_id"]
    if "disabled" in asked:
        changes["disabled"] = _boolean(asked, "disabled")
    if not changes:
        refuse(400, "No update fields provided")
    changed = replace(key, updated_at=call.now, **changes)
    account = call.account.with_key(changed)
    return Answer(status=200, body={"data": _shown(replace(call, account=account), changed)}, account=account)


def delete_key(call: Call) -> Answer:
    """The key is gone at once: whoever uses it is answered 401."""
    account = call.account.without_key(_key(call).hash)
    return Answer(status=200, body={"deleted": True}, account=account)


def new_secret(token_hex: Callable[[int], str]) -> str:
    """Return a key of OpenRouter's shape (API.md §4) from random hex digits."""
    return "sk-or-v1-" + token_hex(32)


def _key(call: Call) -> Key:
    key = call.account.keys.get(call.params["hash"])
    if key is None or not key.is_listed or call.quirks.management_of_another_account:
        refuse(404, "API key not found")
    return key


def _known_workspace(call: Call, workspace: object) -> None:
    if not isinstance(workspace, str):
        refuse(400, "workspace_id: expected a string")
    if workspace not in {known.id for known in call.account.workspaces}:
        refuse(404, "Workspace not found")


def _settings(asked: Json) -> dict[str, Any]:
    """The changes to a Key that a body of POST or PATCH names, checked."""
    readers = {"limit": _limit, "limit_reset": _interval, "include_byok_in_limit": _boolean}
    return {name: read(asked, name) for name, read in readers.items() if name in asked}


def _limit(asked: Json, name: str) -> Decimal | None:
    value = asked[name]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        refuse(400, f"{name}: expected a number of USD, zero or more, or null")
    return Decimal(str(value))


def _interval(asked: Json, name: str) -> str | None:
    value = asked[name]
    if value is not None and value not in get_args(Interval):
        refuse(400, f"{name}: expected 'daily', 'weekly', 'monthly' or null")
    return None if value is None else str(value)


def _boolean(asked: Json, name: str) -> bool:
    value = asked[name]
    if not isinstance(value, bool):
        refuse(400, f"{name}: expected true or false")
    return value


def _expiry(value: object) -> datetime | None:
    """UTC only, with seconds, as the service insists (API.md §6)."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and value.count(":") >= 2 else None
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() != timedelta(0):
        refuse(400, "expires_at: expected an ISO 8601 timestamp in UTC with seconds, such as 2027-12-31T23:59:59Z")
    return moment


def _shown(call: Call, key: Key) -> Json:
    return {
        "hash": key.hash,
        "name": key.name,
        "label": key.label,
        "disabled": key.disabled,
        **limit_and_usage(replace(call, caller=key)),
        "created_at": timestamp(key.created_at),
        "updated_at": timestamp(key.updated_at),
        "expires_at": timestamp(key.expires_at),
        "last_used_at": timestamp(call.account.last_used(key, call.now - call.quirks.usage_lag)),
        "creator_user_id": call.account.user_id if key.has_creator else None,
        "external_user": None,
        "workspace_id": key.workspace_id,
    }
