"""Blobless and sparse clones, and what Git LFS keeps elsewhere: excuses fail, verdicts do not."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from support.repos import KEY, OTHER_KEY, Repo, clone, found, rules

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = "sk-or-v1-" + "0" * 64


@pytest.fixture
def partial(repo: Repo, tmp_path: Path) -> Repo:
    """A blobless, sparse clone, in which only the files of the root are on disk."""
    repo.commit({"root.txt": "root", "deep/a.env": f"old {KEY}", "deep/b.txt": "b"})
    repo.commit({"deep/a.env": "new"})
    repo.git("config", "uploadpack.allowFilter", "true")
    return clone(repo, tmp_path / "partial", "--filter=blob:none", "--sparse")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(KEY, ["committed-key"]), ("KEY=sk-or-v1-your-key-here", []), (EXAMPLE, ["example-key"]), ("clean", [])],
)
@pytest.mark.parametrize("names", [(), ("new.env",)], ids=["index", "named"])
def test_what_is_staged_in_a_blobless_clone_is_decided(
    partial: Repo, content: str, expected: list[str], names: tuple[str, ...]
) -> None:
    partial.stage("new.env", content)
    assert rules(partial.scan("staged", *names)) == expected


def test_a_key_beside_one_of_a_blob_that_is_not_there_is_an_error(partial: Repo) -> None:
    partial.git("update-index", "--no-skip-worktree", "deep/a.env")
    partial.write("deep/a.env", f"changed {OTHER_KEY}")
    partial.git("add", "--sparse", "deep/a.env")
    assert found(partial.scan("staged")) == {("deep/a.env", 1, "error")}


def test_a_sparse_working_tree_says_so(partial: Repo) -> None:
    result = partial.scan("tree")
    assert rules(result) == ["sparse-checkout"]
    assert "2 tracked files" in result.findings[0].message
    assert result.summary.complete


def test_a_file_that_was_deleted_is_no_sparse_checkout(repo: Repo) -> None:
    repo.commit({"a": "a", "b": "b"})
    (repo.path / "a").unlink()
    assert rules(repo.scan("tree")) == []


def test_what_a_blobless_history_lacks_is_incomplete(partial: Repo) -> None:
    assert "scan-incomplete" in rules(partial.scan("history"))


def pointer(content: bytes) -> str:
    digest = sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"


def keep(repo: Repo, content: bytes) -> None:
    """Put the content where Git LFS keeps it."""
    digest = sha256(content).hexdigest()
    repo.write(f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}", content)


@pytest.mark.parametrize("mode", ["tree", "staged", "range", "history"])
@pytest.mark.parametrize("at_hand", [True, False])
def test_the_content_of_lfs_is_scanned_where_it_is_at_hand(repo: Repo, mode: str, at_hand: bool) -> None:
    content = f"large {KEY}".encode()
    repo.commit({"old": "old"})
    repo.stage("model.bin", pointer(content))
    repo.stage("clean.bin", pointer(b"clean"))
    if at_hand:
        keep(repo, content)
        keep(repo, b"clean")
    if mode in {"range", "history"}:
        repo.commit()
    result = repo.scan(mode, range="HEAD~1..HEAD" if mode == "range" else None)
    if not at_hand:
        assert [(each.rule.name, each.severity.value) for each in result.findings] == [("lfs-content-missing", "note")]
        assert "2 Git LFS files" in result.findings[0].message
        return
    assert rules(result) == ["committed-key"]
    if mode in {"tree", "staged"}:
        assert result.findings[0].path == "model.bin"


def test_the_pointers_among_many_files_are_counted_once(repo: Repo) -> None:
    for number in range(100):
        repo.write(f"files/{number}", f"file {number}" if number % 10 else pointer(b"%d" % number))
    repo.git("add", ".")
    for mode in ("staged", "tree"):
        (finding,) = repo.scan(mode).findings
        assert "10 Git LFS files" in finding.message
