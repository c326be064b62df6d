"""`doctor` where all is well and where it is not: a line for each thing, exit 1 if something would fail."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import Simulator
from support.raw_server import answer, refusal, serve
from support.repos import KEY, Repo, clone, make_repo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.command_line import CommandLine, Run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with one commit; the current folder."""
    repo = make_repo(tmp_path / "project")
    repo.commit({"a.txt": "hello\n"})
    monkeypatch.chdir(repo.path)
    return repo


@pytest.fixture
def service() -> Iterator[Simulator]:
    with Simulator("healthy") as running:
        yield running


def lines(run: Run) -> dict[str, str]:
    """What each line says, by its topic, with its mark in front."""
    found = [line for line in run.out.splitlines() if line[:6].strip() in {"ok", "note", "FAIL"}]
    return {line[6:].partition(": ")[0]: f"{line[:6].strip()} {line[6:].partition(': ')[2]}" for line in found}


def test_a_machine_that_works(project: Repo, service: Simulator, preflight: CommandLine) -> None:
    assert preflight("install-hook", "--push", "--message").code == 0
    project.write(".openrouter-preflight.yml", "gates:\n  min-balance: 5\n")
    done = preflight("doctor", OPENROUTER_API_KEY=KEY, OPENROUTER_BASE_URL=service.base_url)
    said = lines(done)
    assert done.code == 0, done.out
    assert said["pre-commit hook"] == "ok installed; it stopped a key in a trial"
    assert said["pre-push hook"] == said["commit-msg hook"] == "ok installed"
    assert said["config file"].startswith("ok ")
    assert said["base URL"].startswith(f"ok {service.base_url} answered in ")
    assert said["clock"].startswith("ok ")
    assert said["python"].startswith(f"ok {'.'.join(map(str, sys.version_info[:3]))}")
    assert all(record.fingerprint is None for record in service.requests)


def test_nothing_set_up_is_told_and_fails_nothing(project: Repo, preflight: CommandLine) -> None:
    done = preflight("doctor", "--offline")
    assert (done.code, lines(done)["pre-commit hook"]) == (0, "note none")
    assert "install-hook" in done.out
    assert "base URL" not in lines(done)


@pytest.mark.parametrize("value", [f"{KEY}\n", "sk-proj-abc", ""], ids=["a newline", "another vendor's", "empty"])
def test_a_key_of_the_wrong_shape_fails(project: Repo, preflight: CommandLine, value: str) -> None:
    done = preflight("doctor", "--offline", OPENROUTER_API_KEY=value)
    assert done.code == 1
    assert any(line.startswith("FAIL  key: OPENROUTER_API_KEY") for line in done.out.splitlines())


def test_keys_under_other_names_are_listed_by_name(project: Repo, preflight: CommandLine) -> None:
    done = preflight("doctor", "--offline", PRODUCTION_KEY=KEY)
    assert "PRODUCTION_KEY holds sk-or-v1-" in done.out
    assert done.code == 0


@pytest.mark.parametrize(
    ("variables", "topic"),
    [
        ({"OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE": "five"}, "variables"),
        ({"OPENROUTER_PREFLIGHT_CHECK_MIN_BALANC": "5"}, "variables"),
        ({"OPENROUTER_BASE_URL": "http://example.org"}, "base URL"),
        ({"OPENROUTER_BASE_URL": "http://127.0.0.1:9"}, "base URL"),
        ({"OPENROUTER_BASE_URL": "https://localhost:9", "SSL_CERT_FILE": "/nowhere.pem"}, "base URL"),
    ],
)
def test_what_a_check_would_trip_over_fails(
    project: Repo, preflight: CommandLine, variables: dict[str, str], topic: str
) -> None:
    done = preflight("doctor", "--timeout", "5", variables={"OPENROUTER_BASE_URL": "http://127.0.0.1:9", **variables})
    assert (done.code, lines(done)[topic][:4]) == (1, "FAIL"), done.out


def test_a_config_file_that_does_not_parse_fails(project: Repo, preflight: CommandLine) -> None:
    project.write(".openrouter-preflight.yml", "gates: 5\n")
    done = preflight("doctor", "--offline")
    assert (done.code, lines(done)["config file"][:4]) == (1, "FAIL")


def test_a_clock_that_is_wrong_fails(project: Repo, preflight: CommandLine) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    with serve(answer(401, refusal(401, "No auth"), Date=date)) as service:
        done = preflight("doctor", OPENROUTER_BASE_URL=service.base_url)
    assert (done.code, lines(done)["clock"][:4]) == (1, "FAIL")


def test_a_portal_is_not_openrouter(project: Repo, preflight: CommandLine) -> None:
    with serve(answer(200, b"<html>Sign in</html>")) as service:
        done = preflight("doctor", OPENROUTER_BASE_URL=service.base_url)
    assert (done.code, "web page" in lines(done)["base URL"]) == (1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such bit")
def test_a_hook_that_git_does_not_run_fails(project: Repo, preflight: CommandLine) -> None:
    preflight("install-hook")
    (project.path / ".git/hooks/pre-commit").chmod(0o644)
    done = preflight("doctor", "--offline")
    assert (done.code, lines(done)["pre-commit hook"][:4]) == (1, "FAIL")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("#!/bin/sh\necho mine\n", "does not call openrouter-preflight"),
        ("#!/bin/sh\nopenrouter-preflight scan --staged --quiet\n", "calls openrouter-preflight"),
        ("#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n", "does not name our hooks"),
    ],
)
def test_hooks_of_others_are_told_apart(project: Repo, preflight: CommandLine, script: str, words: str) -> None:
    hook = project.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(script)
    hook.chmod(0o755)
    assert words in lines(preflight("doctor", "--offline"))["pre-commit hook"]


def test_a_shallow_clone_is_told(
    project: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preflight: CommandLine
) -> None:
    project.commit({"b.txt": "b\n"})
    monkeypatch.chdir(clone(project, tmp_path / "shallow", "--depth=1").path)
    assert "is shallow" in lines(preflight("doctor", "--offline"))["repository"]


def test_without_git_it_says_so(
    project: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preflight: CommandLine
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = preflight("doctor", "--offline")
    assert (done.code, lines(done)["git"][:4]) == (1, "FAIL")


def test_a_hook_of_the_repository_is_not_run(project: Repo, tmp_path: Path, preflight: CommandLine) -> None:
    marker = tmp_path / "was-run"
    preflight("install-hook")
    hook = project.path / ".git/hooks/pre-commit"
    hook.write_text(hook.read_text().replace("openrouter_preflight() {", f"touch {marker}\nopenrouter_preflight() {{"))
    done = preflight("doctor", "--offline")
    assert "another version or installation" in lines(done)["pre-commit hook"]
    assert not os.path.lexists(marker)
