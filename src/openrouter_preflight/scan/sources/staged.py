"""The index as git would commit it, or its files at named paths."""

from __future__ import annotations

import os

from openrouter_preflight.git.index import list_changes, list_entries
from openrouter_preflight.git.listing import in_chunks
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.readers.engine import MANY, read_objects
from openrouter_preflight.scan.scan_data import ScanData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.git.index import Entry
    from openrouter_preflight.scan.job import Progress, ScanJob
    from openrouter_preflight.scan.readers.results import ReadResult


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read what is staged, or what is named."""
    git = Git(request.folder, request.environ)
    data = ScanData()
    if request.paths:
        _read_named(request, git, data)
    else:
        changes = list_changes(git)
        if not changes.entries:
            _refuse_bare(git)
        _read_entries(request, git, changes.entries, data)
        if data.finds:
            from openrouter_preflight.scan.excuses import HeadExcuse

            data.excuse = HeadExcuse(git, changes)
    progress(data.objects, data.objects)
    return data


def _refuse_bare(git: Git) -> None:
    if git.repository.bare:
        from openrouter_preflight.errors import UsageError

        raise UsageError("a bare repository has no index", "Scan it with --history or --range.")


def _read_named(request: ScanJob, git: Git, data: ScanData) -> None:
    """Read the index at named paths, and differing files."""
    root = _root(git)
    named = {_from_top(os.fsencode(path), root, request.folder) for path in request.paths}
    entries = [entry for entry in list_entries(git, paths=_pathspecs(named)) if _is_named(entry.path, named)]
    _read_entries(request, git, entries, data)
    if data.finds:
        from openrouter_preflight.scan.excuses import HeadExcuse

        data.excuse = HeadExcuse(git, None, {entry.path: entry.oid for entry in entries})
    paths = {entry.path for entry in entries}
    unknown = {path for path in named - paths if not any(each.startswith(path + b"/") for each in paths)} - {b"."}
    for path in sorted(unknown):
        _refuse_unknown(git, root, path)
    _read_files(request, git, root, sorted(paths | named), data)


def _root(git: Git) -> str:
    """Return the top of the working tree; `core.worktree` does not count."""
    from openrouter_preflight.repository_root import find_root

    is_here = not {"GIT_DIR", "GIT_WORK_TREE"} & git.environ.keys()
    return (find_root(git.folder) if is_here else None) or git.top


def _from_top(path: bytes, root: str, folder: str) -> bytes:
    """Return a named path from the top of the working tree."""
    real_root = os.path.realpath(os.fsencode(root))
    if os.path.isabs(path):
        above, name = os.path.split(os.path.normpath(path))
        path = os.path.relpath(os.path.join(os.path.realpath(above), name), real_root)
    else:
        path = os.path.join(os.path.relpath(os.path.realpath(os.fsencode(folder)), real_root), path)
    return os.path.normpath(path).replace(os.fsencode(os.sep), b"/")


def _pathspecs(named: Iterable[bytes]) -> list[bytes]:
    """Return git's arguments; all of the index where a name may hold a key."""
    paths = sorted(named)
    if any(path in {b".", b".."} or path.startswith(b"../") or b"sk-or" in path.lower() for path in paths):
        return [b":/"]
    return [b":(top,literal)" + path for path in paths]


def _is_named(path: bytes, named: set[bytes]) -> bool:
    """Return True where `path`, or a folder above it, was named."""
    while path not in named:
        path, slash, _ = path.rpartition(b"/")
        if not slash:
            return b"." in named
    return True


def _refuse_unknown(git: Git, root: str, path: bytes) -> None:
    """Raise UsageError for an unknown path, or one outside of the tree."""
    from openrouter_preflight.errors import UsageError
    from openrouter_preflight.keys.printable import printable

    if path == b".." or path.startswith(b"../"):
        raise UsageError(f"{printable(path)} is outside of the repository", "Scan it as a file: without --staged.")
    if os.path.lexists(os.path.join(os.fsencode(root), path)):
        return
    from openrouter_preflight.git.index import list_tree

    names = list_tree(git, "HEAD") if git.has("HEAD") else {}
    if not any(name == path or name.startswith(path + b"/") for name in names):
        raise UsageError(f"there is no file or folder {printable(path)}")


def _read_files(request: ScanJob, git: Git, root: str, paths: Sequence[bytes], data: ScanData) -> None:
    """Read the working tree at `paths`, for what the index has not.

    Git is not asked where they differ: comparing would run the repository's filters. What a filter keeps out of the
    commit (git-crypt's plain text) is not reported.
    """
    from openrouter_preflight.scan.readers.files import read_files

    files = ScanData()
    read_files(paths, root, files, request.limits, largest=request.max_file_size)
    data.incomplete += files.incomplete
    if not files.finds:
        return
    seen = {(find.match.key, find.place.path) for find in data.finds}
    fresh = [find for find in files.finds if (find.match.key, find.place.path) not in seen]
    filtered = _filtered(git, root, paths) if fresh else frozenset()
    data.finds += [find for find in fresh if find.place.path not in filtered]


def _filtered(git: Git, root: str, paths: Sequence[bytes]) -> frozenset[str]:
    """Return the paths that git passes through a filter."""
    from openrouter_preflight.keys.printable import printable

    asked = b"".join(os.path.join(os.fsencode(root), path) + b"\0" for path in paths)
    values = git.run("check-attr", "-z", "--stdin", "filter", stdin=asked).split(b"\0")[2::3]
    pairs = zip(paths, values, strict=True)
    return frozenset(printable(path) for path, value in pairs if value not in {b"unspecified", b"unset"})


def _read_entries(request: ScanJob, git: Git, entries: Sequence[Entry], data: ScanData) -> None:
    """Read the entries' blobs, many of them from the files that they are copies of."""
    paths: dict[bytes, list[bytes]] = {}
    for entry in entries:
        paths.setdefault(entry.oid, []).append(entry.path)
    left = list(paths)
    if len(left) >= MANY and request.max_file_size is None:
        from openrouter_preflight.scan.readers.files import unchanged_copies

        oids = {each[0]: oid for oid, each in paths.items()}
        objects, size, changed = unchanged_copies(oids, _root(git))
        data.add_counts(objects, size, 0)
        left = [oids[path] for path in changed]
    if left:
        reading = read_objects(
            git,
            in_chunks(left),
            limits=request.limits,
            largest=request.max_file_size,
            workers=1 if len(left) < MANY else None,
        )
        _add_reading(request, git, reading, paths, data)
    data.add_names((path for each in paths.values() for path in each), "the name of", request.limits)


def _add_reading(
    request: ScanJob, git: Git, reading: ReadResult, paths: dict[bytes, list[bytes]], data: ScanData
) -> None:
    """Place what was found at every path that has the blob."""

    def describe(oid: str) -> str:
        from openrouter_preflight.keys.printable import printable

        return printable(paths[oid.encode()][0])

    data.add_reading(reading, describe)
    if reading.stats.pointers:
        from openrouter_preflight.scan.lfs import read_lfs

        pointers = {digest: os.fsdecode(paths[oid.encode()][0]) for digest, oid in reading.stats.pointers.items()}
        read_lfs(git, pointers, request, data)
    if reading.stats.matches:
        from openrouter_preflight.scan.excuses import place_staged

        place_staged(git, reading.stats.matches, paths, data)
