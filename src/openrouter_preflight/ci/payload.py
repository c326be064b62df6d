"""Reading a parsed JSON document whose shape nobody promises, such as an event's payload."""

from __future__ import annotations


def dig(value: object, *names: str) -> object:
    """What stands at that path of a parsed JSON document; None where the path ends early."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_at(value: object, *names: str) -> str:
    """The text at that path; empty where something else or nothing stands there."""
    found = dig(value, *names)
    return found if isinstance(found, str) else ""
