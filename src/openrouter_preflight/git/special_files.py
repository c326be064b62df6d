"""Special files, FIFOs and devices, for which git would wait without end."""

from __future__ import annotations

import os
import stat
from itertools import chain

from openrouter_preflight.repository_root import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def find_special_file(folder: str, environ: Mapping[str, str]) -> str | None:
    """Return the first of git's files around `folder` that never ends, or None."""
    root = find_root(folder) or os.path.abspath(folder)
    named = (environ[name] for name in ("GIT_DIR", "GIT_COMMON_DIR") if environ.get(name))
    git_dirs = [os.path.join(folder, each) for each in named]
    if os.path.isfile(os.path.join(root, "HEAD")):  # a bare repository
        git_dirs.append(root)
    for place in chain.from_iterable(map(_linked, [*git_dirs, os.path.join(root, ".git")])):
        found = _special_below(place)
        if found is not None:
            return found
    return _special_in_tree(root)


def _linked(git_dir: str) -> Iterator[str]:
    """Return the folder itself, or those behind a linked worktree's `.git` file."""
    yield git_dir
    try:
        with open(git_dir, encoding="utf-8", errors="surrogateescape") as file:
            own = os.path.join(os.path.dirname(git_dir), file.read(4096).removeprefix("gitdir: ").rstrip("\n"))
    except OSError:
        return
    yield own
    yield os.path.dirname(os.path.dirname(own))


def _special_in_tree(root: str) -> str | None:
    """The first `.gitignore` or other file of git's below `root` that never ends."""
    for where, folders, names in os.walk(root):
        if os.path.basename(where) == ".git":
            folders.clear()
            found = _special_below(where) if where != os.path.join(root, ".git") else None
        else:
            paths = (os.path.join(where, name) for name in names if name.startswith(".git"))
            found = next(filter(_never_ends, paths), None)
        if found is not None:
            return found
    return None


def _special_below(git_dir: str) -> str | None:
    """The first file in a repository's own folder that never ends.

    Of a linked folder only the entries are looked at: a link may lead anywhere.
    """
    for where, folders, names in os.walk(git_dir):
        linked = [path for name in folders if os.path.islink(path := os.path.join(where, name))]
        paths = chain((os.path.join(where, name) for name in names), *map(_entries, linked))
        found = next(filter(_never_ends, paths), None)
        if found is not None:
            return found
    return None


def _entries(folder: str) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(folder)]
    except OSError:
        return []


def _never_ends(path: str) -> bool:
    """Return True where reading it may never end; links are followed."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)
