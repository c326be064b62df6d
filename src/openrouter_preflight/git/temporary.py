"""Unnamed temporary files, for what git prints and memory should not hold."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO


def temporary_file() -> IO[bytes]:
    """Open a temporary file that is gone once closed. Raises GitError."""
    folder = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - the file has no name there
    try:
        return open(os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b")
    except (AttributeError, OSError):  # no Linux, or a file system without such files
        pass
    from tempfile import TemporaryFile

    from openrouter_preflight.git.errors import GitError

    try:
        return TemporaryFile()
    except OSError as error:
        raise GitError(
            f"no temporary file could be made: {error.strerror or error}",
            "Set TMPDIR to a folder with room to which this user may write, and scan again.",
        ) from None
