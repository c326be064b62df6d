"""Access to parsed JSON whose shape is not promised, such as event payloads."""

from __future__ import annotations


def dig(value: object, *names: str) -> object:
    """Return the value at that path of a parsed JSON document, or None."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_at(value: object, *names: str) -> str:
    """The text at that path; empty where something else or nothing stands there."""
    found = dig(value, *names)
    return found if isinstance(found, str) else ""
