"""The quick way through files says `clean` only of what the full scan calls clean, and counts as it does."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.scan.quick_tree import tree_is_clean
from support.repos import HERMETIC, KEY, Repo, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TREE = "from openrouter_preflight.scan.quick_tree import tree_is_clean; print(tree_is_clean())"
_STAGED = "from openrouter_preflight.scan.quick import staged_is_clean; print(staged_is_clean([]))"


def ask(repo: Repo, program: str = _TREE, **environ: str) -> str:
    """In a process of its own, since it forks."""
    command = [sys.executable, "-W", "error", "-c", program]
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
    for size in (512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 3_000_000):
        (repo.path / f"large-{size}").write_bytes(b"x" * size)
    full = repo.scan("tree").summary
    assert ask(repo) == f"({full.objects}, {full.bytes})"


def test_many_files_are_shared_out_and_each_is_read_once(repo: Repo) -> None:
    for number in range(700):
        (repo.path / f"folder/{number}").write_text(str(number))
    full = repo.scan("tree").summary
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
    "a key in a large file": _write("large", b"x" * 3_000_000 + KEY.encode()),
    "a key across the pieces of a large file": _write("large", (b"x" * (512 * 1024 - 20) + KEY.encode()) * 2),
    "a large archive": _write("large", gzip.compress(os.urandom(600_000))),
    "a file that takes long": _write("large", bytes(65 * 1024 * 1024)),
    "a damaged archive": _write("a.gz", gzip.compress(os.urandom(1000))[:500]),
    "a key across the pieces of an archive": _write("a.gz", gzip.compress(b"x" * (64 * 1024 - 4) + KEY.encode())),
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
    full = repo.scan("tree").summary
    assert ask(repo) == f"({full.objects}, {full.bytes})"


def test_a_tree_that_a_variable_puts_elsewhere_is_for_the_full_scan(repo: Repo) -> None:
    assert ask(repo, GIT_DIR=str(repo.path / ".git")) == "None"


def test_a_repository_inside_is_for_the_full_scan(repo: Repo) -> None:
    make_repo(repo.path / "inner")
    assert ask(repo) == "None"


def test_a_folder_that_may_not_be_opened_is_for_the_full_scan(
    users_repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    users_repo.write("closed/a.txt", "clean")
    users_repo.write("open/a.txt", "clean")
    monkeypatch.chdir(users_repo.path)
    for name, value in HERMETIC.items():
        monkeypatch.setenv(name, value)
    assert tree_is_clean() == (2, 10)
    (users_repo.path / "closed").chmod(0)
    assert tree_is_clean() is None


class TestManyStagedFiles:
    """They are read from the files of which the index has copies, where it has."""

    @pytest.fixture(autouse=True, params=["sha1", "sha256"])
    def many(self, tmp_path: Path, request: pytest.FixtureRequest) -> Repo:
        repo = make_repo(tmp_path / "many", f"--object-format={request.param}")
        repo.commit({"old": "old"})
        for number in range(100):
            repo.write(f"folder{number % 3}/{number}", f"file {number}")
        repo.write("again", "file 1")
        repo.git("add", "--all")
        return repo

    @staticmethod
    def check(repo: Repo) -> None:
        full = repo.scan("staged").summary
        assert full.objects == 100
        assert ask(repo, _STAGED) == f"({full.objects}, {full.bytes})"

    def test_they_count_as_in_the_full_scan(self, many: Repo) -> None:
        self.check(many)
        many.git("repack", "-adq")
        self.check(many)

    def test_what_the_files_are_by_now_does_not_matter(self, many: Repo) -> None:
        many.write("folder0/0", KEY)
        (many.path / "folder1/1").unlink()
        (many.path / "folder2/2").unlink()
        (many.path / "folder2/2").mkdir()
        os.mkfifo(many.path / "folder0/pipe")
        (many.path / "folder0/pipe").replace(many.path / "folder0/3")
        (many.path / "folder1/4").unlink()
        (many.path / "folder1/4").symlink_to("/dev/zero")
        many.write("folder2/5", "x" * 3_000_000)
        (many.path / "folder2").rename(many.path / "moved")
        (many.path / "folder2").symlink_to("moved")
        self.check(many)

    def test_links_and_names_of_any_kind_are_read_too(self, many: Repo) -> None:
        for number in range(3):
            (many.path / f"folder0/{3 * number}").unlink()
            many.git("rm", "--cached", "--quiet", f"folder0/{3 * number}")
        (many.path / "link").symlink_to("somewhere")
        many.stage("new\nline", "one")
        many.stage("ünï", "two")
        many.git("add", "link")
        self.check(many)

    @pytest.mark.parametrize("name", ["folder0/0", "folder2/50", "again"])
    def test_a_key_that_only_the_index_has_is_for_the_full_scan(self, many: Repo, name: str) -> None:
        many.stage(name, KEY)
        assert ask(many, _STAGED) == "None"
        many.write(name, "clean")
        assert ask(many, _STAGED) == "None"
        many.git("add", name)
        assert ask(many, _STAGED) != "None"

    def test_a_file_that_git_changes_on_the_way_is_read_as_git_has_it(self, many: Repo) -> None:
        many.write(".gitattributes", "* text\n")
        many.write("folder0/0", "one\r\ntwo\r\n")
        many.git("add", "folder0/0")
        self.check(many)
