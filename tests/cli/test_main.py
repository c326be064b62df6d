"""How a run ends, and what each ending says: exit codes, words without secrets, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from openrouter_preflight import __version__
from openrouter_preflight.cli.main import cli
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.findings import ExitCode
from support.command_line import CommandLine, assert_silent_about
from support.raw_server import hang, serve

if TYPE_CHECKING:
    from support.repos import Repo

BODY = "0e6f44a47a05f1dad2ad7e88c4c1d6b793be51c80f7d6a24e1950c3bd87fa6b7"
KEY = "sk-or-v1-" + BODY
FOREIGN = "sk-ant-api03-" + BODY
COMMAND = (sys.executable, "-m", "openrouter_preflight")
SECRETS = [KEY, BODY, FOREIGN, KEY[:40], KEY + KEY, f"Bearer {KEY}"]
COMMAND_LINES = [
    ("{}",),
    ("--{}",),
    ("check", "{}"),
    ("check", "--{}"),
    ("check", "--key={}"),
    ("check", "--key-env", "{}"),
    ("check", "--key-env={}"),
    ("check", "--management-key-env", "{}"),
    ("check", "--key-file", "{}"),
    ("check", "--key-file", "/nowhere/{}"),
    ("check", "--config", "{}"),
    ("check", "--min-balance", "{}"),
    ("check", "--expires-within", "{}"),
    ("check", "--on-missing", "{}"),
    ("check", "--format", "{}"),
    ("check", "--report", "{}"),
    ("check", "--report", "{}=x"),
    ("check", "--report", "json=/nowhere/{}"),
    ("check", "--base-url", "{}"),
    ("check", "--base-url", "https://{}/"),
    ("check", "--base-url", "https://user:{}@openrouter.invalid/"),
    ("check", "--base-url", "https://openrouter.invalid/{}"),
    ("check", "--timeout", "{}"),
    ("check", "--simulate", "{}"),
    ("explain", "{}"),
    ("explain", "x", "{}"),
    ("simulate", "{}"),
    ("simulate", "--port", "{}"),
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("words", COMMAND_LINES, ids=" ".join)
def test_a_key_in_the_arguments_is_refused_and_never_said_again(
    words: tuple[str, ...], secret: str, preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENROUTER_BASE_URL", "http://127.0.0.1:9/")
    run = preflight(*(word.replace("{}", secret) for word in words))
    # Without its start a key may pass for a host or a path; nothing is sent there, for there is no key to ask about.
    assert run.code in {ExitCode.USAGE, ExitCode.FAIL}
    assert_silent_about(run.out + run.err, KEY)


@pytest.mark.parametrize("name", ["MIN_BALANCE", "FORMAT", "BASE_URL", "KEY_ENV", "SIMULATE", "REPORT", "DEADLINE"])
def test_a_key_in_a_variable_of_settings_is_not_said_again(name: str, preflight: CommandLine) -> None:
    run = preflight("check", variables={f"OPENROUTER_PREFLIGHT_CHECK_{name}": BODY})
    assert run.code == ExitCode.USAGE
    assert_silent_about(run.err, KEY)


@pytest.mark.parametrize("word", ["\x1b[31mred", "a\n::error::b", "##[error]x", "a\rb", "a\u202eb"])
@pytest.mark.parametrize("words", [("{}",), ("check", "{}"), ("explain", "{}"), ("check", "--key-file", "{}")])
def test_nothing_in_the_arguments_reaches_the_terminal_as_a_command(
    words: tuple[str, ...], word: str, preflight: CommandLine
) -> None:
    run = preflight(*(each.replace("{}", word) for each in words))
    assert run.code == ExitCode.USAGE
    assert all(line.isprintable() for line in run.err.splitlines())
    assert not any(line.startswith("::") or "##[" in line for line in run.err.splitlines())


def test_a_usage_error_says_where_help_is(preflight: CommandLine) -> None:
    assert preflight("check", "--nonsense").err.endswith("Try: openrouter-preflight check --help\n")


def test_the_version_and_help_exit_0(preflight: CommandLine) -> None:
    assert preflight("--version").out == f"openrouter-preflight, version {__version__}\n"
    assert "Examples:" in preflight("--help").out


def test_without_a_command_the_help_can_be_read_and_it_is_a_usage_error(preflight: CommandLine) -> None:
    run = preflight()
    assert (run.code, run.out) == (ExitCode.USAGE, "")
    assert run.err == preflight("--help").out


@pytest.mark.parametrize("command", ["check", "explain", "simulate", "scan", "allow", "install-hook", "schema"])
def test_every_commands_help_has_examples(command: str, preflight: CommandLine) -> None:
    run = preflight(command, "--help")
    assert run.code == 0
    assert "Example" in run.out


ENDINGS = [
    (ZeroDivisionError(KEY), 3, "sorry, this is a bug"),
    (UnicodeEncodeError("ascii", KEY, 0, 1, KEY), 3, "sorry, this is a bug"),
    (MemoryError(KEY), 3, "sorry, this is a bug"),
    (RecursionError(KEY), 3, "sorry, this is a bug"),
    (PreflightError("it stopped", "do that"), 3, "openrouter-preflight: it stopped\ndo that\n"),
    (UsageError("a wrong word"), 2, "openrouter-preflight: a wrong word\n"),
    (KeyboardInterrupt(), 130, "interrupted"),
]


@pytest.mark.parametrize(("error", "code", "words"), ENDINGS, ids=lambda value: type(value).__name__)
def test_each_way_of_stopping_has_its_exit_code_and_words(
    error: BaseException, code: int, words: str, preflight: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("openrouter_preflight.cli.subcommands.check.run_check", stop)
    run = preflight("check")
    assert (run.code, run.out) == (code, "")
    assert words in run.err
    assert "Traceback" not in run.err
    assert_silent_about(run.err, KEY)
    assert len(run.err.strip().splitlines()) <= 2


def shell(words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command line of a shell in which $preflight is the program."""
    environ = {**os.environ, "preflight": " ".join(COMMAND), **variables}
    return subprocess.run(
        ["/bin/sh", "-c", words], env=environ, capture_output=True, text=True, timeout=30, check=False
    )


posix = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")


@posix
@pytest.mark.parametrize(
    ("words", "code", "err"),
    [
        ("$preflight check --simulate healthy <&-", 0, ""),
        ("$preflight check --simulate healthy >&-", 0, ""),
        ("$preflight check --simulate healthy 2>&-", 0, ""),
        ("$preflight check --simulate spent-key-limit >&-", 1, ""),
        ("$preflight check --simulate healthy >/dev/full", 3, "standard output cannot be written to"),
        ("$preflight check --simulate spent-key-limit >/dev/full", 1, "standard output cannot be written to"),
        ("{ $preflight check --simulate healthy; echo $? >&2; } | true", 0, "0"),
        ("{ $preflight check --simulate spent-key-limit; echo $? >&2; } | true", 0, "1"),
        ("{ $preflight explain; echo $? >&2; } | true", 0, "3"),
    ],
)
def test_a_stream_that_nobody_reads_changes_no_verdict(words: str, code: int, err: str) -> None:
    if "/dev/full" in words and not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    ended = shell(words)
    assert ended.returncode == code, ended.stderr
    assert err in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@posix
@pytest.mark.parametrize("closed", ["2>&-", "<&-", "2>&- <&-"])
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("scan", 1, "FAIL: 1 leak found"),
        ("scan --history", 0, "PASS: no leak found"),
        ("scan --range HEAD~1..HEAD", 0, "PASS: no leak found"),
        ("scan --staged", 0, "PASS: no leak found"),
    ],
)
def test_a_scan_says_what_it_says_where_a_stream_is_closed(
    here: Repo, closed: str, arguments: str, code: int, said: str
) -> None:
    here.commit({"a.txt": "a"})
    here.commit({"b.txt": "b"})
    here.write("k.env", KEY)
    ended = shell(f"$preflight {arguments} {closed}")
    assert (ended.returncode, ended.stderr) == (code, "")
    assert said in ended.stdout


@posix
@pytest.mark.parametrize("arguments", ["scan", "scan --staged", "scan --history", "check", "install-hook"])
def test_a_current_folder_that_was_deleted_is_told_of(arguments: str, tmp_path: Path) -> None:
    ended = shell(f"cd {tmp_path} && mkdir gone && cd gone && rmdir ../gone && $preflight {arguments}")
    assert (ended.returncode, ended.stdout) == (ExitCode.INCOMPLETE, "")
    assert "the current folder is not there any more" in ended.stderr
    assert "bug" not in ended.stderr


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", ["at once", "asking"])
def test_an_interrupt_ends_it_with_130_and_nothing_left_behind(
    number: signal.Signals, after: str, tmp_path: Path
) -> None:
    report = tmp_path / "reports" / "report.json"
    report.parent.mkdir()
    report.write_text("old")
    arguments = ("check", "--report", f"json={report}", "--deadline", "20")
    with serve(hang) as server:
        environ = {**os.environ, "OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": server.base_url}
        environ |= {"TMPDIR": str(tmp_path)}
        with subprocess.Popen([*COMMAND, *arguments], env=environ, stdout=-1, stderr=-1, text=True) as process:
            deadline = time.monotonic() + (20 if after == "asking" else 0.25)
            while not server.seen and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
    if after == "asking":
        assert (process.returncode, out) == (130, "")
        assert err.strip() == "openrouter-preflight: interrupted: nothing was decided"
    assert "Traceback" not in err
    assert process.returncode not in {0, 1, 2}
    assert_silent_about(out + err, KEY)
    assert report.read_text() == "old"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["report.json"]


def test_as_a_module_and_as_a_command_it_is_the_same_program() -> None:
    ended = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (0, f"openrouter-preflight, version {__version__}\n")


@pytest.mark.parametrize("name", ["", *cli.list_commands(click.Context(cli))])
def test_help_fits_eighty_columns(name: str, preflight: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = preflight(*filter(None, [name]), "--help").out
    assert [line for line in said.splitlines() if len(line) > 80] == []


def test_the_list_of_commands_is_not_cut(preflight: CommandLine) -> None:
    said = preflight("--help").out
    assert "..." not in said.partition("Commands:")[2].partition("Examples:")[0]
