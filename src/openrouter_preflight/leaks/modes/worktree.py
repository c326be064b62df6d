"""The working tree: what is tracked, and what is neither tracked nor ignored. Outside of a repository, the folder.

Other repositories that stand in it, submodules among them, are part of it: git lists each as one folder, and their own
listing tells what is in them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.files import FileReader, Inside
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.git import Git, GitError, NotARepositoryError
from openrouter_preflight.leaks.modes.paths import files_below, read_paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.leaks.scan import Progress, ScanRequest

_STALLED = 120.0
"""Seconds: `git ls-files` opens every .gitignore, and one that is a FIFO would hold it for ever."""

_USERS_PLACES = frozenset({"GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"})
"""Variables that say where the scanned repository is, and not where those inside of it are."""


def gather(request: ScanRequest, progress: Progress) -> Gathered:
    """Read the whole working tree, wherever in it the request's folder is."""
    try:
        root = Git(request.folder, request.environ).top
    except NotARepositoryError:
        return read_paths(request, (".",), progress)
    gathered = Gathered()
    reader = FileReader(gathered, request.limits, request.max_file_size)
    inside = Inside(root)
    names = _list(root, request.environ)
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


def _list(root: Path, environ: Mapping[str, str]) -> list[bytes]:
    """What git says the working tree at `root` holds. core.worktree has no say in where that is."""
    git = Git(root, {**environ, "GIT_WORK_TREE": str(root)})
    arguments = ("-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    return git.run("ls-files", *arguments, timeout=_STALLED).split(b"\0")[:-1]


def _list_other(root: Path, folder: str, environ: Mapping[str, str], gathered: Gathered) -> list[bytes]:
    """What another repository, or what is left of one, holds in `folder`; all of its files where git cannot tell."""
    if os.path.lexists(root / folder / ".git"):
        own = {name: value for name, value in environ.items() if name not in _USERS_PLACES}
        with suppress(GitError, NotARepositoryError):
            return [os.fsencode(f"{folder}/") + name for name in _list(root / folder, own)]
    return [os.fsencode(name) for name in files_below(root, folder, gathered)]
