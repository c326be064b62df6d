"""The index as git would commit it. With paths, what the index holds there, whether a commit changes it or not."""

from __future__ import annotations

import os
import posixpath
import tempfile
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.index import Index
from openrouter_preflight.git.listing import in_chunks
from openrouter_preflight.git.pipeline import MANY
from openrouter_preflight.git.process import Git, refuse_special_files
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.lines import count_lines
from openrouter_preflight.scan.locations import LocatedMatch, Location
from openrouter_preflight.scan.readers.engine import read_objects
from openrouter_preflight.scan.readers.files import FileReader, Inside
from openrouter_preflight.scan.scan_data import ScanData

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openrouter_preflight.git.index import Entry
    from openrouter_preflight.scan.scan import Progress, ScanJob


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read what is staged, or what is named."""
    git = Git(request.folder, request.environ)
    if git.repository.bare:
        raise UsageError("a bare repository has no index", "Scan it with --history or --range.")
    refuse_special_files(git)
    index, data_read = Index(git), ScanData()
    if request.paths:
        _gather_named(request, git, index, data_read)
    else:
        _read_entries(request, git, index, index.changed, data_read)
    progress(data_read.objects, data_read.objects)
    return data_read


def _gather_named(request: ScanJob, git: Git, index: Index, data_read: ScanData) -> None:
    """Read the index at the named paths, and the working tree where that holds something else.

    If HEAD already has one of them unchanged, this is an inspection (`pre-commit run --all-files`) and not a commit:
    nothing is excused for standing in HEAD, where it is to be revoked.
    """
    named = _Named(git, request)
    changed = [entry for entry in index.changed if named.holds(entry.path)]
    paths = {entry.path for entry in changed}
    unchanged = [entry for entry in index.entries if named.holds(entry.path) and entry.path not in paths]
    paths |= {entry.path for entry in unchanged}
    _read_entries(request, git, index, [*changed, *unchanged], data_read, head_excuses=not unchanged)
    for path in named.paths - paths:
        _refuse_unknown(named, path, index)
    _read_files(request, git, named, sorted(paths | named.paths), data_read)


def _refuse_unknown(named: _Named, path: bytes, index: Index) -> None:
    """Raise UsageError for a path outside of the tree, or one that neither the tree, the index nor HEAD knows."""
    if path == b".." or path.startswith(b"../"):
        raise UsageError(f"{printable(path)} is outside of the repository", "Scan it as a file: without --staged.")
    exists = os.path.lexists(os.path.join(os.fsencode(named.root), path))  # noqa: PTH118 - bytes
    if not (exists or index.knows(path)):
        raise UsageError(f"there is no file or folder {printable(path)}")


def _read_files(request: ScanJob, git: Git, named: _Named, paths: Sequence[bytes], data_read: ScanData) -> None:
    """Read the working tree at `paths`, for what the index has not.

    Git is not asked where they differ: comparing would run the repository's filters. What a filter keeps out of the
    commit (git-crypt's plain text) is not told.
    """
    seen = {(find.match.key, find.place.path) for find in data_read.finds}
    files = ScanData()
    reader = FileReader(files, request.limits, request.max_file_size)
    inside = Inside(named.root)
    for path in paths:
        name = os.fsdecode(path)
        if inside.holds(name):
            reader.read(os.path.join(named.root, name), name)  # noqa: PTH118 - the name's bytes stay as they are
    reader.flush()
    fresh = [find for find in files.finds if (find.match.key, find.place.path) not in seen]
    filtered = _filtered(git, named.root, paths) if fresh else frozenset()
    data_read.finds += [find for find in fresh if find.place.path not in filtered]
    data_read.incomplete += files.incomplete


def _filtered(git: Git, root: Path, paths: Sequence[bytes]) -> frozenset[str]:
    """Those of the paths, as reports show them, that git passes through a filter when they are added."""
    with tempfile.TemporaryFile() as asked:
        asked.writelines(os.path.join(os.fsencode(root), path) + b"\0" for path in paths)  # noqa: PTH118 - bytes
        asked.seek(0)
        values = git.run("check-attr", "-z", "--stdin", "filter", stdin=asked).split(b"\0")[2::3]
    pairs = zip(paths, values, strict=True)
    return frozenset(printable(path) for path, value in pairs if value not in {b"unspecified", b"unset"})


class _Named:
    """The paths the user named, seen from the top of the working tree."""

    def __init__(self, git: Git, request: ScanJob) -> None:
        self.root = git.top
        placed = Git(request.folder, {**request.environ, "GIT_WORK_TREE": str(self.root)})  # core.worktree has no say
        prefix = placed.run("rev-parse", "--show-prefix").removesuffix(b"\n")
        self.paths = {self._from_top(os.fsencode(path), prefix) for path in request.paths}

    def _from_top(self, path: bytes, prefix: bytes) -> bytes:
        if os.path.isabs(path):  # noqa: PTH117 - bytes
            folder, name = os.path.split(os.path.normpath(path))
            full = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - the last part may be a link, and is meant
            path, prefix = os.path.relpath(full, os.path.realpath(os.fsencode(self.root))), b""
        return posixpath.normpath(prefix + path.replace(os.fsencode(os.sep), b"/"))

    def holds(self, path: bytes) -> bool:
        """Whether `path` was named, or a folder above it."""
        while path not in self.paths:
            path, slash, _ = path.rpartition(b"/")
            if not slash:
                return b"." in self.paths
        return True


def _read_entries(
    request: ScanJob,
    git: Git,
    index: Index,
    entries: Sequence[Entry],
    data_read: ScanData,
    *,
    head_excuses: bool = True,
) -> None:
    """Read the entries' blobs; a key that HEAD has in the same file is committed, and known where that excuses it."""
    paths: dict[str, list[bytes]] = {}
    for entry in entries:
        paths.setdefault(entry.oid, []).append(entry.path)
    reading = read_objects(
        git,
        in_chunks(oid.encode() for oid in paths),
        limits=request.limits,
        largest=request.max_file_size,
        workers=1 if len(paths) < MANY else None,
    )
    data_read.add_reading(reading, lambda oid: printable(paths[oid][0]))
    hits = reading.stats.hits
    counted = iter(count_lines(git, [(hit.oid, match) for hit in hits for match in hit.result.matches]))
    for hit in hits:
        matches = list(islice(counted, len(hit.result.matches)))
        for path in paths[hit.oid]:
            new = Location(path=printable(path), committed=False)
            old = replace(new, committed=True, known=head_excuses, in_head=True)
            known = index.keys_in_head(path)
            data_read.finds += [LocatedMatch(each, old if each.key in known else new) for each in matches]
            data_read.add_unread(hit.result, new)
    data_read.add_names((path for each in paths.values() for path in each), "the name of", request.limits)
