"""The root of the repository around a folder, found without git."""

from __future__ import annotations

import os.path


def find_root(folder: str) -> str | None:
    """Return the nearest folder from `folder` up with `.git`, or None.

    A linked worktree's `.git` is a file.
    """
    here = os.path.abspath(folder)
    while not os.path.lexists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here
