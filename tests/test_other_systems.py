"""Windows and macOS, by reading and by simulation: nothing is imported or called there that is not there."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import openrouter_preflight
from support.repos import KEY, Repo
from support.shipped import ROOT
from support.system_calls import NOT_EVERYWHERE, attributes, missing_here

PACKAGE = Path(openrouter_preflight.__file__).parent
SIMULATION = ROOT / "tests" / "support" / "like_windows.py"
UNIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}


@pytest.mark.parametrize("system", ["windows", "macos"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["scan", "--staged"], 1),
        (["scan", "--staged", "--quiet"], 1),
        (["scan"], 1),
        (["scan", "--history"], 1),
        (["scan", "--range", "HEAD..HEAD"], 0),
        (["scan", "a.txt"], 0),
        (["check", "--simulate", "healthy"], 0),
        (["check", "--simulate", "low-balance", "--min-balance", "5"], 1),
        (["doctor", "--offline"], 0),
        (["init", "--yes"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the other systems need no simulation")
def test_a_command_ends_alike_without_what_the_system_lacks(
    repo: Repo, system: str, arguments: list[str], code: int
) -> None:
    repo.commit({"a.txt": "hello\n"})
    repo.stage("b.env", f"KEY={KEY}\n")
    command = [sys.executable, str(SIMULATION), *(["--macos"] if system == "macos" else []), *arguments]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("b.env" in done.stdout) is (arguments[0] == "scan" and code == 1)


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_program_imports_what_every_system_has(module: Path) -> None:
    assert imported_at_the_top(module) & UNIX_MODULES == set()


TESTS = sorted(
    path for path in (ROOT / "tests").rglob("*.py") if path != SIMULATION and path.name != "test_pipeline.py"
)


@pytest.mark.parametrize("module", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_test_module_can_be_imported_everywhere(module: Path) -> None:
    assert imported_at_the_top(module) & UNIX_MODULES == set()
    tree = ast.parse(module.read_text(encoding="utf-8"))
    outside = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If)]
    decorators = [each for node in tree.body if isinstance(node, ast.FunctionDef) for each in node.decorator_list]
    unasked = [node for node in (*outside, *decorators) if "hasattr(" not in ast.unparse(node)]
    used = {name for node in unasked for name in attributes(node)}
    assert used & NOT_EVERYWHERE == set()


def test_a_test_that_uses_what_is_missing_is_skipped() -> None:
    def uses_a_pipe() -> None:
        os.mkfifo("x")

    def uses_what_is_nowhere() -> None:
        os.F_SETPIPE_SZ  # type: ignore[attr-defined]  # noqa: B018

    assert (missing_here(uses_a_pipe) == set()) is hasattr(os, "mkfifo")
    assert (missing_here(uses_what_is_nowhere) == set()) is sys.platform.startswith("linux")


def imported_at_the_top(module: Path) -> set[str]:
    """The modules that importing this one imports, whatever the system; those under a condition are not among them."""
    found = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    "text", ["gates:\r\n  min-balance: 5\r\n", "\ufeffgates:\n  min-balance: 5\n"], ids=["CRLF", "BOM"]
)
def test_a_config_file_of_a_windows_editor_is_read(repo: Repo, text: str) -> None:
    (repo.path / ".openrouter-preflight.yml").write_bytes(text.encode())
    command = [sys.executable, "-m", "openrouter_preflight", "check", "--simulate", "low-balance"]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=False)
    assert (done.returncode, "balance-low" in done.stdout) == (1, True), done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "utf-16", "ascii", "utf-8"])
def test_a_console_of_any_encoding_gets_words_and_no_escapes(encoding: str) -> None:
    command = [sys.executable, "-m", "openrouter_preflight", "check", "--simulate", "low-balance", "--min-balance", "5"]
    environ = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    said = done.stdout.decode(encoding)
    assert done.returncode == 1, done.stderr
    assert "balance-low" in said
    assert "\\u" not in said
