"""JSON bodies and query parameters of requests, refused with 400."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from openrouter_preflight.simulator.exchange import Answer, Json, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openrouter_preflight.simulator.exchange import Call


def json_object(body: bytes) -> Json:
    """The body as a JSON object."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        refuse(400, "Invalid JSON in the request body")
    if not isinstance(value, dict):
        refuse(400, "The request body must be a JSON object")
    return value


def flag(query: Mapping[str, str], name: str) -> bool:
    """A parameter that is on for `true` and `1`, and off where it is missing."""
    value = query.get(name, "false").lower()
    if value not in {"true", "1", "false", "0"}:
        refuse(400, f"{name}: expected true or false")
    return value in {"true", "1"}


def page_number(query: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number such as `offset` or `limit`, within its bounds."""
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        refuse(400, f"{name}: expected a whole number")
    number = int(value)
    if number < least or (most is not None and number > most):
        refuse(400, f"{name}: expected a whole number from {least}" + (f" to {most}" if most is not None else ""))
    return number


def named_workspace(call: Call) -> str:
    """Return the workspace that the query names, else the default one."""
    workspace = call.request.query.get("workspace_id", call.account.workspaces[0].id)
    if workspace not in {known.id for known in call.account.workspaces}:
        refuse(404, "Workspace not found")
    return workspace


def page_of(call: Call, rows: Sequence[Json]) -> Answer:
    """The page of `rows` that the query asks for, with how many there are in all."""
    offset = page_number(call.request.query, "offset", 0)
    limit = page_number(call.request.query, "limit", 50, least=1, most=100)
    return Answer(status=200, body={"data": list(rows[offset : offset + limit]), "total_count": len(rows)})


def hashes_in(body: Json, name: str) -> list[str]:
    """A list of key hashes, at least one."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        refuse(400, f"{name}: expected a list of at least one key hash")
    return value
