"""`allow` permits a key by its fingerprint, and leaves the rest of the config file as it was."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from support.repos import KEY, OTHER_KEY, Repo, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine

CONFIG = ".openrouter-preflight.yml"
PRINT = fingerprint(KEY)
UNSTAGED = "Until it is staged, hooks of pre-commit and prek may not see it.\n"
COMMENTED = """\
# how we deploy
gates:
  min-balance: 5   # USD

scan:
  allow:
    # the demo account
    - fingerprint: {other}
      reason: demo
  exclude:
    - docs/**
"""


def test_a_key_that_was_found_is_allowed_from_then_on(preflight: CommandLine, here: Repo) -> None:
    here.write("a.env", KEY)
    before = preflight("scan", secrets=(KEY,)).code
    run = preflight("allow", PRINT, "--reason", "a demo account", "--expires", "2999-12-31")
    assert (before, run.code, run.err) == (1, 0, "")
    assert run.out == f"{CONFIG} allows the key {PRINT[:12]} now. Stage that file and commit it.\n{UNSTAGED}"
    assert "2999-12-31)" in preflight("scan", "--verbose", secrets=(KEY,)).out
    assert preflight("scan").code == 0


def test_comments_and_order_stay(preflight: CommandLine, here: Repo) -> None:
    before = COMMENTED.format(other=fingerprint(OTHER_KEY))
    here.write(CONFIG, before)
    assert preflight("allow", PRINT, "--reason", "another").code == 0
    entry = f'    - fingerprint: {PRINT}\n      reason: "another"\n'
    assert (here.path / CONFIG).read_text() == before.replace("  exclude:", f"{entry}  exclude:")


def test_line_endings_and_a_byte_order_mark_stay(preflight: CommandLine, here: Repo) -> None:
    here.write(CONFIG, b"\xef\xbb\xbfgates:\r\n  require-limit: true\r\n")
    assert preflight("allow", PRINT, "--reason", "demo").code == 0
    written = (here.path / CONFIG).read_bytes()
    assert written.startswith(b"\xef\xbb\xbfgates:\r\n")
    assert written.count(b"\n") == written.count(b"\r\n") == 6


@pytest.mark.parametrize("there", [True, False])
def test_from_a_folder_the_file_of_the_root_is_written(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    if there:
        here.write(CONFIG, "scan:\n  exclude: []\n")
    here.write("src/a.txt", "")
    monkeypatch.chdir(here.path / "src")
    run = preflight("allow", PRINT, "--reason", "demo")
    assert run.out.startswith(os.path.join("..", CONFIG))  # noqa: PTH118 - as it is printed
    assert PRINT in (here.path / CONFIG).read_text()


def test_the_named_file_is_written(preflight: CommandLine, here: Repo) -> None:
    assert preflight("allow", PRINT, "--reason", "demo", "--config", "ci.yml").code == 0
    assert PRINT in (here.path / "ci.yml").read_text()
    assert not (here.path / CONFIG).exists()


def test_the_same_permission_twice_is_one(preflight: CommandLine, here: Repo) -> None:
    first = preflight("allow", PRINT, "--reason", "demo")
    text = (here.path / CONFIG).read_text()
    second = preflight("allow", PRINT, "--reason", "demo")
    assert (first.code, second.code, second.out) == (0, 0, f"{CONFIG} allows this key already.\n")
    assert (here.path / CONFIG).read_text() == text


def test_a_fingerprint_in_capitals_is_the_same(preflight: CommandLine, here: Repo) -> None:
    assert preflight("allow", PRINT.upper(), "--reason", "demo").code == 0
    assert PRINT in (here.path / CONFIG).read_text()


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ((PRINT,), "--reason is missing"),
        ((PRINT, "--reason", " "), "--reason is missing"),
        ((PRINT[:11], "--reason", "x"), "11 characters"),
        ((PRINT + "0", "--reason", "x"), "65 characters"),
        (("g" * 64, "--reason", "x"), "64 lower-case hex digits"),
        ((PRINT, "--reason", "x", "--expires", "2020-01-01"), "has passed"),
        ((PRINT, "--reason", "x", "--expires", "tomorrow"), "expected a date"),
        ((PRINT, "--reason", "x", "--config", "."), "cannot be read"),
    ],
)
def test_what_cannot_be_written_is_refused(
    preflight: CommandLine, here: Repo, arguments: tuple[str, ...], phrase: str
) -> None:
    run = preflight("allow", *arguments)
    assert (run.code, run.out) == (2, "")
    assert phrase in run.err
    assert list(here.path.iterdir()) == [here.path / ".git"]


@pytest.mark.parametrize(
    "arguments", [(KEY, "--reason", "x"), (PRINT, "--reason", f"was {KEY}"), (KEY,), (PRINT, "--reason", "x", KEY)]
)
def test_a_key_is_refused_and_not_shown(preflight: CommandLine, here: Repo, arguments: tuple[str, ...]) -> None:
    run = preflight("allow", *arguments, secrets=(KEY,))
    assert run.code == 2
    assert fingerprint(KEY) not in run.err
    assert list(here.path.iterdir()) == [here.path / ".git"]


def test_a_key_in_place_of_a_fingerprint_is_told_of(preflight: CommandLine, here: Repo) -> None:
    assert "That is a key" in preflight("allow", KEY, "--reason", "x", secrets=(KEY,)).err


def test_an_entry_that_expired_is_told_of_as_such(preflight: CommandLine, here: Repo) -> None:
    here.write(CONFIG, f"scan:\n  allow:\n    - fingerprint: {PRINT}\n      reason: demo\n      expires: 2020-01-01\n")
    run = preflight("allow", PRINT, "--reason", "again")
    assert run.code == 2
    assert 'allowed this key until 2020-01-01, which has passed: "demo"' in run.err
    assert "take it out and allow the key again" in run.err


@pytest.mark.parametrize("option", ["--config", "--expires"])
def test_a_key_in_place_of_another_value_may_stand_in_the_shells_history(
    preflight: CommandLine, here: Repo, option: str
) -> None:
    run = preflight("allow", PRINT, "--reason", "x", option, KEY, secrets=(KEY,))
    assert run.code == 2
    assert "not a key; it may stand in the history of this shell now" in run.err
    assert "--key-env" not in run.err


@pytest.mark.parametrize("name", ["nowhere/ci.yml", "a.txt/ci.yml"])
def test_a_folder_that_is_not_there_is_to_be_made_first(preflight: CommandLine, here: Repo, name: str) -> None:
    here.write("a.txt", "a")
    run = preflight("allow", PRINT, "--reason", "x", "--config", name)
    assert run.code == 2
    assert run.err.endswith("Create the folder first.\n")


@pytest.mark.skipif(
    sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root may write anywhere"
)
def test_a_file_that_cannot_be_written_is_unchanged(preflight: CommandLine, here: Repo) -> None:
    here.path.chmod(0o500)
    try:
        run = preflight("allow", PRINT, "--reason", "x")
    finally:
        here.path.chmod(0o700)
    assert run.code == 3


def test_a_faulty_file_is_left_alone(preflight: CommandLine, here: Repo, tmp_path: Path) -> None:
    here.write(CONFIG, "scan: [\n")
    run = preflight("allow", PRINT, "--reason", "x")
    assert (run.code, (here.path / CONFIG).read_text()) == (2, "scan: [\n")
