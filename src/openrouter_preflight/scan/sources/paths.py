"""Named files and folders, ignored files included, without `.git`."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.readers.files import READABLE, read_files
from openrouter_preflight.scan.scan_data import ScanData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.scan.job import Progress, ScanJob

_LINK = "Name the file that it leads to, to have that read."
_PIPE = "Name regular files; what comes through a pipe is read by --stdin."


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read every path of `request`. Raises UsageError where one does not exist."""
    return read_paths(request, request.paths, progress)


def read_paths(request: ScanJob, paths: tuple[str, ...], progress: Progress) -> ScanData:
    """Read `paths`, relative to the request's folder."""
    data = ScanData()
    folder = Path(request.folder)
    names = [os.fsencode(found) for path in paths for found in _files(folder, path, data)]
    read_files(
        names,
        request.folder,
        data,
        request.limits,
        largest=request.max_file_size,
        as_named=True,
        shown_path=request.shown_path,
        watch=lambda number: progress(number, len(names)),
    )
    shown = request.shown_path or str
    data.add_names((os.fsencode(shown(os.fsdecode(name))) for name in names), "the name of", request.limits)
    return data


def _files(folder: Path, path: str, data: ScanData) -> Iterator[str]:
    """The files at `path`: itself, or those below it."""
    full = folder / path
    try:
        mode = full.lstat().st_mode
    except OSError as error:
        raise UsageError(f"there is no file or folder {printable(path)}") from error
    if stat.S_ISDIR(mode):
        yield from files_below(folder, path, data)
    elif stat.S_ISREG(mode):
        yield path
    elif stat.S_ISLNK(mode):
        yield path
        target = _target(folder, full)
        if target is None:
            data.incomplete.append(Incomplete("is a link to outside and was not followed", _LINK, printable(path)))
        elif target.exists():
            yield from _files(folder, str(target.relative_to(folder.resolve())), data)
    else:
        data.incomplete.append(Incomplete("is not a regular file and was not read", _PIPE, printable(path)))


def _target(folder: Path, link: Path) -> Path | None:
    """Return the target of a named link; None outside of `folder`."""
    try:
        target = link.resolve()
    except (OSError, RuntimeError):  # a loop; RuntimeError before Python 3.13
        return folder.resolve() / link.name / "nowhere"
    return target if target.is_relative_to(folder.resolve()) else None


def files_below(folder: str | Path, path: str, data: ScanData) -> Iterator[str]:
    """Yield every file and link below the folder `path`, without `.git`."""

    def shown(below: str) -> str:
        """As seen from `folder`."""
        try:
            return os.path.relpath(below, folder)
        except ValueError:  # on another drive of Windows
            return below

    def refuse(error: OSError) -> None:
        name = shown(error.filename)
        data.incomplete.append(Incomplete(f"could not be read: {error.strerror}", READABLE, printable(name)))

    for where, folders, files in os.walk(os.path.join(folder, path), onerror=refuse):
        folders[:] = sorted(name for name in folders if name != ".git")
        prefix = shown(where)
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        for name in sorted([*files, *links]):
            yield name if prefix == "." else f"{prefix}{os.sep}{name}"
