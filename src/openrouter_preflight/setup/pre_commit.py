"""Addition of our entry to a `.pre-commit-config.yaml`. Pure."""

from __future__ import annotations

import re
from typing import Final

from openrouter_preflight.project import HOME
from openrouter_preflight.setup.templates import HOOK_STAGES, PRE_COMMIT_ENTRY

_REPOS: Final = re.compile(r"^repos:[ \t]*(?:#.*)?$", re.MULTILINE)
_FIRST_ITEM: Final = re.compile(r"\n(?:[ \t]*(?:#[^\n]*)?\n)*([ ]*)- ")
_STAGES: Final = re.compile(r"^default_install_hook_types[ \t]*:", re.MULTILINE)
_OURS: Final = re.compile(r"^[ ]*-?[ ]*id:[ ]*['\"]?openrouter-keys\b", re.MULTILINE)


def has_entry(text: str) -> bool:
    """True if the file names one of our hooks already."""
    return _OURS.search(text) is not None or HOME in text


def with_entry(text: str) -> str | None:
    """Return the text with our entry first; None if it cannot be edited safely.

    The hook types that `pre-commit install` sets up are added too, unless the file names its own.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n")
    found = _REPOS.search(lines)
    item = found and _FIRST_ITEM.match(lines, found.end())
    if not found or not item or lines.startswith("\ufeff"):
        return None
    entry = "".join(f"\n{item[1]}{line}" for line in PRE_COMMIT_ENTRY)
    stages = "" if _STAGES.search(lines) else f"default_install_hook_types: {HOOK_STAGES}\n"
    edited = f"{lines[: found.start()]}{stages}{lines[found.start() : found.end()]}{entry}{lines[found.end() :]}"
    return edited.replace("\n", newline)


def new_file() -> str:
    """A whole `.pre-commit-config.yaml` with our entry and nothing else."""
    entry = "".join(f"  {line}\n" for line in PRE_COMMIT_ENTRY)
    return f"default_install_hook_types: {HOOK_STAGES}\nrepos:\n{entry}"


def lines_to_add() -> str:
    """The entry, for people who add it by hand."""
    return "\n".join(f"  {line}" for line in PRE_COMMIT_ENTRY)
