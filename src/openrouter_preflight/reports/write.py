"""Reports in files, whole or not at all: an old one stays until then."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from pathlib import Path
from typing import Final

from openrouter_preflight.atomic_write import atomic_write
from openrouter_preflight.errors import PreflightError, UsageError

_NO_PLACE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG})
"""Errors of the named path, not of writing there."""
_DESCRIPTOR: Final = re.compile(r"/dev/(?:fd/(\d+)|(stdout)|(stderr))")


def write_report(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, a regular file in one step.

    A symbolic link stays one: the file it leads to is replaced, unless it leads out of the checkout, which may hold any
    link. An open descriptor (/dev/stdout), a device or a FIFO is written to as it is. Raises UsageError where no file
    can be written at that path, PreflightError where writing it failed.
    """
    descriptor = _descriptor(path)
    if descriptor is not None:
        _write_descriptor(path, descriptor, text)
        return
    _refuse_link_out(path)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError as error:
        raise _unusable(path, error) from None
    if stat.S_ISDIR(mode):
        raise UsageError(f"The report cannot be written to {path}: it is a folder.", "Name a file in it.")
    if stat.S_ISREG(mode):
        _replace(path, text)
    else:
        _write_special(path, text)


def _refuse_link_out(path: Path) -> None:
    """Raise UsageError for a path in the checkout that a link in it leads out."""
    here = Path.cwd()
    top = next((folder for folder in (here, *here.parents) if os.path.lexists(folder / ".git")), here)
    is_inside = Path(os.path.normpath(here / path)).is_relative_to(top)
    if is_inside and not Path(os.path.realpath(path)).is_relative_to(top.resolve()):
        raise UsageError(
            f"The report cannot be written to {path}: a symbolic link leads out of the checkout.", "Name another file."
        )


def _descriptor(path: Path) -> int | None:
    """The open descriptor that the path names, such as /dev/stdout."""
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


def _replace(path: Path, text: str) -> None:
    try:
        atomic_write(path, text.encode())
    except OSError as error:
        raise (_unusable if error.errno in _NO_PLACE else _failed)(path, error) from None


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
