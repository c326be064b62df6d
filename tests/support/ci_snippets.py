"""The pieces of documentation that people copy: fenced blocks of a page, by language and by what they define."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of that language in a page of the repository."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body for found, body in _FENCE.findall(text) if found == language]


def block(page: str, language: str, first_line: str) -> str:
    """The one block that begins with that line."""
    (found,) = (body for body in blocks(page, language) if body.startswith(first_line))
    return found


def run_script(
    script: str, folder: Path, tools: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a step's commands as a CI system does, with our own command line and a pip that has nothing to do."""
    tools.mkdir(exist_ok=True)
    (tools / "pip").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    source = ROOT / "src"
    python = (
        f'#!/bin/sh\n[ "$2" = pip ] || [ "$2" = venv ] && exit 0\nexec env PYTHONPATH={source} {sys.executable} "$@"\n'
    )
    for name in ("python", "python3"):
        (tools / name).write_text(python, encoding="utf-8")
    ours = f'#!/bin/sh\nexec {tools}/python -m openrouter_preflight "$@"\n'
    (tools / "openrouter-preflight").write_text(ours, encoding="utf-8")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    return subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **variables, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
