"""A standard error that nobody can write to: the exit code is the one that the run has with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.repos import Repo

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "--nonsense"), 2),
        (("scan", "--range", "gone..HEAD"), 3),
        (("scan", "--policy-from", "gone"), 3),
        (("scan", "--max-file-size", "1"), 3),
        (("scan", "--history"), 0),
        (("check",), 1),
        (("explain", "no-such"), 2),
        (("models", "--simulate", "no-such"), 2),
        (("models", "--simulate", "healthy"), 0),
        ((), 2),
    ],
)
def test_the_exit_code_is_the_same(here: Repo, arguments: tuple[str, ...], code: int) -> None:
    here.commit({"a.txt": "text\n"})

    def run(stderr: int) -> int:
        command = [sys.executable, "-m", "openrouter_preflight", *arguments]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=stderr, check=False).returncode

    with FULL.open("w") as full:
        assert run(full.fileno()) == run(subprocess.DEVNULL) == code
