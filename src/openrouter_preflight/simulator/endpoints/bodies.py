"""Reading what a client sent: JSON bodies and query parameters, refused with 400 where they make no sense."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from openrouter_preflight.simulator.exchange import Json, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping


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
