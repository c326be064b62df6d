"""The writes of a command in words: a line each, with the status of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome, WriteRow

_SHOWN: Final = 12
"""Digits of a fingerprint that people read."""


def heading(outcome: Outcome) -> str:
    """The heading of the lines."""
    return "Writes that would be made" if outcome.is_dry_run else "Writes"


def line(row: WriteRow, *, is_dry_run: bool) -> str:
    """`PATCH /keys/0123456789ab…: disable the old key (200)`."""
    return f"{row.method} {short_path(row)}: {row.what}{'' if is_dry_run else _answer(row)}"


def short_path(row: WriteRow) -> str:
    """The path with its key's fingerprint cut short."""
    if row.fingerprint is None:
        return row.path
    return row.path.replace(row.fingerprint, f"{row.fingerprint[:_SHOWN]}…")


def _answer(row: WriteRow) -> str:
    if row.status is not None:
        return f" ({row.status})"
    return " (no answer)" if row.path.startswith("/") else ""
