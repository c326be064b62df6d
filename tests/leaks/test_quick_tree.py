"""The quick way through a working tree says `clean` only of what the full scan calls clean, and counts as it does."""

from __future__ import annotations

import gzip
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from repos import HERMETIC, KEY, Repo, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

_PROGRAM = "from openrouter_preflight.leaks.quick_tree import tree_is_clean; print(tree_is_clean())"


def ask(repo: Repo, **environ: str) -> str:
    """In a process of its own, since it forks."""
    command = [sys.executable, "-W", "error", "-c", _PROGRAM]
    return subprocess.run(
        command, cwd=repo.path, env={**HERMETIC, **environ}, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(autouse=True)
def tree(repo: Repo) -> None:
    repo.commit({"a.txt": "clean", "folder/b.txt": "also", ".gitignore": "ignored\n"})
    (repo.path / "untracked").write_text("new")
    (repo.path / "ignored").write_text(KEY)


def test_it_counts_as_the_full_scan_does(repo: Repo) -> None:
    (repo.path / "link").symlink_to("a.txt")
    (repo.path / "archive.gz").write_bytes(gzip.compress(b"nothing"))
    (repo.path / "a.txt").unlink()
    full = repo.scan("worktree").summary
    assert ask(repo) == f"({full.objects}, {full.bytes})"


def test_an_empty_tree_is_clean(repo: Repo) -> None:
    for name in ("a.txt", "folder/b.txt", ".gitignore", "untracked", "ignored"):
        (repo.path / name).unlink()
    assert ask(repo) == "(0, 0)"


def _write(name: str, content: bytes) -> Callable[[Repo], object]:
    return lambda repo: (repo.path / name).write_bytes(content)


def _link(repo: Repo) -> None:
    (repo.path / "link").symlink_to(KEY)


DOUBTS: dict[str, Callable[[Repo], object]] = {
    "a key in the first file": _write(".a", KEY.encode()),
    "a key in the last file": _write("zzz", KEY.encode()),
    "a key in the middle of a batch": _write("folder/b.txt", b"x" * 400_000 + KEY.encode() + b"\n" * 400_000),
    "a key in an archive": _write("a.gz", gzip.compress(KEY.encode())),
    "a key in UTF-16": _write("a.txt", KEY.encode("utf-16")),
    "a key in a name": _write(KEY, b""),
    "a key in a link's target": _link,
    "a large file": _write("large", b"x" * 3_000_000),
}


@pytest.mark.parametrize("doubt", DOUBTS.values(), ids=DOUBTS)
def test_whatever_is_in_doubt_is_for_the_full_scan(repo: Repo, doubt: Callable[[Repo], object]) -> None:
    doubt(repo)
    assert ask(repo) == "None"


def test_a_folder_that_became_a_link_is_not_followed(repo: Repo) -> None:
    outside = repo.path.parent / "outside"
    outside.mkdir()
    (outside / "b.txt").write_text(KEY)
    (repo.path / "folder/b.txt").unlink()
    (repo.path / "folder").rmdir()
    (repo.path / "folder").symlink_to(outside)
    full = repo.scan("worktree").summary
    assert ask(repo) == f"({full.objects}, {full.bytes})"


def test_a_tree_that_a_variable_puts_elsewhere_is_for_the_full_scan(repo: Repo) -> None:
    assert ask(repo, GIT_DIR=str(repo.path / ".git")) == "None"


def test_a_repository_inside_is_for_the_full_scan(repo: Repo) -> None:
    make_repo(repo.path / "inner")
    assert ask(repo) == "None"
