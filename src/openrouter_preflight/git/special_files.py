"""What git would wait for without end: a FIFO or a device where it expects a file of its own."""

from __future__ import annotations

import os
import stat
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def blocker_in_tree(folder: Path) -> Path | None:
    """The first `.gitignore` or other file of git's in the repository around `folder` that never ends; None: none."""
    here = folder.absolute()
    root = next((place for place in (here, *here.parents) if os.path.lexists(place / ".git")), here)
    for where, folders, names in os.walk(root):
        place = root / where
        if place.name == ".git":
            folders.clear()
            found = blocker_below(place)
        else:
            found = next(
                (place / name for name in names if name.startswith(".git") and _never_ends(place / name)), None
            )
        if found is not None:
            return found
    return None


def blocker_below(git_dir: Path) -> Path | None:
    """The first file in a repository's own folder that never ends; None where there is none.

    Of a folder that is linked, what stands right in it is looked at: a link may lead anywhere.
    """
    for where, folders, names in os.walk(git_dir):
        place = git_dir / where
        linked = (place / name for name in folders if (place / name).is_symlink())
        found = next(filter(_never_ends, chain((place / name for name in names), *map(_entries, linked))), None)
        if found is not None:
            return found
    return None


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _never_ends(path: Path) -> bool:
    """Whether reading it may never end; links are followed, as git follows them."""
    try:
        mode = path.stat().st_mode
    except (OSError, RuntimeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)
