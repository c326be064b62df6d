"""The machine: Python, this program, the libraries it needs, and git."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform, python_version
from typing import TYPE_CHECKING, Final

import openrouter_preflight
from openrouter_preflight import __version__
from openrouter_preflight.doctor.line import Line, fail, note
from openrouter_preflight.errors import NAME
from openrouter_preflight.git.environment import find_git
from openrouter_preflight.git.errors import OLDEST_GIT
from openrouter_preflight.keys.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIBRARIES: Final = ("click", "httpx", "PyYAML")

_PATIENCE: Final = 10.0


def look_at_machine(environ: Mapping[str, str]) -> Iterator[Line]:
    """Yield a line each for Python, the program, its libraries and git."""
    yield Line("python", f"{python_version()} ({printable(sys.executable or 'unknown')}), {platform(terse=True)}")
    yield _program(environ)
    yield _libraries()
    yield _git(environ)


def _program(environ: Mapping[str, str]) -> Line:
    here = Path(openrouter_preflight.__file__).parent
    text = f"{__version__} ({printable(str(here))})"
    if shutil.which(NAME, path=environ.get("PATH")) is None:
        return note(NAME, f"{text}, not on PATH", "Hooks written by hand call it by name: pipx ensurepath adds it.")
    return Line(NAME, text)


def _libraries() -> Line:
    found, missing = [], []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing and ".pyz" not in openrouter_preflight.__file__:  # a zipapp holds them without their metadata
        return fail("libraries", f"missing: {', '.join(missing)}", f"Install {NAME} again.")
    return Line("libraries", ", ".join(found) or "inside the zipapp")


def _git(environ: Mapping[str, str]) -> Line:
    path = find_git(environ)
    if path is None:
        return fail("git", "not on PATH, so no repository can be scanned", "Install git 2.25 or newer.")
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return fail("git", f"{printable(path)} does not run: {type(error).__name__}")
    found = re.search(r"(\d+)\.(\d+)[.\d]*", said)
    if found is None:
        return fail("git", f"{printable(path)} does not say its version")
    if (int(found[1]), int(found[2])) < OLDEST_GIT:
        return fail("git", f"{found[0]} ({printable(path)}) is too old", "Install git 2.25 or newer.")
    return Line("git", f"{found[0]} ({printable(path)})")
