"""One walk by git over a part of the history: which objects it needs, which of them are missing, who introduced what.

`git rev-list` writes into a temporary file, while other threads read objects; the file is looked at afterwards, for
the few objects in which something was found. Old commits come first, by date and never before their parents, so that an
object stands after the commit that introduced it.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NamedTuple, Self

from openrouter_preflight.git.listing import in_chunks
from openrouter_preflight.git.process import explain

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Iterator

    from openrouter_preflight.git.process import Git

_COMMITS = ("--date-order", "--reverse", "--format=%P %aI")
_OBJECTS = ("--objects", "--in-commit-order", "--missing=print")
_MISSING = re.compile(rb"\n\?(\w+)(?=\n)")
_BLOCK = 1024 * 1024
_COMMIT = b"commit "


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object first stands in the history."""

    commit: str
    path: bytes
    """From the top; empty for a commit and for the top's own tree."""
    order: int
    """Smaller for what came earlier."""


class Commit(NamedTuple):
    """A commit of the walk."""

    oid: str
    parents: tuple[str, ...]
    author_date: str


class Walk:
    """A running or finished `git rev-list`; close it, or use it as a context manager."""

    def __init__(self, git: Git, *revisions: str) -> None:
        """Start walking from `revisions`, arguments of `git rev-list`."""
        self._folder = git.folder
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        try:
            self._process: subprocess.Popen[bytes] = git.start(
                "rev-list",
                *_COMMITS,
                *_OBJECTS,
                *revisions,
                stdout=self._output,
                stderr=self._complaints,
            )
        except BaseException:
            self._output.close()
            self._complaints.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._output.close()
        self._complaints.close()

    def finish(self) -> None:
        """Wait for the end. Raises GitError, in words, where git could not walk all of it."""
        if self._process.wait() != 0:
            self._complaints.seek(0)
            raise explain(self._complaints.read(4096), "rev-list", self._folder)

    def oids(self) -> Iterator[bytes]:
        """The ids of all that was walked, in chunks of lines."""
        return in_chunks(self._each_oid())

    def _each_oid(self) -> Iterator[bytes]:
        for line in self._lines():
            if line.startswith(_COMMIT):
                yield line[len(_COMMIT) : -1]
                next(self._output)
            elif not line.startswith(b"?"):
                yield line[:-1].split(b" ", 1)[0]

    def missing(self) -> list[str]:
        """The ids of objects that the history needs and the repository has not."""
        self._output.seek(0)
        found: list[str] = []
        rest = b"\n"
        while block := self._output.read(_BLOCK):
            lines = rest + block
            cut = lines.rfind(b"\n")
            found += (oid.decode() for oid in _MISSING.findall(lines, 0, cut + 1))
            rest = lines[cut:]
        return found

    def commits(self) -> Iterator[Commit]:
        """Every commit, parents before their children."""
        for line in self._lines():
            if line.startswith(_COMMIT):
                *parents, date = next(self._output).decode("ascii", "replace").split(" ")
                yield Commit(line[len(_COMMIT) : -1].decode(), tuple(filter(None, parents)), date.strip())

    def origins(self, oids: Iterable[str]) -> dict[str, Origin]:
        """Where the objects `oids` first stand, earliest first; those that no commit holds are left out."""
        wanted = {oid.encode() for oid in oids}
        found: dict[str, Origin] = {}
        current = b""
        for order, line in enumerate(self._lines()):
            if line.startswith(_COMMIT):
                current = line[len(_COMMIT) : -1]
                oid, path = current, b""
                next(self._output)
            else:
                oid, _, path = line[:-1].partition(b" ")
            if oid in wanted:
                found.setdefault(oid.decode(), Origin(current.decode(), path, order))
        return found

    def _lines(self) -> IO[bytes]:
        """The output from its beginning: a commit's line, that of its parents and date, those of its objects."""
        self._output.seek(0)
        return self._output
