"""What every benchmark shares: which peers are installed, how a command is timed, and the table that is printed."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

OURS = "openrouter-preflight"
_TOO_LONG = 300.0
_ONCE_IS_ENOUGH = 5.0
"""Seconds after which a command is not run again for a better median."""


@dataclass(frozen=True)
class Peer:
    """Another tool, as it was found."""

    name: str
    program: str
    version: str


@dataclass(frozen=True)
class Row:
    """One measured command."""

    tool: str
    seconds: float
    note: str = ""
    coverage: str = ""


def find_peers(names: dict[str, tuple[str, ...]], folders: list[Path]) -> dict[str, Peer]:
    """The tools of `names` (program: arguments that print its version) found in `folders` or on PATH."""
    path = os.pathsep.join([*map(str, folders), str(Path(sys.executable).parent), os.environ["PATH"]])
    peers = {}
    for name, arguments in names.items():
        program = shutil.which(name, path=path)
        if program is not None:
            done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
            peers[name] = Peer(name, program, (done.stdout or done.stderr).strip().split("\n")[0].split(" (")[0])
    return peers


def ours(*arguments: str) -> list[str]:
    """This project's own command."""
    return [sys.executable, "-m", "openrouter_preflight", *arguments]


def clean_environment() -> dict[str, str]:
    """An environment in which every tool speaks plainly and looks at nothing of the user's."""
    foreign = ("OPENROUTER_", "GITHUB_", "GIT_", "CI", "PRE_COMMIT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "NO_COLOR": "1"}


def measure(command: list[str], folder: Path, times: int) -> tuple[float, str]:
    """The median of so many runs in seconds, and what the last one printed."""
    taken, output = [], ""
    for _ in range(times):
        start = time.perf_counter()
        try:
            done = subprocess.run(
                command, cwd=folder, env=clean_environment(), capture_output=True, timeout=_TOO_LONG, check=False
            )
        except subprocess.TimeoutExpired:
            return _TOO_LONG, "incomplete: given up"
        taken.append(time.perf_counter() - start)
        output = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
        if taken[-1] > _ONCE_IS_ENOUGH:
            break
    return statistics.median(taken), output


def print_table(title: str, rows: list[Row]) -> None:
    """One scenario: each tool's time, and how many times ours that is."""
    reference = next((row.seconds for row in rows if row.tool == OURS), None)
    print(f"\n{title}\n{'tool':<24}{'seconds':>10}{'ours / it':>11}{'coverage':>10}  note")
    for row in rows:
        ratio = "" if reference is None else f"{reference / row.seconds:.2f}"
        print(f"{row.tool:<24}{row.seconds:>10.3f}{ratio:>11}{row.coverage:>10}  {row.note}")
