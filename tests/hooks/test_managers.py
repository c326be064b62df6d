"""The manifest at work: pre-commit and prek install this project and run its hooks in real repositories."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hooks.conftest import once
from support.repos import KEY, Repo, fingerprint, make_key, make_repo

if TYPE_CHECKING:
    from pathlib import Path

    from hooks.conftest import Tool

CONFIG = """\
default_install_hook_types: [pre-commit, pre-push, commit-msg]
repos:
- repo: {path}
  rev: {revision}
  hooks:
  - id: openrouter-keys
  - id: openrouter-keys-push
  - id: openrouter-keys-message
"""


@dataclass(frozen=True)
class Project:
    """A repository whose hooks a manager runs."""

    repo: Repo
    manager: str
    environ: dict[str, str]

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.repo.path,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def sneak_in(self, content: str | bytes, name: str = "a.env") -> None:
        """Commit a file past the hooks, as a clone without them would."""
        self.repo.stage(name, content)
        self.repo.git("commit", "--quiet", "--no-verify", "-m", "Change")

    def commit(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", "commit", "-m", "Change", *options)


@pytest.fixture(params=["pre-commit", "prek"])
def project(request: pytest.FixtureRequest, tmp_path: Path, tool: Tool) -> Project:
    """A project with one commit, into which the manager has installed the hooks."""
    installed = tool.path.parent / f"with-{request.param}"
    once(installed, lambda folder: _install(folder, request.param, tool))
    shutil.copytree(installed / "project", tmp_path / "project")
    return Project(Repo(tmp_path / "project"), request.param, tool.environ)


def _install(folder: Path, manager: str, tool: Tool) -> None:
    repo = make_repo(folder / "project")
    repo.commit({".pre-commit-config.yaml": CONFIG.format(path=tool.path, revision=tool.revision)})
    done = Project(repo, manager, tool.environ).run(manager, "install", "--install-hooks")
    assert done.returncode == 0, done.stdout + done.stderr


def blocked(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a hook stopped it because of a key, which it does not show."""
    said = done.stdout + done.stderr
    assert KEY not in said
    return done.returncode != 0 and "committed-key" in said


def test_a_clean_commit_passes_and_one_with_a_key_does_not(project: Project) -> None:
    project.repo.stage("a.txt", "hello")
    clean = project.commit()
    project.repo.stage("b.env", KEY)
    leaky = project.commit()
    assert (clean.returncode, "PASS" in clean.stdout + clean.stderr) == (0, False)
    assert blocked(leaky)


def test_what_counts_is_what_is_staged(project: Project) -> None:
    project.repo.stage("a.env", KEY)
    project.repo.write("a.env", "taken out, but not staged")
    still_staged = project.commit()
    project.repo.git("add", "a.env")
    project.repo.write("b.txt", KEY)
    not_staged = project.commit()
    assert blocked(still_staged)
    assert not_staged.returncode == 0


def test_all_files_are_really_scanned(project: Project) -> None:
    project.sneak_in(KEY, "old.env")
    project.sneak_in(make_key("other").encode("utf-16"), "windows.txt")
    done = project.run(project.manager, "run", "--all-files")
    assert blocked(done)
    assert "old.env" in done.stdout
    assert "windows.txt" in done.stdout


def test_a_change_of_the_config_file_counts_once_it_is_staged(project: Project) -> None:
    name = ".openrouter-preflight.yml"
    project.sneak_in("scan: {}\n", name)
    project.repo.stage("a.env", KEY)
    project.repo.write(name, f"scan:\n  allow:\n    - fingerprint: {fingerprint(KEY)}\n      reason: a demo account\n")
    not_staged = project.commit()
    project.repo.git("add", name)
    assert blocked(not_staged)
    assert project.commit().returncode == 0


def test_a_file_that_is_named_like_an_option_is_scanned(project: Project) -> None:
    project.repo.stage("all.yml", "scan:\n  exclude: ['**']\n")
    project.repo.stage("--config=all.yml", "clean")
    assert project.commit().returncode == 0
    project.repo.stage("-b.env", KEY)
    assert blocked(project.commit())


def test_a_key_that_stood_there_before_does_not_block_a_change_beside_it(project: Project) -> None:
    project.sneak_in(f"{KEY}\n", "old.env")
    project.repo.stage("old.env", f"{KEY}\nmore\n")
    assert project.commit().returncode == 0


def test_a_commit_message_is_scanned(project: Project) -> None:
    assert blocked(project.run("git", "commit", "--allow-empty", "-m", f"use {KEY}"))


def test_a_push_is_scanned_from_its_first_commit_on(project: Project, tmp_path: Path) -> None:
    make_repo(tmp_path / "remote.git", "--bare")
    project.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    first = project.run("git", "push", "origin", "main")
    project.sneak_in(KEY)
    project.sneak_in("taken out again")
    leaky = project.run("git", "push", "origin", "main")
    new_branch = project.run("git", "push", "origin", "main:other")
    assert first.returncode == 0, first.stdout + first.stderr
    assert blocked(leaky)
    assert blocked(new_branch)


def test_what_would_be_pushed_is_scanned_by_hand_too(project: Project) -> None:
    project.sneak_in(KEY)
    project.sneak_in("taken out again")
    assert blocked(project.run(project.manager, "run", "--hook-stage", "pre-push", "--all-files"))


def test_a_first_push_with_a_key_in_the_root_commit_is_stopped(project: Project, tmp_path: Path) -> None:
    make_repo(tmp_path / "remote.git", "--bare")
    project.repo.git("checkout", "--quiet", "--orphan", "fresh")
    project.sneak_in(KEY)
    project.sneak_in("taken out again")
    project.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    assert blocked(project.run("git", "push", "origin", "fresh"))


@pytest.mark.parametrize(
    ("environ", "passes"),
    [
        ({}, True),
        ({"OPENROUTER_API_KEY": KEY, "OPENROUTER_PREFLIGHT_CHECK_SIMULATE": "healthy"}, True),
        ({"OPENROUTER_API_KEY": KEY, "OPENROUTER_PREFLIGHT_CHECK_SIMULATE": "revoked"}, False),
    ],
    ids=["no key", "a healthy key", "a revoked key"],
)
def test_people_who_hold_a_key_have_it_checked(project: Project, environ: dict[str, str], passes: bool) -> None:
    project.repo.write(
        ".pre-commit-config.yaml",
        (project.repo.path / ".pre-commit-config.yaml").read_text() + "  - id: openrouter-check\n",
    )
    project.repo.git("add", ".pre-commit-config.yaml")
    command = (project.manager, "run", "--hook-stage", "manual", "openrouter-check")
    assert (project.run(*command, **environ).returncode == 0) is passes
