"""The working tree: what is tracked, and what is neither tracked nor ignored. Outside of a repository, the folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.files import FileReader, Inside
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.git import Git, NotARepositoryError
from openrouter_preflight.leaks.modes.paths import read_paths

if TYPE_CHECKING:
    from openrouter_preflight.leaks.scan import Progress, ScanRequest

_STALLED = 120.0
"""Seconds: `git ls-files` opens every .gitignore, and one that is a FIFO would hold it for ever."""


def gather(request: ScanRequest, progress: Progress) -> Gathered:
    """Read the whole working tree, wherever in it the request's folder is."""
    try:
        root = Git(request.folder, request.environ).top
    except NotARepositoryError:
        return read_paths(request, (".",), progress)
    gathered = Gathered()
    reader = FileReader(gathered, request.limits, request.max_file_size)
    listed = Git(root, request.environ).run(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", timeout=_STALLED
    )
    names = listed.split(b"\0")[:-1]
    inside = Inside(root)
    for number, name in enumerate(names):
        path = os.fsdecode(name)
        if inside.holds(path):
            reader.read(os.path.join(root, path), path)  # noqa: PTH118 - building a Path costs as much as reading
        if number % 1000 == 0:
            progress(number, len(names))
    reader.flush()
    gathered.add_names(names, "the name of", request.limits)
    return gathered
