"""The working tree: what is tracked, and what is neither tracked nor ignored. Outside of a repository, the folder.

Other repositories that stand in it, submodules among them, are part of it: git lists each as one folder, and their own
listing tells what is in them.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from openrouter_preflight.git.process import Git, GitError, NotARepositoryError, in_one_line
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.readers.files import READABLE, FileReader, Inside
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.scan.sources.paths import files_below, read_paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.scan.scan import Progress, ScanJob

_STALLED = 120.0
"""Seconds: `git ls-files` opens every .gitignore, and one that is a FIFO would hold it for ever."""

_USERS_PLACES = frozenset({"GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"})
"""Variables that say where the scanned repository is, and not where those inside of it are."""

_UNOPENED = b"warning: could not open directory "
_FOLDER_AND_REASON = re.compile(rb"'(.*?)/?': ([^':]+)")


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the whole working tree, wherever in it the request's folder is."""
    try:
        root = Git(request.folder, request.environ).top
    except NotARepositoryError:
        return read_paths(request, (".",), progress)
    data_read = ScanData()
    reader = FileReader(data_read, request.limits, request.max_file_size)
    inside = Inside(root)
    names = _list(root, "", request.environ, data_read)
    for number, name in enumerate(names):
        path = os.fsdecode(name)
        if inside.holds(path):
            reader.read(os.path.join(root, path), path)  # noqa: PTH118 - building a Path costs as much as reading
        while reader.folders:
            folder = reader.folders.pop().rstrip("/")
            names += _list_other(root, folder, request.environ, data_read)
        if number % 1000 == 0:
            progress(number, len(names))
    reader.flush()
    data_read.add_names(names, "the name of", request.limits)
    return data_read


def _list(root: Path, folder: str, environ: Mapping[str, str], data_read: ScanData) -> list[bytes]:
    """What git says the working tree at `folder` of `root` holds. core.worktree has no say in where that is."""
    top = root / folder
    git = Git(top, {**environ, "GIT_WORK_TREE": str(top)})
    arguments = ("-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    listed, complaint = git.listen("ls-files", *arguments, timeout=_STALLED)
    prefix = os.fsencode(f"{folder}/") if folder else b""
    data_read.incomplete += _unopened(complaint, prefix)
    return [prefix + name for name in listed.split(b"\0")[:-1]]


def _unopened(complaint: bytes, prefix: bytes) -> list[Incomplete]:
    """The folders that git could not look into, which is no failure to it."""
    incomplete = []
    for line in complaint.split(b"\n"):
        if not line.startswith(_UNOPENED):
            continue
        match = _FOLDER_AND_REASON.fullmatch(line.removeprefix(_UNOPENED))
        if match is None:  # git cuts long lines, and a name may have lines of its own
            incomplete.append(Incomplete(f"not everything was read: git said {in_one_line(line)}", READABLE))
        else:
            reason = match[2].decode("ascii", "replace")
            incomplete.append(
                Incomplete(f"could not be read: {reason}", READABLE, printable(prefix + match[1] or b"."))
            )
    return incomplete


def _list_other(root: Path, folder: str, environ: Mapping[str, str], data_read: ScanData) -> list[bytes]:
    """What another repository, or what is left of one, holds in `folder`; all of its files where git cannot tell."""
    if os.path.lexists(root / folder / ".git"):
        own = {name: value for name, value in environ.items() if name not in _USERS_PLACES}
        with suppress(GitError, NotARepositoryError):
            return _list(root, folder, own, data_read)
    return [os.fsencode(name) for name in files_below(root, folder, data_read)]
