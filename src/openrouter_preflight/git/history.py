"""One walk over the history: needed and missing objects, and their origins.

`git rev-list` writes into a temporary file; it is looked at afterwards, for the few objects in which something was
found. Old commits come first, by date and never before their parents, so that an object comes after the commit that
introduced it.
"""

from __future__ import annotations

from openrouter_preflight.git.listing import in_chunks
from openrouter_preflight.git.temporary import temporary_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO, Self

    from openrouter_preflight.git.process import Git
    from openrouter_preflight.git.spawn import Process

_COMMITS = ("--date-order", "--reverse", "--format=%P %aI")
_OBJECTS = ("--objects", "--in-commit-order", "--missing=print")
_BLOCK = 1024 * 1024
_COMMIT = b"commit "


class Origin:
    """The commit and path at which an object first occurs in the history."""

    __slots__ = ("commit", "order", "path")

    def __init__(self, commit: str, path: bytes, order: int) -> None:
        """Take the path from the top and the place in the walk."""
        self.commit = commit
        self.path = path
        self.order = order


class Commit:
    """A commit of the walk."""

    __slots__ = ("author_date", "oid", "parents")

    def __init__(self, oid: str, parents: tuple[str, ...], author_date: str) -> None:
        self.oid = oid
        self.parents = parents
        self.author_date = author_date


class Walk:
    """A running or finished `git rev-list`; use it as a context manager."""

    def __init__(self, git: Git, *revisions: str) -> None:
        """Start walking from `revisions`, arguments of `git rev-list`. Raises GitError."""
        self._git = git
        self._output: IO[bytes] = temporary_file()
        try:
            self._process: Process = git.start(
                "rev-list", *_COMMITS, *_OBJECTS, *revisions, stdout=self._output.fileno()
            )
        except BaseException:
            self._output.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.__exit__()
        self._output.close()

    def finish(self) -> None:
        """Wait for the end. Raises GitError, in words, where git could not walk all of it."""
        if self._process.wait() != 0:
            raise self._git.explain(self._process.complaint, "rev-list")

    def oids(self) -> Iterator[bytes]:
        """The ids of all that was walked, in chunks of lines."""
        return in_chunks(self._each_oid())

    def _each_oid(self) -> Iterator[bytes]:
        for line in self._lines():
            if line.startswith(_COMMIT):
                yield line[len(_COMMIT) : -1]
                next(self._output, b"")
            elif not line.startswith(b"?"):
                yield line[:-1].split(b" ", 1)[0]

    def count(self, most: int) -> int:
        """The number of objects walked, or `most` where there are more."""
        return min(
            most, sum(not line.startswith(b"?") for line, _ in zip(self._lines(), range(2 * most), strict=False))
        )

    def missing(self) -> list[str]:
        """The ids of objects that the history needs and the repository has not."""
        self._output.seek(0)
        found: list[str] = []
        rest = b"\n"
        while block := self._output.read(_BLOCK):
            lines = rest + block
            cut = lines.rfind(b"\n")
            if b"\n?" in lines:
                missing = (line for line in lines[:cut].split(b"\n") if line.startswith(b"?"))
                found += (line[1:].split(b" ", 1)[0].decode("ascii", "replace") for line in missing)
            rest = lines[cut:]
        return found

    def commits(self) -> Iterator[Commit]:
        """Yield commits, parents first; git may break off after the last one's id."""
        for line in self._lines():
            if line.startswith(_COMMIT):
                *parents, date = next(self._output, b"").decode("ascii", "replace").split(" ")
                yield Commit(line[len(_COMMIT) :].strip().decode(), tuple(filter(None, parents)), date.strip())

    def origins(self, oids: Iterable[str]) -> dict[str, Origin]:
        """Return the origins of the objects `oids`, earliest first."""
        wanted = {oid.encode() for oid in oids}
        found: dict[str, Origin] = {}
        current = b""
        for order, line in enumerate(self._lines()):
            if line.startswith(_COMMIT):
                current = line[len(_COMMIT) :].strip()
                oid, path = current, b""
                next(self._output, b"")
            else:
                oid, _, path = line[:-1].partition(b" ")
            if oid in wanted:
                found.setdefault(oid.decode(), Origin(current.decode(), path, order))
        return found

    def _lines(self) -> IO[bytes]:
        """Yield the output's lines: commits, their parents and dates, their objects."""
        self._output.seek(0)
        return self._output
