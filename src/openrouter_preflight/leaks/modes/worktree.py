"""The working tree: what is tracked, and what is neither tracked nor ignored. Outside of a repository, the folder.

Other repositories that stand in it, submodules among them, are part of it: git lists each as one folder, and their own
listing tells what is in them.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.files import READABLE, FileReader, Inside
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.git import Git, GitError, NotARepositoryError, in_one_line
from openrouter_preflight.leaks.modes.paths import files_below, read_paths
from openrouter_preflight.leaks.printable import printable
from openrouter_preflight.leaks.troubles import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.leaks.scan import Progress, ScanRequest

_STALLED = 120.0
"""Seconds: `git ls-files` opens every .gitignore, and one that is a FIFO would hold it for ever."""

_USERS_PLACES = frozenset({"GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"})
"""Variables that say where the scanned repository is, and not where those inside of it are."""

_UNOPENED = b"warning: could not open directory "
_FOLDER_AND_REASON = re.compile(rb"'(.*?)/?': ([^':]+)")


def gather(request: ScanRequest, progress: Progress) -> Gathered:
    """Read the whole working tree, wherever in it the request's folder is."""
    try:
        root = Git(request.folder, request.environ).top
    except NotARepositoryError:
        return read_paths(request, (".",), progress)
    gathered = Gathered()
    reader = FileReader(gathered, request.limits, request.max_file_size)
    inside = Inside(root)
    names = _list(root, "", request.environ, gathered)
    for number, name in enumerate(names):
        path = os.fsdecode(name)
        if inside.holds(path):
            reader.read(os.path.join(root, path), path)  # noqa: PTH118 - building a Path costs as much as reading
        while reader.folders:
            folder = reader.folders.pop().rstrip("/")
            names += _list_other(root, folder, request.environ, gathered)
        if number % 1000 == 0:
            progress(number, len(names))
    reader.flush()
    gathered.add_names(names, "the name of", request.limits)
    return gathered


def _list(root: Path, folder: str, environ: Mapping[str, str], gathered: Gathered) -> list[bytes]:
    """What git says the working tree at `folder` of `root` holds. core.worktree has no say in where that is."""
    top = root / folder
    git = Git(top, {**environ, "GIT_WORK_TREE": str(top)})
    arguments = ("-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    listed, complaint = git.listen("ls-files", *arguments, timeout=_STALLED)
    prefix = os.fsencode(f"{folder}/") if folder else b""
    gathered.troubles += _unopened(complaint, prefix)
    return [prefix + name for name in listed.split(b"\0")[:-1]]


def _unopened(complaint: bytes, prefix: bytes) -> list[Trouble]:
    """The folders that git could not look into, which is no failure to it."""
    troubles = []
    for line in complaint.split(b"\n"):
        if not line.startswith(_UNOPENED):
            continue
        match = _FOLDER_AND_REASON.fullmatch(line.removeprefix(_UNOPENED))
        if match is None:  # git cuts long lines, and a name may have lines of its own
            troubles.append(Trouble(f"not everything was read: git said {in_one_line(line)}", READABLE))
        else:
            reason = match[2].decode("ascii", "replace")
            troubles.append(Trouble(f"could not be read: {reason}", READABLE, printable(prefix + match[1] or b".")))
    return troubles


def _list_other(root: Path, folder: str, environ: Mapping[str, str], gathered: Gathered) -> list[bytes]:
    """What another repository, or what is left of one, holds in `folder`; all of its files where git cannot tell."""
    if os.path.lexists(root / folder / ".git"):
        own = {name: value for name, value in environ.items() if name not in _USERS_PLACES}
        with suppress(GitError, NotARepositoryError):
            return _list(root, folder, own, gathered)
    return [os.fsencode(name) for name in files_below(root, folder, gathered)]
