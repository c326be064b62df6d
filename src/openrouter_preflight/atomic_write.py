"""Atomic file writes: the old content stays until the new one is complete."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

NEW_FILE: Final = 0o644
NEW_PROGRAM: Final = 0o755


def atomic_write(path: Path, content: bytes, new_mode: int = NEW_FILE) -> None:
    """Replace the content of `path` in one step, keeping its permissions.

    A new file gets `new_mode` without what the umask takes away. Raises OSError; then nothing has changed.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mode = new_mode & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
