"""Tolerant reading of JSON objects, to which OpenRouter adds fields (API.md).

A field that is missing, null, or of a type nobody documented reads as absent. Nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

Json = Mapping[str, object]

_LARGEST_EXPONENT: Final = 18
"""Beyond it a figure is no amount of money or tokens, and neither arithmetic nor reports could hold all its digits."""
_WORD: Final = re.compile(r"(?!.*[0-9a-fA-F]{8})[ -~]{1,40}")
"""Short, printable, and no part of a key."""


def text(data: Json, name: str) -> str | None:
    """The string of that name."""
    value = data.get(name)
    return value if isinstance(value, str) else None


def word(data: Json, name: str) -> str | None:
    """Return a string that may be shown: a word of an open set, such as a scope."""
    value = text(data, name)
    return value if value is not None and _WORD.fullmatch(value) else None


def flag(data: Json, name: str) -> bool | None:
    """The boolean of that name."""
    value = data.get(name)
    return value if isinstance(value, bool) else None


def number(data: Json, name: str) -> Decimal | None:
    """Return the number of that name to 28 digits, also from a string.

    What is next to nothing is 0.
    """
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        figure = Decimal(value)
    except InvalidOperation:
        return None
    if not figure.is_finite():
        return None
    if figure == 0 or figure.adjusted() < -_LARGEST_EXPONENT:
        return Decimal(0)
    return +figure if figure.adjusted() <= _LARGEST_EXPONENT else None


def whole(data: Json, name: str) -> int | None:
    """The whole number of that name."""
    figure = number(data, name)
    return int(figure) if figure is not None and figure == figure.to_integral_value() else None


def moment(data: Json, name: str) -> datetime | None:
    """The ISO 8601 time of that name, in UTC; one without an offset is taken for UTC."""
    value = text(data, name)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def record(data: Json, name: str) -> Json | None:
    """The object of that name."""
    value = data.get(name)
    return value if isinstance(value, Mapping) else None


def records(data: Json, name: str) -> tuple[Json, ...] | None:
    """The objects in the list of that name; None where there is no list."""
    value = data.get(name)
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else None


def texts(data: Json, name: str) -> tuple[str, ...] | None:
    """The strings in the list of that name; None where there is no list."""
    value = data.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else None
