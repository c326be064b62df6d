"""Every object of a repository, reachable or not, and the names of refs and messages of reflogs beside them."""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING, cast

from openrouter_preflight.leaks.attribution import attribute
from openrouter_preflight.leaks.engine import read_objects
from openrouter_preflight.leaks.files import FileReader
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.git import Git, explain
from openrouter_preflight.leaks.modes.revisions import lacks, missing
from openrouter_preflight.leaks.refs import list_refs
from openrouter_preflight.leaks.walk import Walk

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from openrouter_preflight.leaks.scan import Progress, ScanRequest

_CHUNK = 4096
"""Objects in one chunk: neighbours in a pack are deltas of each other and should go to the same git."""

_BLOCK = 1024 * 1024
_TREE = re.compile(rb"^tree (\w+\n)", re.MULTILINE)
_NO_TREE = re.compile(rb"^(?!tree )(?:blob |commit |tag )?(\w+)[^\n]*(\n)", re.MULTILINE)


def gather(request: ScanRequest, progress: Progress) -> Gathered:
    """Read the whole history, or the part of it that the request's shard names."""
    git = Git(request.folder, request.environ)
    gathered = Gathered(troubles=lacks(git))
    with Walk(git, "--all", "--reflog") as walk:
        reading = read_objects(
            git,
            _shard(list_objects(git), request.shard),
            limits=request.limits,
            largest=request.max_file_size,
            progress=lambda done: progress(done, None),
        )
        gathered.add_reading(reading, lambda oid: f"object {oid}")
        gathered.troubles += missing(walk)
        attribute(git, walk, reading.tally.hits, gathered)
    if request.shard is None or request.shard[0] == 1:
        _add_names(git, request, gathered)
    return gathered


def _shard(chunks: Iterator[bytes], shard: tuple[int, int] | None) -> Iterator[bytes]:
    """The part of every chunk that the shard has: by object id, because two clones pack the same objects differently."""
    if shard is None:
        yield from chunks
        return
    part, parts = shard
    for chunk in chunks:
        mine = [line for line in chunk.splitlines(keepends=True) if int(line[:8], 16) % parts == part - 1]
        if mine:
            yield b"".join(mine)


def _add_names(git: Git, request: ScanRequest, gathered: Gathered) -> None:
    """Look at the names of refs and at the reflogs, which no object holds."""
    gathered.add_names((ref.name for ref in list_refs(git)), "the name of", request.limits)
    reader = FileReader(gathered, request.limits, inside="the reflog")
    common = git.repository.common_dir
    for folder in (common, *sorted(common.glob("worktrees/*"))):
        for where, folders, files in os.walk(folder / "logs"):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(where, name)  # noqa: PTH118 - the name's bytes stay as they are
                reader.read(path, os.path.relpath(path, folder / "logs"))
    reader.flush()


def list_objects(git: Git) -> Iterator[bytes]:
    """The ids of all objects in chunks of lines, in the order of the packs, trees apart from the others.

    Trees need another search than content, and one kind at a time is searched fastest.
    """
    trees: list[bytes] = []
    others: list[bytes] = []
    for block in _listing(git):
        trees += _TREE.findall(block)
        others += [oid + newline for oid, newline in _NO_TREE.findall(block)]
        for waiting in (others, trees):
            while len(waiting) >= _CHUNK:
                yield b"".join(waiting[:_CHUNK])
                del waiting[:_CHUNK]
    for waiting in (others, trees):
        if waiting:
            yield b"".join(waiting)


def _listing(git: Git) -> Iterator[bytes]:
    """Whole lines of `type id`, a block at a time. Raises GitError where git dies."""
    with tempfile.TemporaryFile() as complaints:
        process = git.start(
            "cat-file",
            "--batch-all-objects",
            "--unordered",
            "--buffer",
            "--batch-check=%(objecttype) %(objectname)",
            stderr=complaints,
        )
        output = cast("io.FileIO", process.stdout)
        rest = b""
        with process:
            while block := output.read(_BLOCK):
                block = rest + block
                cut = block.rfind(b"\n") + 1
                rest = block[cut:]
                yield block[:cut]
        if process.returncode != 0:
            complaints.seek(0)
            raise explain(complaints.read(4096), "cat-file", git.folder)
