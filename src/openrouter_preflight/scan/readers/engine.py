"""Reading many objects at once: one `git cat-file` for each processor, fed from one list.

Threads are enough: the search of `bytesearch` and the reading of pipes both run without the GIL. A reader or a git
that fails leaves a trouble behind, never a clean answer.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, cast

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS, Limits
from openrouter_preflight.detect.prefilter import NEEDLES
from openrouter_preflight.git.pipeline import widen
from openrouter_preflight.git.process import GitError, in_one_line
from openrouter_preflight.scan.incomplete import DAMAGED, Incomplete
from openrouter_preflight.scan.readers.object_fields import FieldKind
from openrouter_preflight.scan.readers.objects import (
    MisfitError,
    ObjectMatch,
    ObjectReader,
    ReadStats,
    TruncatedError,
    matches_in_fields,
)
from openrouter_preflight.scan.readers.thread_safe_iterator import ThreadSafeIterator

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openrouter_preflight.detect.matches import MatchResult
    from openrouter_preflight.git.process import Git

_MOST_DEATHS = 100

_BLOCK = 1024 * 1024
_LARGEST_WHOLE = 256 * 1024 * 1024
"""Bytes of a tree, commit or tag that are held at once."""

_FINE = (0, -13)
"""How `git cat-file` may end: read to its end, or let go by us before it (SIGPIPE)."""

_CACHE = "core.deltaBaseCacheLimit=256m"
"""Neighbours in a pack are made from each other: with 96 MiB, git's default, it makes many of them twice."""


@dataclass(slots=True)
class ReadResult:
    """What reading a list of objects gave."""

    stats: ReadStats = field(default_factory=ReadStats)
    incomplete: list[Incomplete] = field(default_factory=list)

    def add(self, other: ReadResult) -> None:
        """Take in what reading another list gave."""
        self.stats.add(other.stats)
        self.incomplete += other.incomplete


def read_objects(
    git: Git,
    chunks: Iterable[bytes],
    *,
    limits: Limits = DEFAULT_LIMITS,
    largest: int | None = None,
    workers: int | None = None,
    watch: Callable[[int], None] | None = None,
    needles: Sequence[bytes] = NEEDLES,
) -> ReadResult:
    """Read and examine the objects named in `chunks`, each some lines of object ids.

    `watch` is told now and then how many objects have been read. `needles` are those of which contents may hold some.
    """
    source = ThreadSafeIterator(iter(chunks))
    team = [_Worker(git, source, limits, largest, needles) for _ in range(workers or os.cpu_count() or 1)]
    for worker in team:
        worker.start()
    reading = ReadResult()
    for worker in team:
        while worker.is_alive():
            worker.join(0.5)
            if watch is not None:
                watch(sum(each.stats.objects for each in team))
        reading.stats.add(worker.stats)
        reading.incomplete += worker.incomplete
    for oid, kind in reading.stats.large:
        _examine_large(git, oid, kind, limits, reading)
    return reading


class _Worker(threading.Thread):
    """One git and its reader, with a second thread that feeds it."""

    def __init__(
        self, git: Git, source: Iterator[bytes], limits: Limits, largest: int | None, needles: Sequence[bytes]
    ) -> None:
        super().__init__(daemon=True)
        self.stats = ReadStats()
        self.incomplete: list[Incomplete] = []
        self._git = git
        self._source = source
        self._limits = limits
        self._largest = largest
        self._needles = needles

    def run(self) -> None:
        """Read until the list is at its end, starting git again where an object stopped it."""
        source = self._source
        for _ in range(_MOST_DEATHS):
            awaited: deque[bytes] = deque()
            try:
                reason_incomplete = self._read(source, awaited)
            except BaseException as error:  # noqa: BLE001 - whatever stops a reader, what it did not see is not clean
                self.incomplete.append(Incomplete.from_error(error))
                return
            if reason_incomplete is None:
                return
            self.incomplete.append(reason_incomplete)
            source = chain([b"".join(oid + b"\n" for oid in awaited)] if awaited else [], self._source)
        self.incomplete.append(Incomplete(f"git died {_MOST_DEATHS} times; the rest was not read", DAMAGED))

    def _read(self, source: Iterator[bytes], awaited: deque[bytes]) -> Incomplete | None:
        """Feed one git and read what it says. What stopped it, else None; what it did not answer stays in `awaited`."""
        with tempfile.TemporaryFile() as complaints:
            process = self._git.start(
                "cat-file", "--batch", "--buffer", stdin=subprocess.PIPE, stderr=complaints, settings=(_CACHE,)
            )
            output, entrance = cast("io.FileIO", process.stdout), cast("io.FileIO", process.stdin)
            widen(output.fileno())
            feeder = threading.Thread(target=self._feed, args=(entrance, source, awaited), daemon=True)
            feeder.start()
            fault: TruncatedError | MisfitError | None = None
            try:
                reader = ObjectReader(
                    output, awaited, self.stats, limits=self._limits, largest=self._largest, needles=self._needles
                )
                reader.read_all()
            except (TruncatedError, MisfitError) as error:
                fault = error
            finally:
                output.close()
                process.wait()
                feeder.join()
            if fault is None and process.returncode == 0:
                return None
            if isinstance(fault, MisfitError) and process.returncode in _FINE:
                return Incomplete(f"object {fault} is not of the size that it says", DAMAGED)
            complaints.seek(0)
            reason = in_one_line(complaints.read(4096)) or "it broke off"
            culprit = awaited.popleft() if awaited else b"?"
            return Incomplete(f"git could not read object {culprit.decode()}: {reason}", DAMAGED)

    def _feed(self, entrance: io.FileIO, source: Iterator[bytes], awaited: deque[bytes]) -> None:
        try:
            with entrance:
                for chunk in source:
                    awaited.extend(chunk.split())
                    entrance.write(chunk)
        except BrokenPipeError:
            return
        except BaseException as error:  # noqa: BLE001 - a list that breaks off leaves objects unread
            self.incomplete.append(Incomplete.from_error(error))


def examine_blob(git: Git, oid: str, limits: Limits = DEFAULT_LIMITS) -> MatchResult:
    """Look at a blob that memory should not hold, through a stream of its own. Raises GitError."""
    from openrouter_preflight.detect.detector import examine_stream

    with _content(git, "blob", oid) as output:
        return examine_stream(lambda size: output.read(size) or b"", limits)


def _examine_large(git: Git, oid: str, kind: str, limits: Limits, reading: ReadResult) -> None:
    """Look again at an object that the buffer could not hold."""
    try:
        if kind == "blob":
            reading.stats.note([ObjectMatch(oid, kind, FieldKind.CONTENT, examine_blob(git, oid, limits))])
        else:
            reading.stats.note(matches_in_fields(oid, kind, _whole(git, kind, oid), limits))
    except GitError as error:
        reading.incomplete.append(Incomplete.from_error(error))


def _whole(git: Git, kind: str, oid: str) -> bytes:
    """The content of a tree, commit or tag. Raises GitError where it is larger than any that people make."""
    with _content(git, kind, oid) as output:
        data = bytearray()
        while len(data) <= _LARGEST_WHOLE and (block := output.read(_BLOCK)):
            data += block
    if len(data) > _LARGEST_WHOLE:
        raise GitError(f"{kind} {oid} is larger than {_LARGEST_WHOLE >> 20} MiB", "Look at it with git cat-file.")
    return bytes(data)


@contextmanager
def _content(git: Git, kind: str, oid: str) -> Iterator[io.FileIO]:
    """The content of an object as it is made. Raises GitError where git fails before it is let go."""
    process = git.start("cat-file", kind, oid, stderr=subprocess.DEVNULL)
    output = cast("io.FileIO", process.stdout)
    with output:
        yield output
    if process.wait() not in _FINE:
        raise GitError(f"git could not read object {oid}", DAMAGED)
