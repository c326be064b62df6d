"""Reading of one `git cat-file --batch`, searched as it arrives.

Headers are hopped over and whole buffers are searched at once; only objects in which something was found are looked
at twice. It knows neither where the list of objects comes from nor what a match means. Every commit waits for this
import.
"""

from __future__ import annotations

import sys
from bisect import bisect_right

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS
from openrouter_preflight.detect.glance import first_suspect, suspects
from openrouter_preflight.detect.prefilter import (
    CARRIERS,
    HEAD_LENGTH,
    LONGEST_LEAD,
    NAME_NEEDLES,
    NEEDLES,
    OVERLAP,
    is_archive,
)
from openrouter_preflight.scan.readers.lfs_pointers import pointer_offsets
from openrouter_preflight.scan.readers.results import ObjectMatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.git.spawn import Process
    from openrouter_preflight.scan.readers.results import ReadStats

    _T = TypeVar("_T")

BUFFER = 8 * 1024 * 1024
"""Bytes of the buffer: an object that fits is examined where it lies, a larger one is streamed."""

STEP = 1024 * 1024
"""Bytes gathered before a search: few searches, and the bytes are still in the processor's cache."""

_LONGEST_HEADER = 256


class TruncatedError(Exception):
    """The output ended in the middle of an object: git died."""


class MisfitError(Exception):
    """After the object whose id this names comes another than was asked for, or none.

    If git did not die, the object is not of the size that it says. Git writes none such, but prints one that was put
    into the repository by hand, to hide what comes after it.
    """


class _Run:
    """Neighbouring objects that are searched at once: all trees, or none."""

    __slots__ = ("archives", "end", "headers", "start", "trees")

    def __init__(self, start: int, *, trees: bool) -> None:
        self.start = start
        self.trees = trees
        self.headers: list[int] = []
        """Offsets of the objects' headers."""
        self.archives: list[int] = []
        """Those of objects that must be unpacked, whatever a search says."""
        self.end = 0


class ObjectReader:
    """Reads the output of `git cat-file --batch` to its end, adding to a ReadStats."""

    def __init__(
        self,
        output: Process,
        awaited: deque[bytes],
        stats: ReadStats,
        *,
        limits: Limits = DEFAULT_LIMITS,
        largest: int | None = None,
        needles: Sequence[bytes] = NEEDLES,
        buffer: int = BUFFER,
        step: int = STEP,
    ) -> None:
        """Read from `output` through one buffer; `largest` bounds objects.

        `awaited` are the ids that git was asked for, in their order; those that were answered are taken off.
        `needles` are those of which contents may hold some (`candidate_offsets`). A search takes `step` bytes.
        """
        self._output = output
        self._step = step
        self._awaited = awaited
        self._latest = ""
        self._fits = True
        self._stats = stats
        self._limits = limits
        self._largest = sys.maxsize if largest is None else largest
        self._needles = needles
        self._buffer = bytearray(buffer)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0

    def read_all(self) -> None:
        """Read to the end. Raises TruncatedError where it comes too early, or MisfitError."""
        while self._fill():
            runs = list(self._hop())
            for run in runs:
                self._search(run)
            if not self._fits:
                raise MisfitError(self._latest)
            self._stream_what_never_fits()
        if self._start != self._end:
            raise TruncatedError
        if self._awaited:
            raise MisfitError(self._latest)

    def _fill(self) -> bool:
        """Gather more bytes behind those not yet consumed. False at the end of the output."""
        kept = self._end - self._start
        self._view[:kept] = self._view[self._start : self._end]
        self._start, self._end = 0, kept
        return self._gather(min(len(self._buffer), kept + self._step)) > kept

    def _gather(self, target: int) -> int:
        """Read up to `target` or the end; return how far the buffer is filled."""
        while self._end < target:
            got = self._output.readinto(self._view[self._end : target])
            if not got:
                break
            self._end += got
        return self._end

    def _hop(self) -> Iterator[_Run]:
        """Yield whole objects of the buffer in runs."""
        buffer, end, position = self._buffer, self._end, 0
        run = _Run(0, trees=False)
        while (line_end := buffer.find(b"\n", position, position + _LONGEST_HEADER)) >= 0 and line_end < end:
            oid, _, rest = buffer[position:line_end].partition(b" ")
            kind, _, size = rest.partition(b" ")
            if not self._is_next(oid, size):
                self._fits = False
                break
            if not size:
                self._stats.missing.append(self._answered())
                position = line_end + 1
                continue
            stop = line_end + 1 + int(size)
            if stop >= end:
                break
            if run.trees is not (kind == b"tree"):
                run.end = position
                yield run
                run = _Run(position, trees=not run.trees)
            run.headers.append(position)
            self._count(kind, stop - line_end - 1)
            if not run.trees and is_archive(buffer, line_end + 1, stop):
                run.archives.append(position)
            position = stop + 1
        run.end = self._start = position
        yield run

    def _is_next(self, oid: bytearray, size: bytearray) -> bool:
        """Return True where this begins the next answer."""
        return bool(self._awaited) and self._awaited[0] == oid and (not size or size.isdigit())

    def _answered(self) -> str:
        """Take the object that was asked for next off those that are awaited. Its id."""
        self._latest = self._awaited.popleft().decode("ascii")
        return self._latest

    def _count(self, kind: bytes | bytearray, size: int) -> None:
        stats, oid = self._stats, self._answered()
        stats.objects += 1
        stats.bytes += size
        if kind == b"commit":
            stats.commits += 1
        if size > self._largest:
            stats.oversized.append(oid)

    def _search(self, run: _Run) -> None:
        """Examine the objects of `run` that may hold a key."""
        if not run.headers:
            return
        found: dict[int, list[int]] = {position: [] for position in run.archives}
        needles = NAME_NEEDLES if run.trees else self._needles
        for offset in self._closed_at(run.end, lambda: suspects(self._buffer, run.start, run.end, needles=needles)):
            position = run.headers[bisect_right(run.headers, offset) - 1]
            found.setdefault(position, []).append(offset)
        for position in sorted(found):
            self._examine(position, found[position])
        if not run.trees:
            self._note_pointers(run)

    def _note_pointers(self, run: _Run) -> None:
        """Note the blobs of `run` that stand for contents of Git LFS."""
        for offset, digest in self._closed_at(run.end, lambda: list(pointer_offsets(self._buffer, run.start, run.end))):
            oid, kind, start, _ = self._header(run.headers[bisect_right(run.headers, offset) - 1])
            if kind == "blob" and start == offset:
                self._stats.pointers[digest] = oid

    def _closed_at(self, end: int, search: Callable[[], list[_T]]) -> list[_T]:
        """Return a search's result up to `end`, with a zero there meanwhile."""
        behind = self._buffer[end : end + 1]
        self._buffer[end : end + 1] = bytes(len(behind))
        offsets = search()
        self._buffer[end : end + 1] = behind
        return offsets

    def _examine(self, position: int, candidates: list[int]) -> None:
        """Examine the object at `position` around its `candidates`."""
        oid, kind, start, size = self._header(position)
        if size > self._largest:
            return
        data = bytes(self._view[start : start + size])
        if kind == "blob":
            from openrouter_preflight.detect.incremental import examine_near  # these imports are felt
            from openrouter_preflight.scan.readers.object_fields import FieldKind

            near = [max(0, candidate - start) for candidate in candidates]
            self._stats.note([ObjectMatch(oid, kind, FieldKind.CONTENT, examine_near(data, near, self._limits))])
        else:
            from openrouter_preflight.scan.readers.second_look import matches_in_fields

            self._stats.note(matches_in_fields(oid, kind, data, self._limits))

    def _header(self, position: int) -> tuple[str, str, int, int]:
        """Return name, type, start and size of the object at `position`."""
        line_end = self._buffer.index(b"\n", position)
        oid, kind, size = self._buffer[position:line_end].decode("ascii").split()
        return oid, kind, line_end + 1, int(size)

    def _stream_what_never_fits(self) -> None:
        """Search an object larger than the buffer in windows."""
        if self._end == self._start or self._buffer.find(b"\n", self._start, self._end) < 0:
            return
        oid, kind, start, size = self._header(self._start)
        room = len(self._buffer)
        if start + size + 1 - self._start <= room:
            return
        is_carrier = self._buffer.startswith(CARRIERS, start, self._end)
        if self._end < start + (LONGEST_LEAD if is_carrier else HEAD_LENGTH):
            return
        suspect = is_archive(self._buffer, start, self._end)
        remaining = start + size - self._end
        window = start
        while True:
            suspect = suspect or first_suspect(self._buffer, window, self._end, needles=self._needles)
            if not remaining:
                break
            self._view[:OVERLAP] = self._view[self._end - OVERLAP : self._end]
            window, self._end = 0, OVERLAP
            before = self._end
            remaining -= self._gather(min(room, OVERLAP + min(remaining, self._step))) - before
            if self._end == before:
                raise TruncatedError
        self._start = self._end = 0
        self._gather(1)
        self._start = self._end
        self._count(kind.encode(), size)
        if suspect and size <= self._largest:
            self._stats.large.append((oid, kind))
