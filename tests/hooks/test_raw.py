"""The hooks that `install-hook` writes, in the hands of people: every way to commit and to push."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hooks.conftest import RAW
from support.repos import KEY, OTHER_KEY, Repo, clone, fingerprint, make_repo

if TYPE_CHECKING:
    from pathlib import Path


def run(repo: Repo, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `command` as a person does, hooks and all."""
    return subprocess.run(
        command, cwd=repo.path, env={**RAW, **environ}, capture_output=True, text=True, timeout=60, check=False
    )


def blocked(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a hook stopped it because of a key, which it does not show."""
    said = done.stdout + done.stderr
    assert KEY not in said
    return done.returncode != 0 and "committed-key" in said


def silent(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether it passed, and no hook said a word."""
    return (done.returncode, done.stdout, done.stderr) == (0, "", "")


def sneak_in(repo: Repo, content: str, name: str = "a.env") -> None:
    """Commit past the hooks, as a clone without them would."""
    repo.stage(name, content)
    repo.git("commit", "--quiet", "--no-verify", "-m", "Change")


@pytest.fixture
def guarded(tmp_path: Path) -> Repo:
    """A repository with one commit and all three hooks."""
    repo = make_repo(tmp_path / "repo")
    repo.commit({"a.txt": "hello\n"})
    done = run(repo, sys.executable, "-m", "openrouter_preflight", "install-hook", "--push", "--message")
    assert done.returncode == 0, done.stderr
    return repo


@pytest.fixture
def remote(guarded: Repo, tmp_path: Path) -> Repo:
    """A bare repository that `guarded` calls origin."""
    bare = make_repo(tmp_path / "remote.git", "--bare")
    guarded.git("remote", "add", "origin", str(bare.path))
    return bare


@pytest.mark.parametrize(
    "how",
    [
        ("git", "commit", "-qam", "x"),
        ("git", "commit", "-qm", "x", "a.txt"),
        ("git", "commit", "-qm", "x", "--include", "a.txt"),
    ],
    ids=["-a", "PATH", "--include"],
)
def test_a_commit_of_what_is_not_yet_staged_is_scanned(guarded: Repo, how: tuple[str, ...]) -> None:
    guarded.write("a.txt", f"hello\n{KEY}\n")
    leaky = run(guarded, *how)
    guarded.write("a.txt", "hello\nagain\n")
    assert blocked(leaky)
    assert silent(run(guarded, *how))


def test_a_commit_of_one_path_is_not_about_another(guarded: Repo) -> None:
    guarded.stage("b.env", KEY)
    guarded.write("a.txt", "hello again\n")
    assert silent(run(guarded, "git", "commit", "-qm", "x", "a.txt"))
    assert blocked(run(guarded, "git", "commit", "-qm", "x"))


def test_what_counts_is_what_is_staged(guarded: Repo) -> None:
    guarded.stage("a.txt", f"{KEY}\n")
    guarded.write("a.txt", "hello\n")
    still_staged = run(guarded, "git", "commit", "-qm", "x")
    guarded.stage("a.txt", "hello again\n")
    guarded.write("a.txt", f"{KEY}\n")
    assert blocked(still_staged)
    assert silent(run(guarded, "git", "commit", "-qm", "x"))


@pytest.mark.parametrize("content", [KEY.encode("utf-16"), b"\0\1\2" + KEY.encode() + b"\0"], ids=["UTF-16", "binary"])
def test_files_that_are_no_plain_text_are_scanned(guarded: Repo, content: bytes) -> None:
    guarded.stage("a.bin", content)
    assert blocked(run(guarded, "git", "commit", "-qm", "x"))


def test_an_amended_commit_is_scanned(guarded: Repo) -> None:
    guarded.stage("a.env", KEY)
    assert blocked(run(guarded, "git", "commit", "-q", "--amend", "--no-edit"))


def test_a_merge_that_brings_a_key_of_its_own_is_scanned(guarded: Repo) -> None:
    guarded.git("checkout", "--quiet", "-b", "side")
    sneak_in(guarded, "side\n", "a.txt")
    guarded.git("checkout", "--quiet", "main")
    sneak_in(guarded, "main\n", "a.txt")
    assert run(guarded, "git", "merge", "-q", "side").returncode != 0
    guarded.stage("a.txt", f"both\n{KEY}\n")
    leaky = run(guarded, "git", "commit", "-qm", "merge")
    guarded.stage("a.txt", "both\n")
    assert blocked(leaky)
    assert silent(run(guarded, "git", "commit", "-qm", "merge"))


def test_of_a_merge_without_conflicts_only_the_message_is_scanned_and_the_push_hook_sees_the_rest(
    guarded: Repo, remote: Repo
) -> None:
    """As docs/how-to/hooks.md says: it is git that runs no pre-commit hook for it."""
    guarded.git("push", "--quiet", "--no-verify", "origin", "main")
    guarded.git("checkout", "--quiet", "-b", "side")
    sneak_in(guarded, KEY)
    guarded.git("checkout", "--quiet", "main")
    guarded.commit({"b.txt": "b"})
    assert blocked(run(guarded, "git", "merge", "-qm", f"with {KEY}", "side"))
    guarded.git("merge", "--abort")
    assert silent(run(guarded, "git", "merge", "-qm", "merge", "side"))
    assert blocked(run(guarded, "git", "push", "-q", "origin", "main"))


def test_a_key_that_stood_there_before_does_not_block_a_change_beside_it(guarded: Repo) -> None:
    sneak_in(guarded, f"{KEY}\n")
    guarded.stage("a.env", f"{KEY}\nmore\n")
    beside = run(guarded, "git", "commit", "-qm", "x")
    guarded.stage("a.env", f"{KEY}\nmore\n{OTHER_KEY}\n")
    assert beside.returncode == 0
    assert blocked(run(guarded, "git", "commit", "-qm", "x"))


@pytest.mark.parametrize("how", [("-m", f"use {KEY}"), ("-m", "title", "-m", f"body {KEY}"), ("-F", "message")])
def test_a_commit_message_is_scanned(guarded: Repo, how: tuple[str, ...]) -> None:
    guarded.write("message", f"use {KEY}\n")
    assert blocked(run(guarded, "git", "commit", "-q", "--allow-empty", *how))


def test_it_works_from_a_folder_and_from_a_linked_worktree(guarded: Repo, tmp_path: Path) -> None:
    guarded.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    guarded.stage("deep/down/a.txt", "hello\n")
    folder = Repo(guarded.path / "deep" / "down")
    assert silent(run(folder, "git", "commit", "-qm", "x"))
    for repo in (folder, Repo(tmp_path / "other")):
        repo.stage("a.env", KEY)
        assert blocked(run(repo, "git", "commit", "-qm", "x"))


def test_names_that_are_hard_to_print_do_not_confuse_it(guarded: Repo) -> None:
    guarded.stage("-q", "hello\n")
    guarded.stage("line\nbreak \x1b[31m.txt", "hello\n")
    clean = run(guarded, "git", "commit", "-qm", "x")
    guarded.stage("line\nbreak \x1b[31m.txt", KEY)
    leaky = run(guarded, "git", "commit", "-qm", "x")
    assert silent(clean)
    assert blocked(leaky)
    assert "\x1b[31m" not in leaky.stdout + leaky.stderr


def test_a_clean_push_is_silent_and_a_leaky_one_is_stopped(guarded: Repo, remote: Repo) -> None:
    clean = run(guarded, "git", "push", "-q", "origin", "main")
    sneak_in(guarded, KEY)
    sneak_in(guarded, "taken out again")
    assert silent(clean)
    assert blocked(run(guarded, "git", "push", "-q", "origin", "main"))
    assert remote.git("rev-parse", "main") != guarded.git("rev-parse", "main")


def test_several_refs_at_once_are_all_scanned(guarded: Repo, remote: Repo) -> None:
    run(guarded, "git", "push", "-q", "origin", "main")
    guarded.git("branch", "clean")
    guarded.git("checkout", "--quiet", "-b", "leaky")
    sneak_in(guarded, KEY)
    assert blocked(run(guarded, "git", "push", "-q", "origin", "clean", "leaky"))


def test_tags_deleted_branches_and_pushes_of_nothing_pass(guarded: Repo, remote: Repo) -> None:
    run(guarded, "git", "push", "-q", "origin", "main", "main:old")
    guarded.git("tag", "-a", "-m", "first", "v1")
    for what in ("v1", "main", ":old"):
        assert silent(run(guarded, "git", "push", "-q", "origin", what))


def test_a_tags_message_is_scanned(guarded: Repo, remote: Repo) -> None:
    run(guarded, "git", "push", "-q", "origin", "main")
    guarded.git("tag", "-a", "-m", f"use {KEY}", "v1")
    assert blocked(run(guarded, "git", "push", "-q", "origin", "v1"))


def test_a_first_push_with_a_key_in_the_root_commit_is_stopped(guarded: Repo, remote: Repo) -> None:
    guarded.git("checkout", "--quiet", "--orphan", "fresh")
    sneak_in(guarded, KEY)
    sneak_in(guarded, "taken out again")
    assert blocked(run(guarded, "git", "push", "-q", "origin", "fresh"))


def test_what_the_remote_has_already_does_not_stop_a_push(guarded: Repo, remote: Repo) -> None:
    sneak_in(guarded, KEY)
    guarded.git("push", "--quiet", "--no-verify", "origin", "main")
    sneak_in(guarded, "taken out")
    assert silent(run(guarded, "git", "push", "-q", "origin", "main"))


def test_a_push_from_a_shallow_clone_is_scanned(guarded: Repo, tmp_path: Path) -> None:
    shallow = clone(guarded, tmp_path / "shallow", "--depth=1")
    run(shallow, sys.executable, "-m", "openrouter_preflight", "install-hook", "--push")
    sneak_in(shallow, KEY)
    assert blocked(run(shallow, "git", "push", "-q", "origin", "HEAD:new"))


def test_a_stopped_commit_ends_with_the_command_that_lets_it_through(guarded: Repo) -> None:
    guarded.stage("a.env", KEY)
    done = run(guarded, "git", "commit", "-m", "Change")
    assert blocked(done)
    last = (done.stdout + done.stderr).rstrip().splitlines()[-1]
    assert last == f"To allow it: openrouter-preflight allow {fingerprint(KEY)} --reason WHY"
    allowed = run(guarded, sys.executable, "-m", *last.partition(": ")[2].replace("-", "_", 1).split())
    assert allowed.returncode == 0, allowed.stderr
    guarded.git("add", ".openrouter-preflight.yml")
    assert run(guarded, "git", "commit", "--quiet", "-m", "Change").returncode == 0


def test_a_stopped_push_is_spoken_of_as_one(guarded: Repo, remote: Repo) -> None:
    assert silent(run(guarded, "git", "push", "--quiet", "origin", "main"))
    sneak_in(guarded, KEY)
    done = run(guarded, "git", "push", "--quiet", "origin", "main")
    assert blocked(done)
    said = " ".join((done.stdout + done.stderr).split())
    assert "The push was stopped. Take the key out of the commits" in said
    assert "Revoke it first" not in said
