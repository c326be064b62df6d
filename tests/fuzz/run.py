"""Fuzz one target with coverage for guidance: `python tests/fuzz/run.py detector [seconds]`. Needs atheris.

An input that breaks a promise is written to the folder that is named last (the working folder, if none is) and ends the
run. It belongs into the corpus then, with `@KEY@` in place of a key.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

sys.path[:0] = [str(Path(__file__).parents[2] / "src"), str(Path(__file__).parents[1])]

with atheris.instrument_imports(include=["openrouter_preflight"]):
    from fuzz.targets import TARGETS, seeds


def main() -> None:
    """Start from the corpus, and keep what is found in a folder that goes away."""
    target, seconds, crashes = (*sys.argv[1:], "60", ".")[:3] if len(sys.argv) == 2 else (*sys.argv[1:], ".")[:3]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(target)):
            (Path(folder) / str(number)).write_bytes(seed)
        options = (
            f"-max_total_time={seconds}",
            "-max_len=4096",
            "-timeout=20",
            f"-artifact_prefix={crashes}/{target}-",
        )
        atheris.Setup([sys.argv[0], *options, folder], TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
