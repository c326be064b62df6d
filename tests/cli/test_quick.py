"""The quick way says what the full command would say, or nothing at all."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.cli.main import run
from openrouter_preflight.cli.quick import scan_quickly
from support.repos import KEY, Repo, fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.command_line import CommandLine

CONFIG = ".openrouter-preflight.yml"
posix_only = pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="the quick way needs posix_spawn")


@posix_only
@pytest.mark.parametrize("arguments", [("--staged",), ("--staged", "a.txt"), ("--staged", "--", "a.txt", "b.txt")])
def test_a_clean_index_is_told_of_in_the_same_words(
    here: Repo, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    here.commit()
    here.stage("a.txt", "hello\n")
    here.stage("b.txt", "x" * 5000)
    quick = scan_quickly(["scan", *arguments])
    said_quickly = capsys.readouterr()
    full = run(["scan", *arguments])
    assert (quick, full) == (0, 0)
    assert said_quickly == capsys.readouterr()


@posix_only
def test_a_clean_message_is_told_of_in_the_same_words(here: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    here.write("MESSAGE", "Change\n\n# a comment\n")
    quick = scan_quickly(["scan", "--message", "MESSAGE"])
    said_quickly = capsys.readouterr()
    full = run(["scan", "--message", "MESSAGE"])
    assert (quick, full) == (0, 0)
    assert said_quickly == capsys.readouterr()
    assert scan_quickly(["scan", "--message", "MESSAGE", "--", "b.txt"]) is None


@posix_only
def test_where_a_hook_manager_lists_files_behind_the_words_the_full_command_decides(
    here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.stage("a.txt", "hello\n")
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert scan_quickly(["scan", "--staged", "--quiet", "--", "a.txt"]) == 0
    assert scan_quickly(["scan", "--staged", "--quiet", "a.txt"]) is None


@posix_only
def test_a_clean_range_is_told_of_in_the_same_words(here: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    here.commit()
    here.commit({"a.txt": "hello\n", "folder/b.txt": "x" * 5000})
    here.commit({"a.txt": "hello again\n"})
    quick = scan_quickly(["scan", "--range", "HEAD~2..HEAD"])
    said_quickly = capsys.readouterr()
    full = run(["scan", "--range", "HEAD~2..HEAD"])
    assert (quick, full) == (0, 0)
    assert said_quickly == capsys.readouterr()


@posix_only
def test_a_bare_repository_has_ranges_too(
    here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.commit()
    here.commit({"a.txt": "hello\n"})
    here.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    quick = scan_quickly(["scan", "--range", "HEAD~1..HEAD"])
    said_quickly = capsys.readouterr()
    full = run(["scan", "--range", "HEAD~1..HEAD"])
    assert (quick, full) == (0, 0)
    assert said_quickly == capsys.readouterr()


@posix_only
def test_a_range_with_a_key_or_another_wish_is_for_the_full_command(here: Repo) -> None:
    here.commit()
    here.commit({"a.txt": "hello\n"})
    here.commit({"a.txt": KEY})
    assert scan_quickly(["scan", "--range", "HEAD~2..HEAD~1", "--quiet"]) == 0
    assert scan_quickly(["scan", "--range", "HEAD~1..HEAD", "--quiet"]) is None
    assert scan_quickly(["scan", "--range", "HEAD~2..HEAD~1", "--policy-from", "HEAD", "--quiet"]) is None
    assert scan_quickly(["scan", "--quiet", "HEAD~2..HEAD~1"]) is None


@posix_only
@pytest.mark.parametrize(
    "arguments",
    [("scan", "--staged", "--quiet"), ("scan", "--quiet", "--staged"), ("scan", "--staged", "--quiet", "a.txt")],
)
def test_a_quiet_clean_index_is_told_of_in_silence(
    here: Repo, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    here.commit()
    here.stage("a.txt", "hello\n")
    assert scan_quickly(list(arguments)) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan",),
        ("check", "--staged"),
        ("--help", "scan", "--staged"),
        ("scan", "--staged", "--strict"),
        ("scan", "--staged", "--help"),
        ("scan", "--staged", "--", "a.txt"),
        ("scan", "--staged", "--format", "json"),
        ("scan", "--staged", "missing.txt"),
        ("scan", "--staged", "--quiet", CONFIG),
        ("scan", "--staged", "--history"),
    ],
)
def test_anything_else_is_for_the_full_command(here: Repo, arguments: tuple[str, ...]) -> None:
    here.commit()
    here.stage("a.txt", "hello\n")
    here.stage(CONFIG, "")
    assert scan_quickly(list(arguments)) is None


@pytest.mark.parametrize(
    "environment",
    [
        {"GITHUB_ACTIONS": "true"},
        {"FORCE_COLOR": "1"},
        {"OPENROUTER_PREFLIGHT_SCAN_FORMAT": "json"},
        {"OPENROUTER_PREFLIGHT_SCAN_STRICT": "1"},
    ],
)
def test_an_environment_that_changes_the_report_is_for_the_full_command(
    here: Repo, monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]
) -> None:
    here.commit()
    here.stage("a.txt", "hello\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert scan_quickly(["scan", "--staged"]) is None


def test_a_key_is_for_the_full_command(here: Repo) -> None:
    here.commit()
    here.stage("a.env", KEY)
    assert scan_quickly(["scan", "--staged", "--quiet"]) is None


def test_a_config_file_is_not_passed_over_where_it_would_be_spoken_of(
    here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.commit({CONFIG: "scan:\n  alow: []\n", "sub/a": ""})
    here.stage("a.txt", "hello\n")
    assert scan_quickly(["scan", "--staged"]) is None
    monkeypatch.chdir(here.path / "sub")
    assert scan_quickly(["scan", "--staged"]) is None


def test_whatever_breaks_the_quick_way_leaves_it_to_the_full_command(
    here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(arguments: list[str]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("openrouter_preflight.scan.quick.staged_is_clean", broken)
    assert scan_quickly(["scan", "--staged", "--quiet"]) is None


@posix_only
def test_it_imports_no_more_than_it_needs(here: Repo) -> None:
    here.commit()
    here.stage("a.txt", "hello\n")
    code = (
        "import sys; from openrouter_preflight.cli.quick import scan_quickly as quickly; "
        "code = quickly(['scan', '--staged']); "
        "print(code, *({'click', 're', 'dataclasses', 'subprocess', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["0"]


def test_both_ways_agree_on_a_key_that_is_allowed(preflight: CommandLine, here: Repo) -> None:
    here.commit({CONFIG: f"scan:\n  allow:\n    - {{fingerprint: {fingerprint(KEY)}, reason: demo}}\n"})
    here.stage("a.env", KEY)
    assert scan_quickly(["scan", "--staged", "--quiet"]) is None
    assert preflight("scan", "--staged", "--quiet", secrets=(KEY,)).code == 0
