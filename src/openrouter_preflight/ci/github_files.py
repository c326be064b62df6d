"""The files through which a step speaks to GitHub's later steps and to people: outputs and the job summary.

They are only ever appended to: other steps and tools write to them too.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OUTPUT_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def append_outputs(path: Path, outputs: Mapping[str, str]) -> None:
    """Add step outputs to the file GITHUB_OUTPUT, each between delimiters that nobody can guess.

    Raises ValueError, a bug, for a name that is not one, and OSError where the file cannot be written to.
    """
    _append(path, "".join(output_lines(name, value) for name, value in outputs.items()))


def output_lines(name: str, value: str) -> str:
    """One output in the form for values of several lines; a value cannot end it early and begin another."""
    if not _OUTPUT_NAME.fullmatch(name):
        raise ValueError(f"not a name of an output: {name!r}")
    delimiter = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def append_summary(path: Path, markdown: str) -> None:
    """Add Markdown to the job summary, the file GITHUB_STEP_SUMMARY. Raises OSError where it cannot be written to."""
    _append(path, f"\n{markdown.rstrip()}\n")


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)
