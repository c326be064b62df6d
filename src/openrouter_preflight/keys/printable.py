"""Printable names: bytes in, text without control characters and keys out.

Every path, ref and message of git that reaches a Finding goes through here. What a report's own format needs escaped
is the report's business.
"""

from __future__ import annotations

from openrouter_preflight.keys.masking import mask_pieces


def printable(name: bytes | str) -> str:
    """Return `name` with special characters escaped and keys masked."""
    text = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else _without_surrogates(name)
    text = mask_pieces(text)
    return text if text.isprintable() else "".join(map(_escape, text))


def _without_surrogates(name: str) -> str:
    """Return a name of the operating system with undecodable bytes escaped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _escape(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
