"""The quick way says `clean` only of what the full scan calls clean, and counts as it does."""

from __future__ import annotations

import base64
import gzip
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.scan.quick import message_is_clean, range_is_clean, staged_is_clean
from support.repos import KEY, Repo

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def old(here: Repo) -> None:
    here.commit({"old.txt": "old"})


def test_it_counts_as_the_full_scan_does(repo: Repo) -> None:
    repo.stage("a.txt", "clean")
    repo.stage("old.txt", "newer")
    full = repo.scan("staged").summary
    assert staged_is_clean([]) == (full.objects, full.bytes) == (2, 10)
    assert staged_is_clean(["a.txt", "old.txt"]) == (2, 10)


def test_nothing_staged_is_clean() -> None:
    assert staged_is_clean([]) == (0, 0)


def test_a_deleted_file_is_clean(repo: Repo) -> None:
    repo.git("rm", "--quiet", "old.txt")
    assert staged_is_clean([]) == (0, 0)


def _nested(repo: Repo) -> None:
    repo.stage("a.b64", base64.b64encode(f"x {KEY}".encode()))


PLANTS: dict[str, Callable[[Repo], None]] = {
    "key": lambda repo: repo.stage("a.env", KEY),
    "base64": _nested,
    "utf-16": lambda repo: repo.stage("a.txt", KEY.encode("utf-16")),
    "gzip": lambda repo: repo.stage("a.gz", gzip.compress(KEY.encode())),
    "split": lambda repo: repo.stage("a.py", f"'{KEY[:5]}' + '{KEY[5:]}'"),
    "name": lambda repo: repo.stage(KEY, ""),
    "at the end of much": lambda repo: repo.stage("big", b"x" * 3_000_000 + KEY.encode()),
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_whatever_may_be_a_key_is_for_the_full_scan(repo: Repo, plant: Callable[[Repo], None]) -> None:
    plant(repo)
    assert staged_is_clean([]) is None
    repo.commit(message="x")
    assert range_is_clean("HEAD~1..HEAD") is None


def test_so_is_what_the_working_tree_holds_at_a_named_path(repo: Repo) -> None:
    repo.stage("a.env", "clean")
    repo.write("a.env", KEY)
    assert staged_is_clean([]) == (1, 5)
    assert staged_is_clean(["a.env"]) is None


@pytest.mark.parametrize("path", ["nowhere.txt", ".", ""])
def test_what_is_no_file_of_the_index_is_for_the_full_scan(path: str) -> None:
    assert staged_is_clean([path]) is None


def test_so_is_a_commit_of_the_config_file(repo: Repo) -> None:
    repo.stage(".openrouter-preflight.yml", "nonsense: [")
    assert staged_is_clean([]) is None


def test_names_may_look_like_options(repo: Repo) -> None:
    repo.stage("--strict", "clean")
    assert staged_is_clean(["--strict"]) == (1, 5)


def test_a_first_commit_is_read_whole_from_any_folder(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("update-ref", "-d", "HEAD")
    repo.stage("a.env", "clean")
    repo.stage("folder/b.env", "clean too")
    monkeypatch.chdir(repo.path / "folder")
    assert staged_is_clean([]) == (3, 17)
    repo.stage("a.env", KEY)
    assert staged_is_clean([]) is None


def test_a_message_is_clean_where_nothing_like_a_key_stands(repo: Repo) -> None:
    message = repo.write("MESSAGE", "Change\n")
    assert message_is_clean(str(message)) == (1, 7)
    for doubtful in (KEY, "Change\n# ------------------------ >8 ------------------------\n", "x" * 2_000_000):
        message.write_text(doubtful, encoding="ascii")
        assert message_is_clean(str(message)) is None
    assert message_is_clean("nowhere") is None


def test_so_is_every_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_PREFLIGHT_SCAN_STRICT", "1")
    assert staged_is_clean([]) is None
    assert range_is_clean("HEAD..HEAD") is None


def test_a_range_counts_as_the_full_scan_does(repo: Repo) -> None:
    repo.commit({"a.txt": "clean"})
    full = repo.scan("range", range="HEAD~1..HEAD").summary
    assert range_is_clean("HEAD~1..HEAD") == (full.objects, full.bytes, full.commits)


@pytest.mark.parametrize(
    "text",
    ["", "HEAD", "..", "HEAD..", "nowhere..HEAD", "-x..HEAD", "HEAD..-x", "--all", f"{'0' * 40}..HEAD", "a b..HEAD"],
)
def test_an_unusual_range_is_for_the_full_scan(text: str) -> None:
    assert range_is_clean(text) is None


def test_a_key_in_a_range_is_not_told_to_git(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr("openrouter_preflight.scan.quick.Pipeline", lambda *commands: started.append(commands))
    assert range_is_clean(f"HEAD..{KEY}") is None
    assert range_is_clean(f"{KEY}..HEAD") is None
    assert started == []


def test_a_message_counts_in_a_range(repo: Repo) -> None:
    repo.commit(message=KEY)
    assert range_is_clean("HEAD~1..HEAD") is None


def test_it_imports_nothing_heavy() -> None:
    script = "import sys, openrouter_preflight.scan.quick; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"click", "dataclasses", "enum", "re", "subprocess", "typing", "ctypes", "logging"}
    assert not heavy & set(done.stdout.split())
