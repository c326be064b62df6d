"""The fast lane says what the full command says, whatever lies in the repository, and reads nothing twice."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight import __main__, fast_lane
from support.repos import HERMETIC, KEY, OTHER_KEY, Repo, fingerprint, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = ".openrouter-preflight.yml"
ZEROS = "sk-or-v1-" + "0" * 64


def zipped(text: str) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)
    return data.getvalue()


Files = dict[str, str | bytes]
MANY: Files = {f"many/{number}": f"file {number}" for number in range(150)}
LARGE = b"x" * 3_000_000
ALLOWED = f"scan:\n  allow:\n    - {{fingerprint: {fingerprint(KEY)}, reason: demo}}\n"

SITUATIONS: dict[str, tuple[Files, int]] = {
    "nothing new": ({}, 0),
    "a clean file": ({"a.txt": "hello\n"}, 0),
    "an archive": ({"a.zip": zipped("clean " * 1000)}, 0),
    "an archive with a key": ({"a.zip": zipped(KEY)}, 1),
    "a large archive": ({"a.gz": gzip.compress(os.urandom(600_000))}, 0),
    "a damaged archive": ({"a.gz": gzip.compress(os.urandom(1000))[:500]}, 3),
    "a submodule": ({"inner": ""}, 0),
    "a placeholder": ({"a.env": "KEY=sk-or-v1-your-key-here\nOTHER=sk-or-v1-xxxx\n"}, 0),
    "a placeholder in quotes": ({"a.py": 'if key.startswith("sk-or-v1-"):\n    pass\n'}, 0),
    "a word": ({"a.txt": "a task-order, a mask-origin"}, 0),
    "zeros": ({"a.env": ZEROS}, 0),
    "a key": ({"a.env": KEY}, 1),
    "a key in UTF-16": ({"a.txt": KEY.encode("utf-16")}, 1),
    "a key in a name": ({KEY: ""}, 1),
    "a key in a link": ({"link": KEY}, 1),
    "a key that a comment allows": ({"a.py": f'K = "{KEY}"  # openrouter-preflight: allow'}, 0),
    "a large file": ({"big": LARGE}, 0),
    "a key across the pieces of a large file": ({"big": b"x" * (512 * 1024 - 20) + KEY.encode() + LARGE}, 1),
    "a key at the end of much": ({"big": LARGE + KEY.encode()}, 1),
    "many files": (MANY, 0),
    "a key among many files": ({**MANY, "many/77": KEY}, 1),
    "a config file": ({CONFIG: "scan:\n  exclude: [docs/*]\n"}, 0),
    "a key that the config file allows": ({CONFIG: ALLOWED, "a.env": KEY}, 0),
    "a broken config file": ({CONFIG: "scan:\n  alow: []\n"}, 2),
    "a config file that is no YAML": ({CONFIG: "nonsense: ["}, 2),
    "a broken config file beside an archive": ({CONFIG: "scan: 3", "a.zip": zipped("x")}, 2),
    "a broken config file beside a key": ({CONFIG: "scan: 3", "a.env": KEY}, 2),
}


def lay(repo: Repo, files: Files) -> None:
    for name, content in files.items():
        if name == "inner":
            make_repo(repo.path / name).commit({"inside.txt": "clean"})
        elif name == "link":
            (repo.path / name).symlink_to(str(content))
        else:
            repo.write(name, content)
    repo.git("add", "--all")


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["openrouter-preflight", *arguments])
        capsys.readouterr()
        before = signal.getsignal(signal.SIGTERM)
        try:
            code = __main__.run()
        finally:
            signal.signal(signal.SIGTERM, before)
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("mode", ["tree", "staged", "range"])
@pytest.mark.parametrize(("files", "code"), SITUATIONS.values(), ids=SITUATIONS)
def test_exit_code_and_report_are_those_of_the_full_command(
    here: Repo, main: Callable[..., tuple[int, str, str]], mode: str, files: Files, code: int
) -> None:
    here.commit({"old.txt": "old"})
    lay(here, files)
    if mode == "range":
        here.commit(message="new")
    arguments = {"tree": [], "staged": ["--staged"], "range": ["--range", "HEAD~1..HEAD"]}[mode]
    fast, full = main("scan", *arguments), main("scan", *arguments, "--format", "text")
    assert fast == full
    assert fast[0] == code


@pytest.mark.parametrize(
    "arguments", [(), ("--staged",), ("--range", "HEAD..HEAD"), ("--message", "M"), ("--history",)]
)
@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["", "quiet"])
@pytest.mark.parametrize("folder", [".", "sub"])
def test_a_broken_config_file_is_a_usage_error_whatever_is_scanned(
    here: Repo,
    main: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    quiet: tuple[str, ...],
    folder: str,
) -> None:
    here.commit({"sub/M": "message\n", "M": "message\n"})
    here.write(CONFIG, "scan:\n  alow: []\n")
    monkeypatch.chdir(here.path / folder)
    assert main("scan", *arguments, *quiet)[0] == 2


def test_a_message_is_read_in_the_same_words(here: Repo, main: Callable[..., tuple[int, str, str]]) -> None:
    for text in (
        "Change\n\n# a comment\n",
        f"Change\n{KEY}\n",
        f"Change\n# {'-' * 24} >8 {'-' * 24}\n# x\ndiff --\n+{KEY}",
    ):
        here.write("MESSAGE", text)
        assert main("scan", "--message", "MESSAGE") == main("scan", "--message", "MESSAGE", "--format", "text")


def test_paths_narrow_the_index(here: Repo, main: Callable[..., tuple[int, str, str]]) -> None:
    here.commit({"old.txt": "old", "gone.txt": "gone"})
    here.stage("a.txt", "hello\n")
    here.stage("sub/b.env", KEY)
    here.git("rm", "--quiet", "gone.txt")
    for paths in (["a.txt"], ["old.txt"], ["sub"], ["sub/b.env", "a.txt"], ["."], ["gone.txt"], ["missing"], ["../x"]):
        fast, full = main("scan", "--staged", *paths), main("scan", "--staged", "--format", "text", *paths)
        assert fast == full, paths
    here.write("a.txt", OTHER_KEY)  # not in the index
    assert main("scan", "--staged", "a.txt")[0] == 1
    assert main("scan", "--staged", "old.txt")[0] == 0


def test_a_clean_scan_loads_nothing_that_takes_long(here: Repo) -> None:
    here.commit({"old.txt": "old"})
    here.stage("a.env", "KEY=sk-or-v1-your-key-here")
    script = "import sys, openrouter_preflight.__main__ as m; code = m.run(); print(code, *sys.modules)"
    heavy = {
        *("asyncio", "click", "ctypes", "dataclasses", "enum", "httpx", "inspect", "logging", "pathlib", "re", "ssl"),
        *("subprocess", "tempfile", "threading", "typing", "yaml"),
    }
    for arguments in (["--staged"], [], ["--range", "HEAD..HEAD"], ["--message", "old.txt"]):
        done = subprocess.run(
            [sys.executable, "-c", script, "scan", *arguments], capture_output=True, text=True, check=True
        )
        code, *modules = done.stdout.splitlines()[-1].split()
        assert (code, heavy & set(modules)) == ("0", set()), arguments


def test_what_is_handed_on_is_not_read_again(
    here: Repo, main: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here.commit({"old.txt": "old"})
    here.stage("a.env", KEY)
    log = here.path.parent / "gits"
    program = here.path.parent / "bin" / "git"
    program.parent.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    program.write_text(f'#!/bin/sh\necho x >>{log}\nexec {real} "$@"\n', encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert main("scan", "--staged")[0] == 1
    assert len(log.read_text().splitlines()) <= 5
    here.commit(message="now in history")
    log.unlink()
    assert main("scan", "--history")[0] == 1
    assert len(log.read_text().splitlines()) <= 9


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--staged", "--strict"),
        ("scan", "--staged", "--format", "json"),
        ("scan", "--staged", "--history"),
        ("scan", "--staged", ""),
        ("scan", "old.txt"),
        ("scan", "--message", "old.txt", "--", "b.txt"),
    ],
)
def test_any_other_command_line_is_for_the_full_command(here: Repo, arguments: tuple[str, ...]) -> None:
    here.commit({"old.txt": "old"})
    assert fast_lane.scan(list(arguments)) == (None, None)


@pytest.mark.parametrize(
    "name", ["GITHUB_ACTIONS", "FORCE_COLOR", "OPENROUTER_PREFLIGHT_SCAN_FORMAT", "OPENROUTER_PREFLIGHT_SCAN_STRICT"]
)
def test_an_environment_that_changes_the_report_is_for_the_full_command(
    here: Repo, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here.commit({"old.txt": "old"})
    monkeypatch.setenv(name, "1")
    assert fast_lane.scan(["scan", "--staged"]) == (None, None)


def test_files_that_a_hook_manager_lists_behind_the_words_are_for_the_full_command(
    here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.stage("a.txt", "hello\n")
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert fast_lane.scan(["scan", "--staged", "--quiet", "--", "a.txt"])[0] == 0
    assert fast_lane.scan(["scan", "--staged", "--quiet", "a.txt"]) == (None, None)


def test_a_signal_ends_the_fast_lane_as_the_full_command(here: Repo) -> None:
    os.mkfifo(here.path.parent / "ignore")
    here.git("config", "core.excludesFile", str(here.path.parent / "ignore"))
    process = subprocess.Popen(
        [sys.executable, "-m", "openrouter_preflight", "scan"],
        cwd=here.path,
        env=HERMETIC,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(0.5)
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, b"openrouter-preflight: interrupted: nothing was decided\n")


def test_a_bare_repository_has_ranges_and_no_index(
    here: Repo, tmp_path: Path, main: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here.commit()
    here.commit({"a.txt": "hello\n"})
    here.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    for arguments, code in ((["--range", "HEAD~1..HEAD"], 0), (["--staged"], 2), ([], 2)):
        fast, full = main("scan", *arguments), main("scan", *arguments, "--format", "text")
        assert fast == full
        assert fast[0] == code
