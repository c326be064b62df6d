"""Tolerant reading of an earlier JSON report, of any version.

`read_report` is its strict sister, for reports whose verdict counts.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings.outcome import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a report."""
_LARGEST_EXPONENT: Final = 15
_KINDS: Final = {"check": "a check", "audit": "an audit", "scan": "a scan"}


def read_earlier(path: Path, *, option: str, commands: tuple[str, ...]) -> dict[str, Any]:
    """Return the report in the file at `path`, which `option` names.

    Raises:
        UsageError: it cannot be read, or is not a JSON report of one of `commands`.
    """
    how = f"Name a file that `{commands[0]} --report json=FILE` wrote."
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be read: {error.strerror}.", how) from None
    try:
        report = json.loads(content) if len(content) <= _LARGEST else None
    except (ValueError, RecursionError):
        report = None
    if not isinstance(report, dict) or report.get("schema") != SCHEMA or report.get("command") not in commands:
        raise UsageError(f"{option}: {path} is not a JSON report of {_KINDS[commands[0]]}.", how)
    return report


def entries(value: object) -> list[dict[str, Any]]:
    """The objects of a list; empty for anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """The text; None for anything else."""
    return value if isinstance(value, str) else None


def amount(value: object) -> Decimal | None:
    """USD, from the text that a report holds them in; None for anything else."""
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() and abs(found.adjusted()) <= _LARGEST_EXPONENT else None
