"""Files through which a step reports to GitHub: outputs and the job summary.

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
    """Append step outputs to GITHUB_OUTPUT, each between random delimiters.

    Raises ValueError, a bug, for a name that is not one, and OSError where the file cannot be written to.
    """
    _append(path, "".join(output_lines(name, value) for name, value in outputs.items()))


def output_lines(name: str, value: str) -> str:
    """Return one output in the multi-line form; no value can begin another."""
    if not _OUTPUT_NAME.fullmatch(name):
        raise ValueError(f"not a name of an output: {name!r}")
    delimiter = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def append_summary(path: Path, markdown: str) -> None:
    """Append Markdown to GITHUB_STEP_SUMMARY. Raises OSError."""
    _append(path, f"\n{markdown.rstrip()}\n")


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)
