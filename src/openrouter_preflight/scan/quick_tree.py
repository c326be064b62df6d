"""The quick way through a working tree. It has git list the files before it loads what searches them."""

from __future__ import annotations

import os

from openrouter_preflight.git.pipeline import DoubtError, Pipeline, is_possible

_LIST = ("--work-tree=.", "ls-files", "-z")
_TRACKED = (*_LIST, "--cached", "--deduplicate")
_UNTRACKED = (*_LIST, "--others", "--exclude-standard")
"""These take git longer, which has to look into every folder, so that the others are read meanwhile."""

_ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE"})
"""Variables by which the user's tree may be another than the one whose root this is."""


def tree_is_clean() -> tuple[int, int] | None:
    """How many files and bytes `scan` would read from the repository whose root this is, if they hold nothing."""
    if not is_possible() or _ELSEWHERE & os.environ.keys():
        return None
    try:
        with Pipeline(_TRACKED) as tracked, Pipeline(_UNTRACKED) as untracked:
            from openrouter_preflight.scan.quick_files import listed_files

            read = listed_files(tracked, untracked)
    except (DoubtError, OSError):
        return None
    return None if read is None else (read.objects, read.size)
