"""How long a whole `check` takes, against a simulator in a process of its own that answers after 50 ms.

    python benchmarks/check.py [--times N]

The floor is what any Python program with these libraries pays before its first line; the allowance on top of it is
120 ms for one key, of which the server takes 50. A hundred keys in one config file may take two seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from _bench import OURS, Row, measure, ours, print_table
from openrouter_preflight.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY = 0.05
KEYS = 100
ALLOWANCE = 0.12
MOST_FOR_ALL = 2.0
FLOOR = [sys.executable, "-c", "import click, httpx, yaml; httpx.Client()"]
_CONFIG = ".openrouter-preflight.yml"


def serve() -> None:
    """Simulate until standard input ends; print the address and the keys as one line of JSON."""
    with Simulator(latency=LATENCY) as simulator:
        keys = [simulator.add_key(f"key-{number}").reveal() for number in range(KEYS)]
        print(json.dumps({"base_url": simulator.base_url, "keys": keys}), flush=True)
        sys.stdin.read()


@contextmanager
def simulator() -> Iterator[str]:
    """The base URL of a simulator in another process; its keys stand in the environment as BENCH_KEY_0 and on."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        os.environ.update({f"BENCH_KEY_{number}": key for number, key in enumerate(told["keys"])})
        try:
            yield told["base_url"]
        finally:
            process.communicate()


def config_of(folder: Path, keys: int) -> Path:
    """The new folder, with a config file that names so many of the simulator's keys."""
    folder.mkdir()
    entries = [f"  - name: key-{number}\n    env: BENCH_KEY_{number}\n" for number in range(keys)]
    (folder / _CONFIG).write_text("keys:\n" + "".join(entries), encoding="utf-8")
    return folder


def in_turns(command: list[str], folder: Path, times: int) -> tuple[float, float, str]:
    """The medians of the floor and of `command`, run by turns so that a busy machine slows both, and its output."""
    floors, taken, said = [], [], ""
    for _ in range(times):
        floors.append(measure(FLOOR, folder, 1)[0])
        seconds, said = measure(command, folder / "one", 1)
        taken.append(seconds)
    return median(floors), median(taken), said


def compare(times: int, folder: Path) -> bool:
    """Print the tables. Returns whether the figures hold."""
    (folder / "one").mkdir()
    config_of(folder / "many", KEYS)
    with simulator() as base_url:
        floor, one, said = in_turns(ours("check", "--key-env", "BENCH_KEY_0", "--base-url", base_url), folder, times)
        many, said_of_all = measure(ours("check", "--base-url", base_url), folder / "many", max(3, times // 4))
    assert "PASS" in said, said
    assert "PASS" in said_of_all, said_of_all
    allowed = Row("floor + 120 ms", floor + ALLOWANCE, "the most it may take")
    print_table("check: one key, 50 ms away", [Row(OURS, one), Row("floor", floor, " ".join(FLOOR[1:])), allowed])
    print_table("check: 100 keys, 50 ms away", [Row(OURS, many), Row("the most it may take", MOST_FOR_ALL)])
    return one <= allowed.seconds and many <= MOST_FOR_ALL


def main() -> None:
    """Measure, print, and leave with 1 where a figure does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=15, help="runs of each command, whose median counts")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if compare(given.times, Path(folder)) else 1)


if __name__ == "__main__":
    main()
