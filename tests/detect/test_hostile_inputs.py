"""Inputs that are made to take long: a megabyte costs at most ten seconds of CPU and 500 MB, and the time is linear."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.effort import runs
from support.hostile_inputs import files


def test_every_input_stays_within_the_budget() -> None:
    size = runs(30_000, 1_000_000)
    seconds = runs(1, 10)  # thirty times less than a megabyte may take three times what it should
    run = subprocess.run(
        [sys.executable, "-m", "support.hostile_inputs", str(size), str(seconds)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.splitlines() == list(files(size)), run.stderr
    assert run.returncode == 0
