"""What git would wait for without end: a FIFO or a device where it expects a file of its own."""

from __future__ import annotations

import os
import stat
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
    """The first file in a repository's own folder that never ends; None where there is none."""
    for where, _, names in os.walk(git_dir):
        for name in names:
            if _never_ends(git_dir / where / name):
                return git_dir / where / name
    return None


def _never_ends(path: Path) -> bool:
    """Whether reading it may never end; links are followed, as git follows them."""
    try:
        mode = path.stat().st_mode
    except (OSError, RuntimeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)
