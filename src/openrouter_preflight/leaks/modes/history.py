"""Every object of a repository, reachable or not, and the names of refs and messages of reflogs beside them."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.attribution import attribute
from openrouter_preflight.leaks.detection.prefilter import LITERAL, NEEDLES, UNENCODED_NEEDLES
from openrouter_preflight.leaks.engine import Reading, read_objects
from openrouter_preflight.leaks.files import READABLE, FileReader
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.git import Git, GitError, refuse_endless
from openrouter_preflight.leaks.listing import borrows, estimate_objects, list_objects, loose_objects, own_objects
from openrouter_preflight.leaks.modes.revisions import lacks, missing
from openrouter_preflight.leaks.packs.sift import Sift
from openrouter_preflight.leaks.printable import printable
from openrouter_preflight.leaks.refs import list_refs, ref_names
from openrouter_preflight.leaks.troubles import DAMAGED, Trouble
from openrouter_preflight.leaks.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openrouter_preflight.leaks.packs.sift import Sifted
    from openrouter_preflight.leaks.scan import Progress, ScanRequest

_WHOLE = (1, 1)
"""The only shard of one."""

_MOST_EXCLUDED = 1000
"""Broken refs that fit into a command line, in which no key may stand."""

_LINK = "If that is meant: scan the files that it leads to by their paths."


def gather(request: ScanRequest, progress: Progress) -> Gathered:
    """Read the whole history, or the part of it that the request's shard names."""
    git = Git(request.folder, request.environ)
    refuse_endless(git)
    gathered = Gathered(troubles=lacks(git))
    total = estimate_objects(git) // request.shard[1]
    with Sift(git, largest=request.max_file_size, is_ours=_is_ours(request.shard)) as sift:
        refs = ref_names(git)
        broken = sorted(set(refs) - {ref.name for ref in list_refs(git)})
        with Walk(git, *_except(broken), "--all", "--reflog", "--ignore-missing") as walk:
            sifted = sift.finish(lambda done: progress(done, max(done, total)))
            lists = _unsifted(git, sifted) if sifted else [(_objects(git, walk), NEEDLES)]
            reading = _read(git, request, lists, progress, done=sifted.objects if sifted else 0, total=total)
            gathered.add_reading(reading, lambda oid: f"object {oid}")
            if sifted is not None:
                gathered.add_counts(sifted.objects, sifted.size, sifted.commits)
            gathered.troubles += missing(git, walk)
            attribute(git, walk, reading.tally.hits, gathered)
    if request.shard[0] == 1:
        _add_names(git, request, gathered, refs, broken)
    return gathered


def _read(
    git: Git,
    request: ScanRequest,
    lists: Iterable[tuple[Iterator[bytes], Sequence[bytes]]],
    progress: Progress,
    *,
    done: int,
    total: int,
) -> Reading:
    """Read lists of objects, each for its needles, after `done` of about `total` objects."""
    reading = Reading()
    for chunks, needles in lists:
        watch = _shifted(progress, done + reading.tally.objects, total)
        reading.add(
            read_objects(
                git,
                _shard(chunks, request.shard),
                limits=request.limits,
                largest=request.max_file_size,
                watch=watch,
                needles=needles,
            )
        )
    return reading


def _shifted(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda read: progress(before + read, max(before + read, total))


def _except(broken: list[bytes]) -> Iterator[str]:
    """Options that keep the walk from stopping at refs whose object is not there; `_add_names` tells of them."""
    harmless = (name for name in broken[:_MOST_EXCLUDED] if LITERAL not in name.lower())
    return (f"--exclude={os.fsdecode(name)}" for name in harmless)


def _unsifted(git: Git, sifted: Sifted) -> Iterator[tuple[Iterator[bytes], Sequence[bytes]]]:
    """The objects of this repository that must be read in full, with the needles of which they may hold some.

    Those are the suspects, and what is in no pack.
    """
    yield sifted.suspect_chunks(anyhow=False), UNENCODED_NEEDLES
    yield chain(sifted.suspect_chunks(anyhow=True), _unpacked(git, sifted)), NEEDLES


def _unpacked(git: Git, sifted: Sifted) -> Iterator[bytes]:
    for chunk in loose_objects(git):
        unpacked = [oid for oid in chunk.split() if not sifted.holds(bytes.fromhex(oid.decode()))]
        if unpacked:
            yield b"\n".join(unpacked) + b"\n"


def _objects(git: Git, walk: Walk) -> Iterator[bytes]:
    """All objects of this repository. Where it borrows from others (alternates), of theirs only what it needs."""
    if not borrows(git):
        yield from list_objects(git)
        return
    own: set[bytes] = set()
    for chunk in own_objects(git):
        own.update(chunk.split())
        yield chunk
    with suppress(GitError):  # `missing` will tell
        walk.finish()
    for chunk in walk.oids():
        borrowed = [oid for oid in chunk.split() if oid not in own]
        if borrowed:
            yield b"\n".join(borrowed) + b"\n"


def _shard(chunks: Iterator[bytes], shard: tuple[int, int]) -> Iterator[bytes]:
    """The part of every chunk that the shard has."""
    if shard == _WHOLE:
        yield from chunks
        return
    for chunk in chunks:
        mine = [line for line in chunk.splitlines(keepends=True) if _is_in(shard, int(line[:8], 16))]
        if mine:
            yield b"".join(mine)


def _is_ours(shard: tuple[int, int]) -> Callable[[bytes], bool] | None:
    """Whether a shard has an object, by its raw id; None for the whole history."""
    return None if shard == _WHOLE else lambda oid: _is_in(shard, int.from_bytes(oid[:4]))


def _is_in(shard: tuple[int, int], beginning: int) -> bool:
    """Whether a shard has an object, by the first 4 bytes of its id: two clones pack the same objects differently."""
    part, parts = shard
    return beginning % parts == part - 1


def _add_names(
    git: Git, request: ScanRequest, gathered: Gathered, refs: Sequence[bytes], broken: Sequence[bytes]
) -> None:
    """Look at the names of refs and at the reflogs, which no object holds."""
    gathered.add_names(refs, "the name of", request.limits, are_refs=True)
    for ref in broken:
        gathered.troubles.append(Trouble("points to an object that is not in the repository", DAMAGED, printable(ref)))
    logs = Gathered()

    def refuse(error: OSError) -> None:
        if os.path.lexists(error.filename):  # a repository need not have any
            name = printable(os.path.relpath(error.filename, common))
            logs.troubles.append(Trouble(f"could not be read: {error.strerror}", READABLE, name))

    reader = FileReader(logs, request.limits, inside="the reflog")
    common = git.repository.common_dir
    for top in (common / "logs", *sorted(common.glob("worktrees/*/logs"))):
        if top.is_symlink():
            gathered.troubles.append(_not_followed(top))
            continue
        for folder, folders, names in os.walk(top, onerror=refuse):
            folders.sort()
            below = (Path(folder, name) for name in folders)
            gathered.troubles += [_not_followed(path) for path in below if path.is_symlink()]
            for name in sorted(names):
                path = os.path.join(folder, name)  # noqa: PTH118 - the name's bytes stay as they are
                reader.read(path, os.path.relpath(path, top))
    reader.flush()
    gathered.finds += logs.finds
    gathered.troubles += logs.troubles


def _not_followed(link: Path) -> Trouble:
    return Trouble("is a link and was not followed", _LINK, printable(str(link)))
