"""The whole history: every object, names of refs, reflogs."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

from openrouter_preflight.detect.prefilter import NEEDLES, UNENCODED_NEEDLES, may_name_key
from openrouter_preflight.findings import RefTips
from openrouter_preflight.git.errors import DAMAGED, GitError
from openrouter_preflight.git.history import Walk
from openrouter_preflight.git.listing import borrows, estimate_objects, list_objects, loose_objects, own_objects
from openrouter_preflight.git.process import Git
from openrouter_preflight.git.refs import HEAD, list_refs
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.attribution import attribute
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.lfs import read_lfs
from openrouter_preflight.scan.readers.engine import read_objects
from openrouter_preflight.scan.readers.files import READABLE, read_files
from openrouter_preflight.scan.readers.packs.prescan import Prescan
from openrouter_preflight.scan.readers.results import ReadResult
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.scan.sources.revisions import lacks, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openrouter_preflight.git.refs import Ref, Refs
    from openrouter_preflight.scan.job import Progress, ScanJob
    from openrouter_preflight.scan.readers.packs.prescan import Prescanned

_WHOLE = (1, 1)
"""The only shard of one."""

_MOST_EXCLUDED = 1000
"""Broken refs that fit into a command line, in which no key may be."""

_FEW = 4096
"""Objects that one git has read before a second one has started."""

_TIPS = 20
"""Refs whose objects a report names."""

_LINK = "If that is meant: scan the files that it leads to by their paths."


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the whole history, or the part of it that the request's shard names."""
    git = Git(request.folder, request.environ)
    data = ScanData(incomplete=lacks(git))
    total = estimate_objects(git) // request.shard[1]
    with Prescan(git, largest=request.max_file_size, is_ours=_is_ours(request.shard)) as prescan:
        refs = list_refs(git)
        data.refs = _tips(refs.whole)
        with Walk(git, *_except(refs.broken), "--all", "--reflog", "--ignore-missing") as walk:
            prescanned = prescan.finish(lambda done: progress(done, max(done, total)))
            lists = _unsifted(git, prescanned) if prescanned else [(_objects(git, walk), NEEDLES)]
            done = prescanned.objects if prescanned else 0
            reading = _read(git, request, lists, progress, done=done, total=total)
            data.add_reading(reading, lambda oid: f"object {oid}")
            if reading.stats.pointers:
                pointers = {digest: f"object {oid[:12]}" for digest, oid in reading.stats.pointers.items()}
                read_lfs(git, pointers, request, data, inside="the Git LFS content of")
            if prescanned is not None:
                data.add_counts(prescanned.objects, prescanned.size, prescanned.commits)
            data.incomplete += missing(git, walk)
            attribute(git, walk, reading.stats.matches, data, refs=refs.whole)
    if request.shard[0] == 1:
        _add_names(git, request, data, refs)
    return data


def _tips(refs: Sequence[Ref]) -> RefTips:
    """Return the state of the refs, for joining reports of several machines."""
    lines = sorted(f"{ref.oid} ".encode() + ref.name for ref in refs if ref.name != HEAD)
    head = next((ref.oid for ref in refs if ref.name == HEAD), None)
    tips = tuple((printable(ref.name), ref.oid) for ref in refs[:_TIPS] if ref.name != HEAD)
    return RefTips(count=len(lines), digest=sha256(b"\n".join(lines)).hexdigest(), head=head, tips=tips)


def _read(
    git: Git,
    request: ScanJob,
    lists: Iterable[tuple[Iterator[bytes], Sequence[bytes]]],
    progress: Progress,
    *,
    done: int,
    total: int,
) -> ReadResult:
    """Read lists of objects, each for its needles."""
    reading = ReadResult()
    workers = 1 if total < _FEW else None
    for chunks, needles in lists:
        watch = _shifted(progress, done + reading.stats.objects, total)
        reading.add(
            read_objects(
                git,
                _shard(chunks, request.shard),
                limits=request.limits,
                largest=request.max_file_size,
                workers=workers,
                watch=watch,
                needles=needles,
            )
        )
    return reading


def _shifted(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda read: progress(before + read, max(before + read, total))


def _except(broken: Sequence[bytes]) -> Iterator[str]:
    """Return options that keep the walk from stopping at broken refs."""
    harmless = (name for name in broken[:_MOST_EXCLUDED] if not may_name_key(name))
    return (f"--exclude={os.fsdecode(name)}" for name in harmless)


def _unsifted(git: Git, sifted: Prescanned) -> Iterator[tuple[Iterator[bytes], Sequence[bytes]]]:
    """Yield the objects that must be read in full, with their needles.

    Those are the suspects, and what is in no pack.
    """
    yield sifted.suspect_chunks(anyhow=False), UNENCODED_NEEDLES
    yield chain(sifted.suspect_chunks(anyhow=True), _unpacked(git, sifted)), NEEDLES


def _unpacked(git: Git, sifted: Prescanned) -> Iterator[bytes]:
    for chunk in loose_objects(git):
        unpacked = [oid for oid in chunk.split() if not sifted.holds(bytes.fromhex(oid.decode()))]
        if unpacked:
            yield b"\n".join(unpacked) + b"\n"


def _objects(git: Git, walk: Walk) -> Iterator[bytes]:
    """Yield all objects of this repository, and needed borrowed ones."""
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
    """Return the test of a shard for raw ids; None for the whole history."""
    return None if shard == _WHOLE else lambda oid: _is_in(shard, int.from_bytes(oid[:4]))


def _is_in(shard: tuple[int, int], beginning: int) -> bool:
    """Return True for an object of the shard, by its id's first 4 bytes."""
    part, parts = shard
    return beginning % parts == part - 1


def _add_names(git: Git, request: ScanJob, data: ScanData, refs: Refs) -> None:
    """Look at the names of refs and at the reflogs, which no object holds."""
    data.add_names(refs.names, "the name of", request.limits, are_refs=True)
    for ref in refs.broken:
        data.incomplete.append(Incomplete("points to an object that is not in the repository", DAMAGED, printable(ref)))
    common = git.repository.common_dir
    logs = ScanData()
    for top in _log_folders(common):
        if os.path.islink(top):
            data.incomplete.append(_not_followed(top))
            continue
        names = [os.fsencode(os.path.relpath(path, top)) for path in _logs_below(top, common, data, logs)]
        read_files(names, top, logs, request.limits, inside="the reflog")
    data.finds += logs.finds
    data.incomplete += logs.incomplete


def _log_folders(common: str) -> Iterator[str]:
    """The folder of reflogs, and those of linked worktrees."""
    yield os.path.join(common, "logs")
    worktrees = os.path.join(common, "worktrees")
    with suppress(OSError):
        yield from (
            path
            for name in sorted(os.listdir(worktrees))
            if os.path.lexists(path := os.path.join(worktrees, name, "logs"))
        )


def _logs_below(top: str, common: str, data: ScanData, logs: ScanData) -> Iterator[str]:
    """Yield the reflogs below a folder; unreadable folders are reported."""

    def refuse(error: OSError) -> None:
        if os.path.lexists(error.filename):  # a repository need not have any
            name = printable(os.path.relpath(error.filename, common))
            logs.incomplete.append(Incomplete(f"could not be read: {error.strerror}", READABLE, name))

    for folder, folders, names in os.walk(top, onerror=refuse):
        folders.sort()
        below = (os.path.join(folder, name) for name in folders)
        data.incomplete += [_not_followed(path) for path in below if os.path.islink(path)]
        yield from (os.path.join(folder, name) for name in sorted(names))


def _not_followed(link: str) -> Incomplete:
    return Incomplete("is a link and was not followed", _LINK, printable(link))
