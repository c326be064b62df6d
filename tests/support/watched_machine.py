"""A machine for one run of the program, on which everything that it says, writes or hands on is kept to be searched.

It has a home, a temporary folder and a working folder of its own, and a `git` that notes its arguments and environment
before it becomes the real one.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import traceback
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.__main__ import run as command_line
from openrouter_preflight.action.main import main as action
from support.command_line import assert_silent_about

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_GIT = shutil.which("git") or "git"
_SHIM = f"""#!/bin/sh
{{ printf '%s\\n' "$@"; env; }} >>"${{0%/*}}/../git-saw"
exec {_GIT} "$@"
"""


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what it told."""

    code: int
    out: str
    err: str


@dataclass
class Machine:
    """The folders, and what stood in them before the run."""

    root: Path
    before: dict[Path, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in (self.bin, self.home, self.temporary, self.work):
            folder.mkdir(parents=True)
        (self.bin / "git").write_text(_SHIM, encoding="utf-8")
        (self.bin / "git").chmod(0o755)

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def work(self) -> Path:
        """Where the command is run."""
        return self.root / "work"

    def environ(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The machine's own variables and those of the run."""
        return {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **variables,
        }

    def run(self, arguments: Sequence[str], variables: Mapping[str, str], stdin: bytes = b"") -> Ended:
        """Run the command line in this process, with every logger and warning on."""
        return self._run(command_line, ["openrouter-preflight", *arguments], variables, stdin)

    def run_action(self, variables: Mapping[str, str]) -> Ended:
        """Run the Action's step in this process."""
        return self._run(action, ["entry.py"], variables, b"")

    def run_apart(self, arguments: Sequence[str], variables: Mapping[str, str], stdin: bytes = b"") -> Ended:
        """Run the command line as a process of its own."""
        self._remember()
        done = subprocess.run(
            [sys.executable, "-m", "openrouter_preflight", *arguments],
            cwd=self.work,
            env={**self.environ(variables), "PYTHONPATH": os.pathsep.join(sys.path)},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1"))

    def assert_silent_about(self, ended: Ended, *secrets: str) -> None:
        """No part of a secret was said, is in a name or a file that the run made or changed, or was told to git."""
        texts = {"standard output": ended.out, "standard error": ended.err}
        for path in self.root.rglob("*"):
            name = str(path.relative_to(self.root))
            if path not in self.before:
                texts[f"name of {name}"] = name
                if path.is_file():
                    texts[name] = path.read_text(encoding="latin-1")
            elif path.is_file() and (content := path.read_bytes()) != self.before[path]:
                texts[name] = content.decode("latin-1")
        for place, text in texts.items():
            try:
                assert_silent_about(text, *secrets)
            except AssertionError as error:
                raise AssertionError(f"{place}: {error}\n{text}") from None

    def _remember(self) -> None:
        self.before = {path: path.read_bytes() if path.is_file() else b"" for path in self.root.rglob("*")}

    def _run(self, main: Callable[[], object], argv: list[str], variables: Mapping[str, str], stdin: bytes) -> Ended:
        self._remember()
        buffers = io.BytesIO(), io.BytesIO()
        out, err = (io.TextIOWrapper(buffer, encoding="utf-8", errors="surrogateescape") for buffer in buffers)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.work)
            _set_environment(patch, self.environ(variables))
            patch.setattr("tempfile.tempdir", str(self.temporary))
            patch.setattr(sys, "argv", argv)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            # What would be said of threads and finalizers without pytest in between.
            patch.setattr(threading, "excepthook", threading.__excepthook__)
            patch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
            with _telling_everything(err), _own_signal_handlers():
                code = _code_of(main, err)
        out.flush()
        err.flush()
        return Ended(code, *(buffer.getvalue().decode("latin-1") for buffer in buffers))


def _set_environment(patch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Make it that of the process itself: what it spawns is looked up there."""
    for name in os.environ.keys() - variables.keys():
        patch.delenv(name)
    for name, value in variables.items():
        patch.setenv(name, value)


def _code_of(main: Callable[[], object], err: io.TextIOWrapper) -> int:
    try:
        code = main()
    except SystemExit as ending:
        code = ending.code
    except BaseException:  # noqa: BLE001 - what the interpreter would say of it is searched, too
        err.write(traceback.format_exc())
        return 1
    return code if isinstance(code, int) else 1


@contextmanager
def _telling_everything(err: io.TextIOWrapper) -> Iterator[None]:
    """Let every logger and every warning speak on standard error."""
    handler = logging.StreamHandler(err)
    loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)

    def tell(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
        err.write(warnings.formatwarning(message, category, filename, lineno))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = tell  # pytest's own way keeps them
        try:
            yield
        finally:
            loggers[0].removeHandler(handler)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


@contextmanager
def _own_signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
