"""`init` in real repositories: what it writes, what it leaves alone, and that what it wrote works."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from openrouter_preflight import __version__
from openrouter_preflight.setup.pre_commit import with_entry
from support import github_events
from support.act_runner import run_workflow, shipped_action
from support.repos import KEY, Repo, make_repo

if TYPE_CHECKING:
    from support.command_line import CommandLine

CONFIG = ".openrouter-preflight.yml"
WORKFLOW = ".github/workflows/openrouter-preflight.yml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository that is pushed to GitHub, with one commit; the current folder."""
    repo = make_repo(tmp_path / "project")
    repo.commit({"a.txt": "hello\n"})
    repo.git("remote", "add", "origin", "git@github.com:octo/app.git")
    monkeypatch.chdir(repo.path)
    return repo


def snapshot(repo: Repo) -> dict[str, bytes]:
    return {str(path.relative_to(repo.path)): path.read_bytes() for path in repo.path.rglob("*") if path.is_file()}


def test_a_new_project_gets_config_hooks_and_workflow(project: Repo, preflight: CommandLine) -> None:
    done = preflight("init", "--yes")
    assert done.code == 0, done.err
    for name in (CONFIG, WORKFLOW, ".git/hooks/pre-commit", ".git/hooks/pre-push", ".git/hooks/commit-msg"):
        assert (project.path / name).is_file(), done.out
    assert "yaml-language-server: $schema=" in (project.path / CONFIG).read_text()
    assert yaml.safe_load((project.path / WORKFLOW).read_text())["permissions"] == {}
    assert preflight("check", "--simulate", "healthy").code == 0


def test_what_is_written_is_shown_first(project: Repo, preflight: CommandLine) -> None:
    before = snapshot(project)
    done = preflight("init", "--dry-run")
    assert (done.code, snapshot(project)) == (0, before)
    assert all(f"Create {name}:" in done.out for name in (CONFIG, WORKFLOW))
    assert "  +   expires-within: 7d" in done.out


def test_off_a_terminal_it_writes_nothing_without_yes(project: Repo, preflight: CommandLine) -> None:
    before = snapshot(project)
    done = preflight("init")
    assert (done.code, snapshot(project)) == (2, before)
    assert "--yes" in done.err


def test_a_second_run_changes_nothing(project: Repo, preflight: CommandLine) -> None:
    preflight("init", "--yes")
    before = snapshot(project)
    done = preflight("init", "--yes")
    assert (done.code, snapshot(project)) == (0, before)
    assert "Nothing to write." in done.out


def test_files_that_are_there_stay_as_they_are(project: Repo, preflight: CommandLine) -> None:
    mine = {".openrouter-preflight.yaml": "gates: {}\n", WORKFLOW: "on: push\n", "lefthook.yml": "x: 1\n"}
    for name, text in mine.items():
        project.write(name, text)
    done = preflight("init", "--yes")
    assert {name: (project.path / name).read_text() for name in mine} == mine
    assert not (project.path / CONFIG).exists()
    assert "#lefthook" in done.out


def test_a_hook_that_is_there_keeps_its_lines(project: Repo, preflight: CommandLine) -> None:
    hook = project.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho mine\n")
    hook.chmod(0o755)
    preflight("init", "--yes")
    assert hook.read_text().endswith("echo mine\n")


@pytest.mark.parametrize(
    ("files", "remote", "expected"),
    [
        ({".gitlab-ci.yml": "test: {script: [x]}\n"}, "", "Add the jobs to .gitlab-ci.yml"),
        ({}, "https://gitlab.example.org/a/b.git", "Create .gitlab-ci.yml:"),
        ({".circleci/config.yml": "version: 2.1\n"}, "", "other-ci/#circleci"),
        ({"Jenkinsfile": "pipeline {}\n"}, "", "other-ci/#jenkins"),
        ({"azure-pipelines.yml": "steps: []\n"}, "", "other-ci/#azure-pipelines"),
        ({}, "git@bitbucket.org:a/b.git", "other-ci/#bitbucket"),
        ({}, "/srv/git/a.git", "No CI was found"),
    ],
)
def test_the_ci_is_the_one_that_is_found(
    project: Repo, preflight: CommandLine, files: dict[str, str], remote: str, expected: str
) -> None:
    project.git("remote", "set-url", "origin", remote or "ssh://example.org/a.git")
    for name, text in files.items():
        project.write(name, text)
    done = preflight("init", "--yes")
    assert (done.code, expected in done.out) == (0, True), done.out
    assert {name: (project.path / name).read_text() for name in files} == files


def test_a_linked_folder_leads_nowhere(project: Repo, tmp_path: Path, preflight: CommandLine) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project.path / ".github").symlink_to(tmp_path / "elsewhere")
    done = preflight("init", "--yes")
    assert (done.code, list((tmp_path / "elsewhere").iterdir())) == (2, [])
    assert ".github is a symbolic link" in done.err


def test_outside_of_a_repository_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preflight: CommandLine
) -> None:
    monkeypatch.chdir(tmp_path)
    assert preflight("init", "--yes").code == 2


EXISTING = {
    "two spaces": "# ours\nrepos:\n  - repo: local\n    hooks:\n      - {id: x, name: x, entry: x}\n",
    "no indentation": "fail_fast: true\nrepos:\n- repo: local\n  hooks:\n  - {id: x, name: x, entry: x}\n",
    "more below": "repos: # all\n\n  # first\n  - repo: local\n    hooks: []\ndefault_stages: [pre-commit]\n",
    "its own types": "default_install_hook_types: [pre-commit]\nrepos:\n  - repo: local\n    hooks: []\n",
    "CRLF": "repos:\r\n  - repo: local\r\n    hooks: []\r\n",
}


@pytest.mark.parametrize("text", EXISTING.values(), ids=EXISTING)
def test_a_list_of_hooks_gets_our_entry_and_keeps_every_line(text: str) -> None:
    edited = with_entry(text)
    assert edited is not None
    before, after = yaml.safe_load(text), yaml.safe_load(edited)
    assert after["repos"][1:] == before["repos"]
    assert after["repos"][0]["hooks"][0]["id"] == "openrouter-keys"
    assert {key: after[key] for key in before if key != "repos"} == {
        key: before[key] for key in before if key != "repos"
    }
    left = iter(edited.splitlines())
    assert all(line in left for line in text.splitlines())


@pytest.mark.parametrize(
    "text", ["repos: []\n", "repos: [{repo: local, hooks: []}]\n", "", "repos:\n", "\ufeffrepos:\n- x\n"]
)
def test_a_list_in_another_style_is_left_to_the_person(text: str, project: Repo, preflight: CommandLine) -> None:
    project.write(".pre-commit-config.yaml", text)
    done = preflight("init", "--yes")
    assert (project.path / ".pre-commit-config.yaml").read_text() == text
    assert "Add to `repos:`" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="the hooks are for shells of Unix")
def test_the_installed_hooks_stop_a_commit(project: Repo, preflight: CommandLine) -> None:
    preflight("init", "--yes")
    project.stage("a.env", f"KEY={KEY}\n")
    git = shutil.which("git")
    assert git
    command = [git, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-m", "x"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "committed-key" in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")
@pytest.mark.parametrize(("content", "result"), [("hello again\n", "success"), (f"{KEY}\n", "failure")])
def test_the_workflow_that_it_wrote_scans_what_a_push_adds(
    project: Repo, preflight: CommandLine, tmp_path: Path, content: str, result: str
) -> None:
    assert preflight("init", "--yes", "--hooks", "none").code == 0
    workflow = tmp_path / "act" / "workflow.yml"
    workflow.parent.mkdir()
    workflow.write_text((project.path / WORKFLOW).read_text(encoding="utf-8"), encoding="utf-8")
    schema = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", "vendor.github-workflows"]
    assert subprocess.run([*schema, str(workflow)], capture_output=True, check=False).returncode == 0
    before = project.git("rev-parse", "HEAD")
    after = project.commit({"b.txt": content})
    used = f"OWNER/openrouter-preflight@v{__version__}"
    payload = github_events.push(before, after)
    lines = run_workflow(project.path, workflow, "push", payload, actions={used: shipped_action()})
    assert {line["jobID"]: line["jobResult"] for line in lines if "jobResult" in line} == {"scan": result}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--hooks", "pre-commit"], "Create .pre-commit-config.yaml:"),
        (["--hooks", "lefthook"], "#lefthook"),
        (["--ci", "gitlab"], "Create .gitlab-ci.yml:"),
        (["--ci", "none"], "No CI was found"),
    ],
)
def test_what_it_finds_can_be_overruled(
    project: Repo, preflight: CommandLine, options: list[str], expected: str
) -> None:
    done = preflight("init", "--dry-run", *options)
    assert (done.code, expected in done.out) == (0, True), done.out + done.err
