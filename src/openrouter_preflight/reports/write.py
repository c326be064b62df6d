"""Reports in files: whole or not at all. What stood at the path stays until the new report is complete on disk."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

from openrouter_preflight.errors import PreflightError, UsageError

_NEW_FILE_MODE: Final = 0o644
_DESCRIPTOR: Final = re.compile(r"/dev/(?:fd/(\d+)|(stdout)|(stderr))")


def write_report(path: Path, text: str) -> None:
    """Put `text` at `path` as UTF-8, replacing a regular file in one step and keeping its permissions.

    A symbolic link stays one: the file it leads to is replaced. An open descriptor (/dev/stdout), a device or a FIFO
    is written to as it is. Raises UsageError where no file can be written at that path, PreflightError where writing
    it failed.
    """
    descriptor = _descriptor(path)
    if descriptor is not None:
        _write_descriptor(path, descriptor, text)
        return
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise _unusable(path, error) from None
    if mode is not None and stat.S_ISDIR(mode):
        raise UsageError(f"The report cannot be written to {path}: it is a folder.", "Name a file in it.")
    if mode is not None and not stat.S_ISREG(mode):
        _write_special(path, text)
    else:
        _replace(path, target, text, stat.S_IMODE(mode) if mode is not None else _NEW_FILE_MODE & ~_umask())


def _descriptor(path: Path) -> int | None:
    """The open descriptor that the path stands for. Opening it anew would truncate a file that stdout is sent to."""
    found = _DESCRIPTOR.fullmatch(path.as_posix())
    if not found:
        return None
    return int(found[1]) if found[1] else 1 if found[2] else 2


def _write_descriptor(path: Path, descriptor: int, text: str) -> None:
    sys.stdout.flush()
    try:
        with os.fdopen(os.dup(descriptor), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise _unusable(path, error) from None


def _write_special(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _failed(path, error) from None


def _replace(path: Path, target: Path, text: str, mode: int) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    except OSError as error:
        raise _unusable(path, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except OSError as error:
        raise _failed(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"The report cannot be written to {path}: {error.strerror or error}.",
        "Create the folder first, or name a place that this user may write to.",
    )


def _failed(path: Path, error: OSError) -> PreflightError:
    return PreflightError(
        f"The report could not be written to {path}: {error.strerror or error}.",
        "What stood there before is unchanged.",
    )
