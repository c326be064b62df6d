"""Shared parts of modes that read revisions: gaps, matches, finds."""

from __future__ import annotations

import os

from openrouter_preflight.git.history import Walk
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.readers.engine import MANY, read_objects
from openrouter_preflight.scan.scan_data import ScanData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from openrouter_preflight.git.process import Git
    from openrouter_preflight.scan.job import Progress, ScanJob


def read_revisions(
    git: Git, request: ScanJob, revisions: Sequence[str], progress: Progress, *, excluded: Sequence[str] = ()
) -> ScanData:
    """Read the objects of `revisions` that no `excluded` revision has."""
    data = ScanData()
    with Walk(git, *revisions) as walk:
        walk.finish()
        reading = read_objects(
            git,
            walk.oids(),
            limits=request.limits,
            largest=request.max_file_size,
            workers=1 if walk.count(MANY) < MANY else None,
            watch=lambda done: progress(done, None),
        )
        data.add_reading(reading, lambda oid: f"object {oid}")
        if reading.stats.pointers:
            from openrouter_preflight.scan.lfs import read_lfs

            pointers = {digest: f"object {oid[:12]}" for digest, oid in reading.stats.pointers.items()}
            read_lfs(git, pointers, request, data, inside="the Git LFS content of")
        data.incomplete += missing(git, walk)
        data.incomplete += _cut(git, walk)
        if reading.stats.matches:
            from openrouter_preflight.scan.attribution import attribute

            attribute(git, walk, reading.stats.matches, data, names_in=excluded)
    return data


def _cut(git: Git, walk: Walk) -> list[Incomplete]:
    """Return True where the walk met the edge of a shallow clone."""
    if not git.repository.shallow:
        return []
    from openrouter_preflight.git.errors import FETCH_ALL

    with open(os.path.join(git.repository.common_dir, "shallow"), encoding="ascii") as file:
        ends = set(file.read().split())
    if any(commit.oid in ends for commit in walk.commits()):
        return [Incomplete("the clone is shallow: commits of the range may be missing from it", FETCH_ALL)]
    return []


def lacks(git: Git) -> list[Incomplete]:
    """Return the gaps of a shallow or partial clone."""
    if not git.repository.shallow:
        return []
    from openrouter_preflight.git.errors import FETCH_ALL

    return [Incomplete("the clone is shallow: older commits are not in it", FETCH_ALL)]


def missing(git: Git, walk: Walk) -> list[Incomplete]:
    """Return the objects that the walk could not reach or find."""
    from openrouter_preflight.errors import PreflightError

    found = []
    try:
        walk.finish()
    except PreflightError as error:
        found.append(Incomplete(f"the history could not be walked: {error}", error.hint))
    oids = walk.missing()
    if oids:
        from openrouter_preflight.git.errors import DAMAGED, FETCH_BLOBS
        from openrouter_preflight.git.listing import may_lack_objects

        more = "" if len(oids) == 1 else f" and {len(oids) - 1} more"
        fix = FETCH_BLOBS if may_lack_objects(git) else DAMAGED
        found.append(Incomplete(f"object {oids[0]}{more} of the history is not in the repository", fix))
    return found
