"""Every object of a repository, reachable or not, and the names of refs and messages of reflogs beside them."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.detect.prefilter import LITERAL, NEEDLES, UNENCODED_NEEDLES
from openrouter_preflight.findings import RefTips
from openrouter_preflight.git.history import Walk
from openrouter_preflight.git.listing import borrows, estimate_objects, list_objects, loose_objects, own_objects
from openrouter_preflight.git.process import Git, GitError, refuse_special_files
from openrouter_preflight.git.refs import HEAD, list_refs, ref_names
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.attribution import attribute
from openrouter_preflight.scan.incomplete import DAMAGED, Incomplete
from openrouter_preflight.scan.readers.engine import ReadResult, read_objects
from openrouter_preflight.scan.readers.files import READABLE, FileReader
from openrouter_preflight.scan.readers.packs.prescan import Prescan
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.scan.sources.revisions import lacks, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openrouter_preflight.git.refs import Ref
    from openrouter_preflight.scan.readers.packs.prescan import Prescanned
    from openrouter_preflight.scan.scan import Progress, ScanJob

_WHOLE = (1, 1)
"""The only shard of one."""

_MOST_EXCLUDED = 1000
"""Broken refs that fit into a command line, in which no key may stand."""

_LINK = "If that is meant: scan the files that it leads to by their paths."


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the whole history, or the part of it that the request's shard names."""
    git = Git(request.folder, request.environ)
    refuse_special_files(git)
    data_read = ScanData(incomplete=lacks(git))
    total = estimate_objects(git) // request.shard[1]
    with Prescan(git, largest=request.max_file_size, is_ours=_is_ours(request.shard)) as sift:
        refs = ref_names(git)
        listed = list_refs(git)
        data_read.refs = _tips(listed)
        broken = sorted(set(refs) - {ref.name for ref in listed})
        with Walk(git, *_except(broken), "--all", "--reflog", "--ignore-missing") as walk:
            sifted = sift.finish(lambda done: progress(done, max(done, total)))
            lists = _unsifted(git, sifted) if sifted else [(_objects(git, walk), NEEDLES)]
            reading = _read(git, request, lists, progress, done=sifted.objects if sifted else 0, total=total)
            data_read.add_reading(reading, lambda oid: f"object {oid}")
            if sifted is not None:
                data_read.add_counts(sifted.objects, sifted.size, sifted.commits)
            data_read.incomplete += missing(git, walk)
            attribute(git, walk, reading.stats.hits, data_read)
    if request.shard[0] == 1:
        _add_names(git, request, data_read, refs, broken)
    return data_read


def _tips(refs: Sequence[Ref]) -> RefTips:
    """The state that the refs are in, for whoever joins the reports of several machines."""
    lines = sorted(f"{ref.oid} ".encode() + ref.name for ref in refs if ref.name != HEAD)
    head = next((ref.oid for ref in refs if ref.name == HEAD), None)
    return RefTips(count=len(lines), digest=sha256(b"\n".join(lines)).hexdigest(), head=head)


def _read(
    git: Git,
    request: ScanJob,
    lists: Iterable[tuple[Iterator[bytes], Sequence[bytes]]],
    progress: Progress,
    *,
    done: int,
    total: int,
) -> ReadResult:
    """Read lists of objects, each for its needles, after `done` of about `total` objects."""
    reading = ReadResult()
    for chunks, needles in lists:
        watch = _shifted(progress, done + reading.stats.objects, total)
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


def _unsifted(git: Git, sifted: Prescanned) -> Iterator[tuple[Iterator[bytes], Sequence[bytes]]]:
    """The objects of this repository that must be read in full, with the needles of which they may hold some.

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


def _add_names(git: Git, request: ScanJob, data_read: ScanData, refs: Sequence[bytes], broken: Sequence[bytes]) -> None:
    """Look at the names of refs and at the reflogs, which no object holds."""
    data_read.add_names(refs, "the name of", request.limits, are_refs=True)
    for ref in broken:
        data_read.incomplete.append(
            Incomplete("points to an object that is not in the repository", DAMAGED, printable(ref))
        )
    logs = ScanData()

    def refuse(error: OSError) -> None:
        if os.path.lexists(error.filename):  # a repository need not have any
            name = printable(os.path.relpath(error.filename, common))
            logs.incomplete.append(Incomplete(f"could not be read: {error.strerror}", READABLE, name))

    reader = FileReader(logs, request.limits, inside="the reflog")
    common = git.repository.common_dir
    for top in (common / "logs", *sorted(common.glob("worktrees/*/logs"))):
        if top.is_symlink():
            data_read.incomplete.append(_not_followed(top))
            continue
        for folder, folders, names in os.walk(top, onerror=refuse):
            folders.sort()
            below = (Path(folder, name) for name in folders)
            data_read.incomplete += [_not_followed(path) for path in below if path.is_symlink()]
            for name in sorted(names):
                path = os.path.join(folder, name)  # noqa: PTH118 - the name's bytes stay as they are
                reader.read(path, os.path.relpath(path, top))
    reader.flush()
    data_read.finds += logs.finds
    data_read.incomplete += logs.incomplete


def _not_followed(link: Path) -> Incomplete:
    return Incomplete("is a link and was not followed", _LINK, printable(str(link)))
