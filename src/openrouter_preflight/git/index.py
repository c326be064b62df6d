"""The index, and its differences from HEAD."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from openrouter_preflight.git.process import Git

_MOST_COMPARED = "-l1000"
"""The square root of how many pairs of files git compares. Of more than that, only what is the same is a copy."""

_FILES = (b"100", b"120")
"""Modes of files and symbolic links begin so; submodules are no objects here."""

_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""Git knows them whether or not a repository has them."""

_ADDED, _DELETED, _UNMERGED = b"A", b"D", b"U"


class Entry:
    """One file in the index."""

    __slots__ = ("base", "oid", "path")

    def __init__(self, path: bytes, oid: bytes, base: bytes | None = None) -> None:
        """Take the revision that the index is compared with.

        A file in conflict has an entry for each side.
        """
        self.path = path
        self.oid = oid
        self.base = base


class Changes:
    """Differences of the index from HEAD, or all of it on an unborn branch."""

    __slots__ = ("base", "entries")

    def __init__(self, base: str, entries: Sequence[Entry]) -> None:
        """Take the revision that the index is compared with.

        A file in conflict has an entry for each side.
        """
        self.base = base
        self.entries = entries


def list_changes(git: Git) -> Changes:
    """Return the changes of a commit. Raises GitError or UsageError."""
    try:
        return _changes_from(git, "HEAD")
    except Exception:
        if git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") or not git.ask("symbolic-ref", "-q", "HEAD"):
            raise
        return _changes_from(git, _EMPTY_TREES[git.repository.hash])


def _changes_from(git: Git, base: str) -> Changes:
    fields = iter(
        git.run(
            "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=dirty", base
        ).split(b"\0")
    )
    entries = []
    is_merging = False
    for head, path in zip(fields, fields, strict=False):
        _, mode, old, new, status = head.split(b" ")
        is_merging = is_merging or status[:1] == _UNMERGED
        if status[:1] not in {_DELETED, _UNMERGED} and mode.startswith(_FILES):
            entries.append(Entry(path, new, None if status[:1] == _ADDED else old))
    if is_merging:
        entries += list_entries(git, "--unmerged")
    return Changes(base, entries)


def list_entries(git: Git, which: str = "--stage", paths: Iterable[bytes] = (b":/",)) -> list[Entry]:
    """Return files of the index, or those `--unmerged`. Raises GitError."""
    found = []
    for line in git.run("ls-files", which, "-z", "--full-name", "--", *paths).split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        mode, oid, _ = head.split(b" ")
        if mode.startswith(_FILES):
            found.append(Entry(path, oid))
    return found


def list_tree(git: Git, revision: str) -> dict[bytes, bytes]:
    """Return all blobs of a revision by path: no name is put into argv."""
    blobs = {}
    for line in git.run("ls-tree", "-r", "-z", "--full-tree", revision).split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        _, kind, oid = head.split(b" ")
        if kind == b"blob":
            blobs[path] = oid
    return blobs


def list_copies(git: Git, base: str) -> Iterator[tuple[bytes, bytes]]:
    """Return renamed or copied files with HEAD's blobs. Raises GitError."""
    words = git.run(
        "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "-C", "--find-copies-harder", _MOST_COMPARED, base
    ).split(b"\0")
    position = 0
    while position + 1 < len(words):
        fields = words[position].split(b" ")
        if fields[-1][:1] in {b"R", b"C"}:
            yield words[position + 2], fields[2]
            position += 1
        position += 2
