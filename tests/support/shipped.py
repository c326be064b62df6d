"""The files of this project: those that git tracks or would, or, in a source distribution, those that are there."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MADE = {"__pycache__", ".pytest_cache", ".hypothesis", ".venv", "build", "dist"}


def shipped_files(*, untracked: bool = False) -> list[str]:
    """Their names from the project's root; `untracked`: those that git does not know yet, too."""
    if not (ROOT / ".git").exists():
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        return [path.as_posix() for path in found if not _MADE & set(path.parts)]
    options = ["--cached", "--others", "--exclude-standard"] if untracked else []
    listed = subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]
