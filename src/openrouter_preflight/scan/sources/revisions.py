"""What the modes that read revisions share: what the repository lacks, and the way from hits to finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.git.history import Walk
from openrouter_preflight.git.listing import may_lack_objects
from openrouter_preflight.git.process import GitError, refuse_special_files
from openrouter_preflight.scan.attribution import attribute
from openrouter_preflight.scan.incomplete import DAMAGED, FETCH_ALL, FETCH_BLOBS, Incomplete
from openrouter_preflight.scan.readers.engine import read_objects
from openrouter_preflight.scan.readers.object_fields import FieldKind
from openrouter_preflight.scan.scan_data import ScanData

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openrouter_preflight.git.process import Git
    from openrouter_preflight.scan.scan import Progress, ScanJob


def read_revisions(
    git: Git, request: ScanJob, revisions: Sequence[str], progress: Progress, *, excluded: Sequence[str] = ()
) -> ScanData:
    """Read what `revisions` (arguments of `git rev-list`) select. Names that `excluded` revisions have are not new."""
    refuse_special_files(git)
    data_read = ScanData()
    with Walk(git, *revisions) as walk:
        walk.finish()
        reading = read_objects(
            git,
            walk.oids(),
            limits=request.limits,
            largest=request.max_file_size,
            watch=lambda done: progress(done, None),
        )
        data_read.add_reading(reading, lambda oid: f"object {oid}")
        data_read.incomplete += missing(git, walk)
        data_read.incomplete += _cut(git, walk)
        old_names = (
            _names(git, excluded) if any(hit.part is FieldKind.NAME for hit in reading.stats.hits) else frozenset()
        )
        attribute(git, walk, reading.stats.hits, data_read, old_names=old_names)
    return data_read


def _names(git: Git, revisions: Sequence[str]) -> frozenset[bytes]:
    """The paths of all files and folders that `revisions` hold."""
    listings = (
        git.ask("ls-tree", "-r", "-t", "-z", "--name-only", "--full-tree", each).split(b"\0") for each in revisions
    )
    return frozenset(name for listing in listings for name in listing)


def _cut(git: Git, walk: Walk) -> list[Incomplete]:
    """Whether the walk came to where a shallow clone was cut, so that what lies behind was not walked."""
    if not git.repository.shallow:
        return []
    ends = set((git.repository.common_dir / "shallow").read_text(encoding="ascii").split())
    if any(commit.oid in ends for commit in walk.commits()):
        return [Incomplete("the clone is shallow: commits of the range may be missing from it", FETCH_ALL)]
    return []


def lacks(git: Git) -> list[Incomplete]:
    """What a clone was made without."""
    if git.repository.shallow:
        return [Incomplete("the clone is shallow: older commits are not in it", FETCH_ALL)]
    return []


def missing(git: Git, walk: Walk) -> list[Incomplete]:
    """What the walk could not reach or find."""
    incomplete = []
    try:
        walk.finish()
    except GitError as error:
        incomplete.append(Incomplete(f"the history could not be walked: {error}", error.hint))
    oids = walk.missing()
    if oids:
        more = "" if len(oids) == 1 else f" and {len(oids) - 1} more"
        fix = FETCH_BLOBS if may_lack_objects(git) else DAMAGED
        incomplete.append(Incomplete(f"object {oids[0]}{more} of the history is not in the repository", fix))
    return incomplete
