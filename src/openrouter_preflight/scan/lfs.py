"""Git LFS: contents at hand are scanned, other pointers are counted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from openrouter_preflight.scan.readers.files import read_files
from openrouter_preflight.summary_line import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.git.process import Git
    from openrouter_preflight.scan.job import ScanJob
    from openrouter_preflight.scan.scan_data import ScanData

RULE = "lfs-content-missing"


def read_lfs(
    git: Git, pointers: Mapping[str, str], request: ScanJob, data: ScanData, *, inside: str | None = None
) -> None:
    """Read the contents of `pointers` from the repository's own store.

    `inside` is what to call them where their paths are not known; followed by what `pointers` says.
    """
    store = os.path.join(git.repository.common_dir, "lfs", "objects")
    at_hand = [os.path.join(each[:2], each[2:4], each) for each in pointers]
    names = [os.fsencode(each) for each in at_hand if os.path.isfile(os.path.join(store, each))]

    def shown(name: str) -> str:
        return pointers[name.rpartition(os.sep)[2]]

    read_files(names, store, data, request.limits, largest=request.max_file_size, inside=inside, shown_path=shown)
    missing = len(pointers) - len(names)
    if missing:
        data.notes.append((RULE, f"the content of {count(missing, 'Git LFS file')} is not in this clone"))
