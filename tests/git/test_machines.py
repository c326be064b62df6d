"""Old gits, small machines, and gits that fail half-way."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.git.hooks_path import hooks_folder
from openrouter_preflight.git.process import Git
from openrouter_preflight.git.processors import processors
from support.repos import HERMETIC, KEY, Repo, found, rules

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000"}, 8),
        ({"cpu.max": "100000 100000"}, 1),
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "max 100000", "job/cpu.max": "50000 100000"}, 1),
        ({"job/cpu.max": "300000 100000", "job/step/cpu.max": "max 100000"}, 3),
        ({"cpu.max": "nonsense"}, 8),
    ],
)
def test_a_container_is_granted_no_more_than_it_has(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    own = tmp_path / "own"
    own.write_text("0::/job/step\n")
    assert processors(str(tmp_path), str(own)) == min(expected, len(os.sched_getaffinity(0)))


def wrapped(folder: Path, case: str) -> dict[str, str]:
    """An environment whose git does `case` before it does what it is told."""
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n{case}\nexec {shutil.which("git")} "$@"\n', encoding="ascii")
    program.chmod(0o755)
    return {**HERMETIC, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


OF_2020 = """for word in "$@"; do case "$word" in
--deduplicate|--show-scope) echo "error: unknown option \\`$word'" >&2; exit 129;;
esac; done
case " $* " in *" rev-parse "*" --end-of-options "*) echo "fatal: Needed a single revision" >&2; exit 128;; esac"""


@pytest.mark.parametrize("mode", ["tree", "staged", "range", "history"])
def test_a_git_of_2020_is_enough(repo: Repo, tmp_path: Path, mode: str) -> None:
    repo.commit({"old.txt": "old"})
    repo.stage("a.env", KEY)
    if mode in {"range", "history"}:
        repo.commit()
    asked = "HEAD~1..HEAD" if mode == "range" else None
    assert found(repo.scan(mode, range=asked, environ=wrapped(tmp_path, OF_2020))) == {("a.env", 1, "error")}


def test_the_hooks_of_a_git_of_2020_are_where_it_looks(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "core.hooksPath", "my/hooks")
    folder = hooks_folder(Git(repo.path, wrapped(tmp_path, OF_2020)))
    assert (folder.path, folder.everywhere) == (repo.path / "my/hooks", False)


def test_a_git_that_is_too_old_is_named(repo: Repo, tmp_path: Path) -> None:
    repo.stage("a.env", KEY)
    case = """case "$*" in
*version) echo "git version 2.17.1"; exit 0;;
*) echo "error: unknown option" >&2; echo "usage: git" >&2; exit 129;; esac"""
    (finding,) = repo.scan("tree", environ=wrapped(tmp_path, case)).findings
    assert finding.rule.name == "scan-incomplete"
    assert "git 2.17 is too old" in finding.message
    assert finding.help == "Install git 2.25 or newer."


@pytest.mark.parametrize("broken", ["for-each-ref", "ls-tree", "diff-tree"])
def test_a_key_is_reported_although_its_commit_cannot_be_worked_out(repo: Repo, tmp_path: Path, broken: str) -> None:
    repo.commit({"old.txt": "old"})
    repo.commit({"a.env": KEY})
    case = f'case " $* " in *" {broken} "*) echo "fatal: no space left" >&2; exit 128;; esac'
    result = repo.scan("range", range="HEAD~1..HEAD", environ=wrapped(tmp_path, case))
    assert "committed-key" in rules(result)


def test_a_walk_that_breaks_off_loses_no_key(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.env": KEY})
    repo.commit({"b.txt": "b"})
    case = """case " $* " in *" rev-list "*) echo "commit $(printf '1%.0s' $(seq 40))"; exit 128;; esac"""
    result = repo.scan("history", environ=wrapped(tmp_path, case))
    assert {"committed-key", "scan-incomplete"} <= set(rules(result))
