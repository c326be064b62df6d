"""How time and our own memory grow with commits, files and keys, and what start-up is spent on.

    python benchmarks/growth.py [--repo PATH]

A straight line shows as a cost for each unit that stays the same, or falls as start-up counts for less. Memory is the
peak of our process alone (VmHWM of Linux), without git's. `--repo` adds the history of a repository of your own.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from _bench import clean_environment, measure, ours
from check import KEYS, config_of, simulator
from planting import EXAMPLE, git, many_staged, many_versions, small_commit

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMITS = (1000, 2000, 4000, 8000)
FILES = (500, 1000, 2000, 4000)
MOST_MEMORY = 150.0
"""MB that a scan of a history may take, git's own aside."""
_SLOWEST = 8
_WITH_PEAK = """
import sys
from openrouter_preflight.__main__ import run
code = run()
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print("peak", peak, file=sys.stderr)
sys.exit(code)
"""


def peak_memory(folder: Path, *arguments: str) -> float:
    """The peak of our own process in MB."""
    command = [sys.executable, "-c", _WITH_PEAK, *arguments]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False)
    return int(done.stderr.rsplit("peak ", 1)[1]) * 1024 / 1e6


def print_growth(title: str, unit: str, rows: Iterable[tuple[int, float, float]]) -> None:
    """One table: for each size the time, the time for one unit, and the peak of memory where it was taken."""
    print(f"\n{title}\n{unit:>10}{'seconds':>10}{'ms each':>10}{'peak MB':>10}")
    for size, seconds, memory in rows:
        print(f"{size:>10}{seconds:>10.3f}{seconds / size * 1000:>10.3f}{memory or '':>10.4}", flush=True)


def print_startup(title: str, folder: Path, *arguments: str) -> None:
    """The modules whose own import takes longest, of all that the command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "openrouter_preflight", *arguments]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False)
    lines = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "|" in line]
    own = sorted(((int(cost), name.strip()) for cost, _, name in lines if cost.strip().isdigit()), reverse=True)
    print(f"\nstart-up: {title}: {len(own)} modules, {sum(cost for cost, _ in own) / 1000:.1f} ms")
    for cost, name in own[:_SLOWEST]:
        print(f"{cost / 1000:>8.1f} ms  {name}")


def main() -> None:
    """Measure and print everything; leave with 1 where memory goes over its ceiling."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", type=Path)
    given = parser.parse_args()
    print(f"Python {platform.python_version()}; {os.cpu_count()} processors; {platform.platform()}")
    peaks: list[float] = []

    def history(repo: Path) -> tuple[float, float]:
        peaks.append(peak_memory(repo, "scan", "--history"))
        return measure(ours("scan", "--history"), repo, 3)[0], peaks[-1]

    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        repos = {size: many_versions(scratch / f"commits-{size}", size, EXAMPLE) for size in COMMITS}
        grown = ((size, *history(repo)) for size, repo in repos.items())
        print_growth("history, an example key in every commit", "commits", grown)
        staged = {size: many_staged(scratch / f"files-{size}", size, 5000) for size in FILES}
        rows = ((size, measure(ours("scan", "--staged"), repo, 3)[0], 0.0) for size, repo in staged.items())
        print_growth("staged files of 5 kB", "files", rows)
        with simulator() as base_url:
            checks = []
            for size in (KEYS // 4, KEYS // 2, KEYS):
                folder = config_of(scratch / f"keys-{size}", size)
                checks.append((size, measure(ours("check", "--base-url", base_url), folder, 3)[0], 0.0))
            print_growth("check, 50 ms away", "keys", checks)
            print_startup("check", scratch, "check", "--key-env", "BENCH_KEY_0", "--base-url", base_url)
        print_startup("scan --staged", small_commit(scratch / "hook"), "scan", "--staged")
    if given.repo:
        seconds, memory = history(given.repo.resolve())
        size = int(git(given.repo, "rev-list", "--all", "--count"))
        print_growth(f"history of {given.repo.name}", "commits", [(size, seconds, memory)])
    print(f"\nmemory: at most {max(peaks):.0f} MB; the ceiling is {MOST_MEMORY:.0f} MB")
    sys.exit(max(peaks) > MOST_MEMORY)


if __name__ == "__main__":
    main()
