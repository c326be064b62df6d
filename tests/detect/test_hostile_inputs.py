"""Inputs that are made to take long: each megabyte costs at most ten seconds of CPU and 500 MB, or is incomplete."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.planted import KEY

MEGABYTE = 1_000_000
CPU_SECONDS = 10
MEMORY = 500_000_000
"""Bytes of address space above those of the interpreter itself."""

PROGRAM = """import sys
from openrouter_preflight.detect.detector import examine
result = examine(sys.stdin.buffer.read())
print(len(result.matches), len(result.unread))
"""


def filled(text: str) -> bytes:
    return (text * (MEGABYTE // len(text) + 1)).encode()[:MEGABYTE]


LINES = {
    "signs of a comment before each key": f"{'#' * 40} x {KEY}",
    "words that nearly allow": f"{KEY} # openrouter-preflight: allows ",
    "blanks before nearly allowing words": f"{KEY} #{' ' * 90}openrouter-preflight:",
    "brackets of comments": f"{KEY}" + "/*" * 50,
}


@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_a_megabyte_stays_within_the_budget(text: str) -> None:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=filled(text), capture_output=True, check=False, preexec_fn=limit
    )
    assert (run.returncode, run.stderr) == (0, b"")
