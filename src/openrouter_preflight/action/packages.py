"""Third-party packages of one run, from the hash locks, in their own folder.

Whatever the checkout holds, or an earlier step set, changes nothing of it: pip runs apart from its folder (`-I`, an
empty working folder), without its variables or the user's file (`--isolated`), and every file must have a hash that
the lock names. What remains of pip's own settings is the machine's (/etc/pip.conf): where a mirror is, which CA to
trust.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from openrouter_preflight.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCKS: Final = Path(__file__).resolve().parents[3] / ".github" / "action"
"""`check.txt` and `config.txt`, made by `make lock`."""
_OPTIONS: Final = (
    "--isolated",
    "--no-input",
    "--quiet",
    "--disable-pip-version-check",
    "install",
    "--require-hashes",
    "--only-binary=:all:",
    "--no-deps",
    "--no-compile",
    "--no-warn-script-location",
    "--progress-bar=off",
)
_LONGEST: Final = 300.0
"""Seconds that pip may take."""
_KEPT: Final = frozenset(
    {
        "ALL_PROXY",
        "APPDATA",
        "COMSPEC",
        "CURL_CA_BUNDLE",
        "HOME",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "LANG",
        "LOCALAPPDATA",
        "NO_PROXY",
        "NODEFAULTCURRENTDIRECTORYINEXEPATH",
        "PATH",
        "PATHEXT",
        "PROGRAMDATA",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "USERPROFILE",
        "WINDIR",
        "XDG_CACHE_HOME",
    }
)
"""The variables that pip needs to run, to reach its index and to find its cache. No PIP_ is among them, no secret."""


class PackagesError(PreflightError):
    """Raised when a package could not be installed."""


class Packages:
    """Packages on their way into a folder of this run, one pip for each lock."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        """Install below `folder`; pip sees only a part of `environ`."""
        self._folder = folder
        self._environ = {name: value for name, value in environ.items() if name.upper() in _KEPT}
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._installed: set[str] = set()

    def expect(self, lock: str) -> None:
        """Start to install what the lock of that name (`check`, `config`) lists."""
        if lock not in self._running:
            self._running[lock] = self._start(lock)

    def need(self, lock: str) -> None:
        """Wait until what that lock lists can be imported. Raises PackagesError."""
        self.expect(lock)
        if lock in self._installed:
            return
        process = self._running[lock]
        try:
            said, _ = process.communicate(timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            raise PackagesError(f"pip did not end within {_LONGEST:.0f} seconds", "Run the step again.") from None
        if process.returncode != 0:
            raise PackagesError(f"pip could not install what is needed: {_reason(said)}", _ADVICE)
        sys.path.insert(1, str(self._folder / lock))
        self._installed.add(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.kill()
                process.communicate()

    def _start(self, lock: str) -> subprocess.Popen[str]:
        here = self._folder / f"{lock}-cwd"
        here.mkdir()
        where = (f"--target={self._folder / lock}", f"--requirement={LOCKS / lock}.txt")
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "pip", *_OPTIONS, *where],
            cwd=here,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )


_ADVICE: Final = (
    "Run the step again. If it persists, see that this runner reaches its package index, and that its Python has pip "
    "(python3 -m pip --version)."
)


def _reason(said: str) -> str:
    """The line of pip's output that tells why."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:") or "No module named pip" in line]
    return (errors or lines or ["it said nothing"])[-1]
