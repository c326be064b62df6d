"""What the modes that read revisions share: what the repository lacks, and the way from hits to finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.leaks.attribution import attribute
from openrouter_preflight.leaks.engine import read_objects
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.git import GitError, refuse_endless
from openrouter_preflight.leaks.listing import may_lack_objects
from openrouter_preflight.leaks.pieces import Part
from openrouter_preflight.leaks.troubles import DAMAGED, FETCH_ALL, FETCH_BLOBS, Trouble
from openrouter_preflight.leaks.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openrouter_preflight.leaks.git import Git
    from openrouter_preflight.leaks.scan import Progress, ScanRequest


def gather_revisions(
    git: Git, request: ScanRequest, revisions: Sequence[str], progress: Progress, *, excluded: Sequence[str] = ()
) -> Gathered:
    """Read what `revisions` (arguments of `git rev-list`) select. Names that `excluded` revisions have are not new."""
    refuse_endless(git)
    gathered = Gathered()
    with Walk(git, *revisions) as walk:
        walk.finish()
        reading = read_objects(
            git,
            walk.oids(),
            limits=request.limits,
            largest=request.max_file_size,
            watch=lambda done: progress(done, None),
        )
        gathered.add_reading(reading, lambda oid: f"object {oid}")
        gathered.troubles += missing(git, walk)
        gathered.troubles += _cut(git, walk)
        old_names = _names(git, excluded) if any(hit.part is Part.NAME for hit in reading.tally.hits) else frozenset()
        attribute(git, walk, reading.tally.hits, gathered, old_names=old_names)
    return gathered


def _names(git: Git, revisions: Sequence[str]) -> frozenset[bytes]:
    """The paths of all files and folders that `revisions` hold."""
    listings = (
        git.ask("ls-tree", "-r", "-t", "-z", "--name-only", "--full-tree", each).split(b"\0") for each in revisions
    )
    return frozenset(name for listing in listings for name in listing)


def _cut(git: Git, walk: Walk) -> list[Trouble]:
    """Whether the walk came to where a shallow clone was cut, so that what lies behind was not walked."""
    if not git.repository.shallow:
        return []
    ends = set((git.repository.common_dir / "shallow").read_text(encoding="ascii").split())
    if any(commit.oid in ends for commit in walk.commits()):
        return [Trouble("the clone is shallow: commits of the range may be missing from it", FETCH_ALL)]
    return []


def lacks(git: Git) -> list[Trouble]:
    """What a clone was made without."""
    if git.repository.shallow:
        return [Trouble("the clone is shallow: older commits are not in it", FETCH_ALL)]
    return []


def missing(git: Git, walk: Walk) -> list[Trouble]:
    """What the walk could not reach or find."""
    troubles = []
    try:
        walk.finish()
    except GitError as error:
        troubles.append(Trouble(f"the history could not be walked: {error}", error.hint))
    oids = walk.missing()
    if oids:
        more = "" if len(oids) == 1 else f" and {len(oids) - 1} more"
        fix = FETCH_BLOBS if may_lack_objects(git) else DAMAGED
        troubles.append(Trouble(f"object {oids[0]}{more} of the history is not in the repository", fix))
    return troubles
