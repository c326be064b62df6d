"""A real browser without a window, for what only one can tell: a page as it is parsed, laid out and refused."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")


class Browser:
    """One program; each call opens one page in a profile of its own."""

    def __init__(self, program: str, profile: Path) -> None:
        self._program = program
        self._profile = profile

    def dom(self, page: Path) -> tuple[str, str]:
        """The document after parsing, and what the browser said on its console."""
        done = self._run("--enable-logging=stderr", "--dump-dom", page.as_uri())
        console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
        return done.stdout, console

    def picture(self, page: Path, to: Path, *, width: int, height: int, dark: bool = False) -> bytes:
        """The page as an image of that size."""
        colours = ("--blink-settings=preferredColorScheme=0",) if dark else ()
        self._run(*colours, "--hide-scrollbars", f"--window-size={width},{height}", f"--screenshot={to}", page.as_uri())
        return to.read_bytes()

    def printed(self, page: Path, to: Path) -> bytes:
        """The page as a PDF."""
        self._run("--no-pdf-header-footer", f"--print-to-pdf={to}", page.as_uri())
        return to.read_bytes()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self._program, *_QUIET, f"--user-data-dir={self._profile}", *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=True, timeout=60)


def find_browser(profile: Path) -> Browser:
    """The browser of this machine; skips the test where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on PATH (Debian: apt-get install chromium)")
    return Browser(program, profile)
