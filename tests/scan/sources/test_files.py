"""`scan`, `scan PATH…`, `scan --stdin` and `scan --message`: bytes that stand in no repository, or not yet."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.errors import UsageError
from support.repos import KEY, OTHER_KEY, Repo, clone, found, make_repo, rules

if TYPE_CHECKING:
    from pathlib import Path


class TestWorkingTree:
    def test_tracked_and_untracked_files_are_read_and_ignored_ones_are_not(self, repo: Repo) -> None:
        repo.commit({".gitignore": "*.log\n", "tracked.env": "x"})
        repo.write("tracked.env", KEY)
        repo.write("new/untracked.env", OTHER_KEY)
        repo.write("ignored.log", KEY)
        assert found(repo.scan("tree")) == {("tracked.env", 1, "error"), ("new/untracked.env", 1, "error")}

    def test_it_is_whole_wherever_one_stands(self, repo: Repo) -> None:
        repo.stage("a.env", KEY)
        repo.stage("sub/b", "b")
        assert found(repo.scan("tree", folder=repo.path / "sub")) == {("a.env", 1, "error")}

    def test_repositories_inside_of_it_are_part_of_it(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit({"a": "a"})
        inner = make_repo(repo.path / "inner")
        inner.commit({"tracked.env": KEY, ".gitignore": "*.log\n"})
        inner.write("untracked.env", KEY)
        inner.write("ignored.log", KEY)
        broken = make_repo(repo.path / "vendor/broken")
        broken.commit({"k.env": KEY})
        (broken.path / ".git/HEAD").unlink()
        other = make_repo(tmp_path / "other")
        other.commit({"k.env": KEY})
        repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.path), "sub")
        assert {path for path, _, _ in found(repo.scan("tree"))} == {
            "inner/tracked.env",
            "inner/untracked.env",
            "vendor/broken/k.env",
            "sub/k.env",
        }

    def test_outside_of_a_repository_it_is_the_folder(self, tmp_path: Path) -> None:
        folder = Repo(tmp_path)
        folder.write("a/b.env", KEY)
        assert found(folder.scan("tree", environ={"GIT_CEILING_DIRECTORIES": str(tmp_path)})) == {
            ("a/b.env", 1, "error")
        }

    def test_a_file_deleted_and_still_tracked_is_not_missing(self, repo: Repo) -> None:
        repo.commit({"a": "a"})
        (repo.path / "a").unlink()
        assert repo.scan("tree").summary.complete

    def test_a_folder_that_became_a_link_is_not_followed(self, repo: Repo, tmp_path: Path) -> None:
        outside = Repo(tmp_path / "outside")
        outside.write("a.env", KEY)
        repo.commit({"sub/a.env": "clean"})
        repo.git("rm", "--quiet", "--cached", "sub/a.env")
        repo.git("update-index", "--add", "--cacheinfo", f"100644,{repo.git('rev-parse', 'HEAD:sub/a.env')},sub/a.env")
        (repo.path / "sub/a.env").unlink()
        (repo.path / "sub").rmdir()
        (repo.path / "sub").symlink_to(outside.path)
        assert found(repo.scan("tree")) == set()

    def test_a_bare_repository_has_none(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit()
        with pytest.raises(UsageError, match="bare"):
            clone(repo, tmp_path / "bare", "--bare").scan("tree")

    def test_a_folder_that_may_not_be_opened_is_incomplete(self, users_repo: Repo) -> None:
        users_repo.write("closed/k.env", KEY)
        users_repo.write("open/closed too/k.env", KEY)
        users_repo.write("ignored/k.env", KEY)
        users_repo.write(".gitignore", "ignored\n")
        for name in ("closed", "open/closed too", "ignored"):
            (users_repo.path / name).chmod(0)
        incomplete = users_repo.scan("tree").findings
        assert {(each.rule.name, each.path, each.message) for each in incomplete} == {
            ("scan-incomplete", name, f"{name}: could not be read: Permission denied")
            for name in ("closed", "open/closed too")
        }

    def test_a_folder_whose_name_git_tells_in_part_is_incomplete(self, users_repo: Repo) -> None:
        users_repo.write("two\nlines/k.env", KEY)
        (users_repo.path / "two\nlines").chmod(0)
        assert rules(users_repo.scan("tree")) == ["scan-incomplete"]

    def test_other_repositories_that_may_not_be_opened_are_incomplete(self, users_repo: Repo) -> None:
        inner = make_repo(users_repo.path / "inner")
        inner.commit({"a.txt": "a"})
        inner.write("closed/k.env", KEY)
        (inner.path / "closed").chmod(0)
        module = make_repo(users_repo.path / "module")
        module.commit({"a.txt": KEY})
        users_repo.git("add", "module")
        module.path.chmod(0)
        incomplete = users_repo.scan("tree").findings
        assert {(each.rule.name, each.path) for each in incomplete} == {
            ("scan-incomplete", "inner/closed"),
            ("scan-incomplete", "module"),
        }


class TestPaths:
    def test_folders_are_read_to_the_bottom_but_for_git_itself(self, repo: Repo) -> None:
        repo.commit({".gitignore": "*.log"})
        repo.write("x/y/ignored.log", KEY)
        repo.write(".git/secret", OTHER_KEY)
        assert found(repo.scan("paths", ".")) == {("x/y/ignored.log", 1, "error")}

    def test_links_are_text_and_lead_nowhere(self, tmp_path: Path) -> None:
        folder = Repo(tmp_path / "in")
        folder.write("a", "a")
        Repo(tmp_path / "out").write("b.env", KEY)
        (folder.path / "file").symlink_to("../out/b.env")
        (folder.path / "folder").symlink_to("../out")
        (folder.path / "loop").symlink_to(".")
        (folder.path / "self").symlink_to("self")
        (folder.path / "key").symlink_to(OTHER_KEY)
        assert found(folder.scan("paths", ".")) == {("key", 1, "error")}

    def test_a_named_link_to_outside_is_not_followed_and_said(self, tmp_path: Path) -> None:
        folder = Repo(tmp_path / "in")
        folder.write("a.env", KEY)
        Repo(tmp_path / "out").write("b.env", KEY)
        (folder.path / "out").symlink_to("../out/b.env")
        (folder.path / "in").symlink_to("a.env")
        assert rules(folder.scan("paths", "out")) == ["scan-incomplete"]
        assert found(folder.scan("paths", "in")) == {("a.env", 1, "error")}

    def test_what_is_no_file_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "fifo")
        with socket.socket(socket.AF_UNIX) as listener:
            here = os.open(".", os.O_RDONLY)
            os.chdir(tmp_path)
            try:
                listener.bind("socket")
            finally:
                os.fchdir(here)
                os.close(here)
            folder = Repo(tmp_path)
            assert rules(folder.scan("paths", ".")) == []
            assert rules(folder.scan("paths", "fifo")) == ["scan-incomplete"]
            assert rules(folder.scan("paths", "/dev/zero")) == ["scan-incomplete"]

    def test_what_may_not_be_read_is_incomplete(self, tmp_path: Path) -> None:
        if os.getuid() == 0:
            pytest.skip("root may read everything")
        Repo(tmp_path).write("a", "a").chmod(0)
        assert rules(Repo(tmp_path).scan("paths", ".")) == ["scan-incomplete"]

    def test_a_file_over_the_bound_is_incomplete(self, tmp_path: Path) -> None:
        Repo(tmp_path).write("a", "a" * 100)
        assert rules(Repo(tmp_path).scan("paths", ".", max_file_size=99)) == ["scan-incomplete"]
        assert rules(Repo(tmp_path).scan("paths", ".", max_file_size=100)) == []

    def test_a_path_that_is_not_there_is_a_usage_error(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no file or folder"):
            Repo(tmp_path).scan("paths", "nowhere")

    @pytest.mark.parametrize(
        "name", [b"new\nline.env", b"esc\x1b[31m.env", b"latin\xe9.env", "\u202eright.env".encode()]
    )
    def test_odd_names_are_shown_in_printable_characters(self, tmp_path: Path, name: bytes) -> None:
        (tmp_path / os.fsdecode(name)).write_text(KEY, encoding="ascii")
        (finding,) = Repo(tmp_path).scan("paths", ".").findings
        assert finding.path is not None
        assert finding.path.isprintable()
        assert finding.path.isascii()
        assert finding.path.endswith(".env")

    def test_large_files_are_streamed(self, tmp_path: Path) -> None:
        Repo(tmp_path).write("a.bin", b"x" * 5_000_000 + b"\n" + KEY.encode() + b"\n" + b"y" * 5_000_000)
        result = Repo(tmp_path).scan("paths", "a.bin")
        assert found(result) == {("a.bin", 2, "error")}
        assert result.summary.bytes == 10_000_002 + len(KEY)


def test_standard_input(tmp_path: Path) -> None:
    result = Repo(tmp_path).scan("stdin", stdin=f"x\n{KEY}".encode())
    assert [each.message for each in result.findings] == [
        f"OpenRouter key {KEY[:12]}...{KEY[-3:]} in standard input, line 2"
    ]


class TestMessage:
    def test_a_key_in_it_is_an_error(self, tmp_path: Path) -> None:
        Repo(tmp_path).write("MSG", f"Title\n\nkey {KEY}\n# comment\n")
        assert found(Repo(tmp_path).scan("message", "MSG")) == {("MSG", 3, "error")}

    def test_the_diff_below_the_scissors_is_not_part_of_it(self, tmp_path: Path) -> None:
        scissors = "# ------------------------ >8 ------------------------\n"
        Repo(tmp_path).write("MSG", f"Title\n{scissors}# Do not modify\n# Ignored:\ndiff --git a/x b/x\n-{KEY}\n")
        assert rules(Repo(tmp_path).scan("message", "MSG")) == []

    def test_git_keeps_all_of_a_message_that_nobody_edits(self, tmp_path: Path) -> None:
        scissors = "# ------------------------ >8 ------------------------\n"
        Repo(tmp_path).write("MSG", f"Title\n{scissors}# Do not modify\n# Ignored:\ndiff --git a/x b/x\n-{KEY}\n")
        (finding,) = Repo(tmp_path).scan("message", "MSG", environ={"GIT_EDITOR": ":"}).findings
        assert finding.line == 6

    def test_scissors_that_git_did_not_write_cut_nothing(self, tmp_path: Path) -> None:
        Repo(tmp_path).write("MSG", f"Title\n# ------------------------ >8 ------------------------\n{KEY}\n")
        assert found(Repo(tmp_path).scan("message", "MSG")) == {("MSG", 3, "error")}

    @pytest.mark.parametrize("paths", [(), ("a", "b"), ("nowhere",)])
    def test_it_takes_one_file(self, tmp_path: Path, paths: tuple[str, ...]) -> None:
        with pytest.raises(UsageError, match="message"):
            Repo(tmp_path).scan("message", *paths)
