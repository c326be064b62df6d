"""Repositories made to run something, to lead elsewhere or to hang: nothing of theirs happens."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight import fast_lane
from openrouter_preflight.git.environment import hardened_environment
from openrouter_preflight.git.process import Git
from support.repos import HERMETIC, KEY, OTHER_KEY, Repo, clone, found, make_repo, rules

if TYPE_CHECKING:
    from pathlib import Path

MODES = ("staged", "tree", "range", "history", "push")

SETTINGS = (
    "core.fsmonitor",
    "core.pager",
    "pager.rev-list",
    "core.editor",
    "core.sshCommand",
    "core.gitProxy",
    "core.askPass",
    "core.alternateRefsCommand",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "merge.evil.driver",
    "gpg.program",
    "gpg.ssh.program",
    "credential.helper",
    "uploadpack.packObjectsHook",
    "remote.origin.uploadpack",
    "interactive.diffFilter",
    "trailer.evil.command",
)
"""Settings by which a repository's own configuration names a program."""

COMMANDS = ("rev-list", "cat-file", "diff-index", "diff-files", "ls-files", "ls-tree", "rev-parse", "for-each-ref")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A program that leaves a trace when it is run."""
    program = tmp_path / "canary"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >>{shlex.quote(str(tmp_path / "trace"))}\ncat\n', encoding="ascii")
    program.chmod(0o755)
    return program


@pytest.fixture
def hostile(repo: Repo, canary: Path) -> Repo:
    """A repository in which everything that can name a program names the canary."""
    repo.commit({"a.env": KEY})
    repo.commit({"a.env": f"{KEY}\nmore", "b.env": OTHER_KEY})
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{repo.git('rev-parse', 'HEAD:b.env')},staged.env")
    repo.write(".gitattributes", "* diff=evil filter=evil merge=evil\n")
    repo.write("c.env", "c")
    for name in ("pre-commit", "post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        repo.write(f"hooks/{name}", canary.read_bytes()).chmod(0o755)
    config = repo.path / ".git/config"
    with config.open("a", encoding="utf-8") as lines:
        for setting in SETTINGS:
            section, _, name = setting.rpartition(".")
            section, _, part = section.partition(".")
            lines.write(f'[{section} "{part}"]\n' if part else f"[{section}]\n")
            lines.write(f'\t{name} = "{canary}"\n')
        lines.write(f"[core]\n\thooksPath = {repo.path}/hooks\n[log]\n\tshowSignature = true\n")
        lines.writelines(f"[alias]\n\t{command} = !{canary}\n" for command in COMMANDS)
    return repo


def scan(repo: Repo, mode: str, *paths: str) -> list[str]:
    """The rules that one mode reports, whatever it needs to be told."""
    line = f"refs/heads/main {'HEAD'} refs/heads/main {'0' * 40}\n"
    oid = Git(repo.path, HERMETIC).ask("rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
    return rules(
        repo.scan(
            mode,
            *paths,
            range="HEAD" if mode == "range" else None,
            stdin=line.replace("HEAD", oid).encode() if mode == "push" and oid else b"",
        )
    )


@pytest.mark.parametrize("mode", MODES)
def test_no_program_of_the_repository_runs(hostile: Repo, tmp_path: Path, mode: str) -> None:
    assert "committed-key" in scan(hostile, mode)
    if mode == "staged":
        hostile.scan("staged", "a.env", "c.env")
    assert not (tmp_path / "trace").exists()


def test_the_canary_sings_when_git_is_run_as_people_run_it(hostile: Repo, tmp_path: Path) -> None:
    hostile.git("status")
    assert (tmp_path / "trace").exists()


@pytest.mark.parametrize("path", [".", ""])
def test_a_git_that_stands_in_the_checkout_is_not_run(
    repo: Repo, canary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    repo.stage("a.env", KEY)
    repo.write("git", canary.read_bytes()).chmod(0o755)
    environ = {**HERMETIC, "PATH": f"{path}{os.pathsep}{HERMETIC['PATH']}"}
    assert found(repo.scan("staged", environ=environ)) == {("a.env", 1, "error")}
    monkeypatch.chdir(repo.path)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert fast_lane.scan(["scan", "--staged", "--quiet"])[0] is None
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("mode", ["range", "history", "push"])
def test_a_lazy_fetch_starts_nothing(repo: Repo, canary: Path, tmp_path: Path, mode: str) -> None:
    repo.commit({"a.env": KEY})
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = clone(repo, tmp_path / "clone", "--filter=blob:none", "--no-checkout")
    partial.git("config", "remote.origin.url", f"ext::{canary} %S")
    partial.git("config", "protocol.ext.allow", "always")
    partial.git("config", "protocol.allow", "always")
    remote = ("fork",) if mode == "push" else ()
    assert "scan-incomplete" in scan(partial, mode, *remote)
    assert not (tmp_path / "trace").exists()


def test_replaced_objects_are_read_as_they_were(repo: Repo) -> None:
    repo.commit({"a.env": KEY})
    guilty = repo.git("rev-parse", "HEAD:a.env")
    innocent = repo.git("hash-object", "-w", "--stdin", stdin=b"clean")
    repo.git("replace", guilty, innocent)
    for mode in ("range", "history", "push"):
        assert "committed-key" in scan(repo, mode), mode
    repo.git("rm", "--quiet", "--cached", "a.env")
    repo.commit()
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{guilty},a.env")
    assert found(repo.scan("staged")) == {("a.env", 1, "error")}


def test_grafts_hide_no_history(repo: Repo) -> None:
    repo.commit({"a.env": KEY})
    tip = repo.commit({"a.env": "clean"})
    repo.write(".git/info/grafts", f"{tip}\n")
    assert "committed-key" in scan(repo, "range")


def test_the_history_of_an_alternate_is_only_read_where_this_repository_needs_it(repo: Repo, tmp_path: Path) -> None:
    other = make_repo(tmp_path / "other")
    other.commit({"private.env": OTHER_KEY})
    repo.commit({"a.env": KEY})
    shared = clone(repo, tmp_path / "shared")
    shared.write(".git/objects/info/alternates", f"{other.path}/.git/objects\n")
    assert {each.path for each in shared.scan("history").findings} == {"a.env"}
    borrowed = clone(repo, tmp_path / "borrowed", "--shared")
    assert {each.path for each in borrowed.scan("history").findings} == {"a.env"}


def test_a_working_tree_configured_elsewhere_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private.env").write_text(OTHER_KEY, encoding="ascii")
    repo.commit({"a.env": "clean"})
    repo.git("config", "core.worktree", str(outside))
    assert scan(repo, "tree") == []
    repo.write("deep/b.env", KEY)
    assert found(repo.scan("tree", folder=repo.path / "deep")) == {("deep/b.env", 1, "error")}


@pytest.mark.parametrize("name", [".gitignore", "deep/.gitignore", ".git/info/exclude"])
def test_an_ignore_file_that_never_ends_is_named_and_given_up(repo: Repo, name: str) -> None:
    repo.commit({"a.env": KEY})
    (repo.path / name).parent.mkdir(exist_ok=True)
    os.mkfifo(repo.path / name)
    result = repo.scan("tree")
    assert rules(result) == ["scan-incomplete"]
    assert name in result.findings[0].message


def test_a_file_where_a_tracked_folder_was_is_read_as_that(repo: Repo) -> None:
    repo.commit({"folder/x": "x"})
    (repo.path / "folder/x").unlink()
    (repo.path / "folder").rmdir()
    repo.write("folder", "y")
    assert scan(repo, "tree") == []


def test_the_index_of_a_repository_in_a_folder_with_a_keys_prefix_is_read(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "sk-or-v1-demo")
    repo.commit({"a": "a"})
    index = repo.path / ".git" / "next"
    repo.write("a.env", KEY)
    repo.git("add", "a.env", GIT_INDEX_FILE=str(index))
    assert rules(repo.scan("staged", environ={"GIT_INDEX_FILE": str(index)})) == ["committed-key"]


def test_any_other_git_that_stalls_is_given_up(repo: Repo, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ignore")
    repo.commit({"a.env": KEY})
    repo.git("config", "core.excludesFile", str(tmp_path / "ignore"))
    assert rules(repo.scan("tree", git_timeout=0.5)) == ["scan-incomplete"]


@pytest.mark.parametrize("special", ["fifo", "device", "loop"])
def test_what_is_no_file_does_not_hang_the_working_tree(repo: Repo, special: str) -> None:
    repo.commit({"x": "x", "a.env": KEY})
    (repo.path / "x").unlink()
    if special == "fifo":
        os.mkfifo(repo.path / "x")
    elif special == "device":
        (repo.path / "x").symlink_to("/dev/zero")
    else:
        (repo.path / "x").symlink_to("x")
    assert found(repo.scan("tree")) == {("a.env", 1, "error")}
    assert found(repo.scan("staged", "x", "a.env")) == {("a.env", 1, "error")}


def test_gits_environment_holds_no_key_and_nothing_that_starts_a_program() -> None:
    environ = {
        "PATH": "/bin",
        "OPENROUTER_API_KEY": "x",
        "OPENROUTER_PREFLIGHT_SCAN_STRICT": "1",
        "MY_SECRET": f"Bearer {KEY}",
        "GIT_EXTERNAL_DIFF": "evil",
        "GIT_SSH_COMMAND": "evil",
        "GIT_PAGER": "evil",
        "GIT_ASKPASS": "evil",
        "GIT_TRACE": "/tmp/trace",
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": "index.lock",
        "GIT_ALLOW_PROTOCOL": "ext",
    }
    hardened = hardened_environment(environ)
    assert {name: hardened[name] for name in hardened if name in environ} == {
        "PATH": "/bin",
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": "index.lock",
        "GIT_ALLOW_PROTOCOL": "",
    }


def test_names_with_escapes_and_newlines_print_safely(repo: Repo) -> None:
    repo.stage("evil\x1b[2J\n::error::x.env", KEY)
    repo.commit()
    for mode in MODES[1:]:
        for finding in repo.scan(
            mode, range="HEAD", stdin=f"x {repo.git('rev-parse', 'HEAD')} x {'0' * 40}\n".encode()
        ).findings:
            assert finding.message.isprintable()
            assert finding.path is None or finding.path.isprintable()


def nested_trees(repo: Repo, depth: int) -> str:
    """Commit trees that hold each other ten times, with a key at the bottom: ten to the power of `depth` paths."""
    oid, mode, kind = repo.git("hash-object", "-w", "--stdin", stdin=KEY.encode()), "100644", "blob"
    for _ in range(depth):
        listed = "".join(f"{mode} {kind} {oid}\tf{number}\n" for number in range(10))
        oid, mode, kind = repo.git("mktree", stdin=listed.encode()), "040000", "tree"
    return repo.git("commit-tree", oid, "-p", "HEAD", "-m", "Change")


@pytest.mark.parametrize("in_head", [True, False], ids=["in HEAD", "beside HEAD"])
def test_trees_within_trees_take_no_more_than_a_bounded_place(repo: Repo, in_head: bool) -> None:
    repo.commit({"a.txt": "clean"})
    bomb = nested_trees(repo, 4)
    if in_head:
        repo.git("update-ref", "HEAD", bomb)
    result = repo.scan("history") if in_head else repo.scan("range", range=f"HEAD..{bomb}")
    assert len(found(result)) == 1000


def test_a_comparison_that_prints_too_much_is_given_up(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openrouter_preflight.git.introducing_commits.MOST_BYTES", 1000)
    monkeypatch.setattr("openrouter_preflight.git.introducing_commits._LOOK_EVERY", 0.001)
    repo.commit({"a.txt": "clean"})
    bomb = nested_trees(repo, 6)
    (place,) = found(repo.scan("range", range=f"HEAD..{bomb}"))
    assert place == ("f0/f0/f0/f0/f0/f0", 1, "error")


def test_a_huge_blob_is_streamed_with_bounded_memory(repo: Repo) -> None:
    import resource

    repo.commit({"big.bin": b"some text\n" * 10_000_000 + b"\n" + KEY.encode()})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = repo.scan("history")
    assert found(result) == {("big.bin", 10_000_002, "error")}
    kibibyte = 1024 if sys.platform == "darwin" else 1  # macOS counts in bytes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000 * kibibyte
