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

from openrouter_preflight.leaks.detection.budget import DEFAULT_LIMITS, Limits
from openrouter_preflight.leaks.detection.prefilter import NEEDLES
from openrouter_preflight.leaks.git import GitError, in_one_line
from openrouter_preflight.leaks.objects import (
    MisfitError,
    ObjectHit,
    ObjectReader,
    Tally,
    TruncatedError,
    hits_in_pieces,
)
from openrouter_preflight.leaks.pieces import Part
from openrouter_preflight.leaks.pipeline import widen
from openrouter_preflight.leaks.sharing import Shared
from openrouter_preflight.leaks.troubles import DAMAGED, Trouble

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openrouter_preflight.leaks.detection.sightings import Examination
    from openrouter_preflight.leaks.git import Git

_MOST_DEATHS = 100

_BLOCK = 1024 * 1024
_LARGEST_WHOLE = 256 * 1024 * 1024
"""Bytes of a tree, commit or tag that are held at once."""

_FINE = (0, -13)
"""How `git cat-file` may end: read to its end, or let go by us before it (SIGPIPE)."""

_CACHE = "core.deltaBaseCacheLimit=256m"
"""Neighbours in a pack are made from each other: with 96 MiB, git's default, it makes many of them twice."""


@dataclass(slots=True)
class Reading:
    """What reading a list of objects gave."""

    tally: Tally = field(default_factory=Tally)
    troubles: list[Trouble] = field(default_factory=list)

    def add(self, other: Reading) -> None:
        """Take in what reading another list gave."""
        self.tally.add(other.tally)
        self.troubles += other.troubles


def read_objects(
    git: Git,
    chunks: Iterable[bytes],
    *,
    limits: Limits = DEFAULT_LIMITS,
    largest: int | None = None,
    workers: int | None = None,
    watch: Callable[[int], None] | None = None,
    needles: Sequence[bytes] = NEEDLES,
) -> Reading:
    """Read and examine the objects named in `chunks`, each some lines of object ids.

    `watch` is told now and then how many objects have been read. `needles` are those of which contents may hold some.
    """
    source = Shared(iter(chunks))
    team = [_Worker(git, source, limits, largest, needles) for _ in range(workers or os.cpu_count() or 1)]
    for worker in team:
        worker.start()
    reading = Reading()
    for worker in team:
        while worker.is_alive():
            worker.join(0.5)
            if watch is not None:
                watch(sum(each.tally.objects for each in team))
        reading.tally.add(worker.tally)
        reading.troubles += worker.troubles
    for oid, kind in reading.tally.large:
        _examine_large(git, oid, kind, limits, reading)
    return reading


class _Worker(threading.Thread):
    """One git and its reader, with a second thread that feeds it."""

    def __init__(
        self, git: Git, source: Iterator[bytes], limits: Limits, largest: int | None, needles: Sequence[bytes]
    ) -> None:
        super().__init__(daemon=True)
        self.tally = Tally()
        self.troubles: list[Trouble] = []
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
                trouble = self._read(source, awaited)
            except BaseException as error:  # noqa: BLE001 - whatever stops a reader, what it did not see is not clean
                self.troubles.append(Trouble.from_error(error))
                return
            if trouble is None:
                return
            self.troubles.append(trouble)
            source = chain([b"".join(oid + b"\n" for oid in awaited)] if awaited else [], self._source)
        self.troubles.append(Trouble(f"git died {_MOST_DEATHS} times; the rest was not read", DAMAGED))

    def _read(self, source: Iterator[bytes], awaited: deque[bytes]) -> Trouble | None:
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
                    output, awaited, self.tally, limits=self._limits, largest=self._largest, needles=self._needles
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
                return Trouble(f"object {fault} is not of the size that it says", DAMAGED)
            complaints.seek(0)
            reason = in_one_line(complaints.read(4096)) or "it broke off"
            culprit = awaited.popleft() if awaited else b"?"
            return Trouble(f"git could not read object {culprit.decode()}: {reason}", DAMAGED)

    def _feed(self, entrance: io.FileIO, source: Iterator[bytes], awaited: deque[bytes]) -> None:
        try:
            with entrance:
                for chunk in source:
                    awaited.extend(chunk.split())
                    entrance.write(chunk)
        except BrokenPipeError:
            return
        except BaseException as error:  # noqa: BLE001 - a list that breaks off leaves objects unread
            self.troubles.append(Trouble.from_error(error))


def examine_blob(git: Git, oid: str, limits: Limits = DEFAULT_LIMITS) -> Examination:
    """Look at a blob that memory should not hold, through a stream of its own. Raises GitError."""
    from openrouter_preflight.leaks.detection.detector import examine_stream

    with _content(git, "blob", oid) as output:
        return examine_stream(lambda size: output.read(size) or b"", limits)


def _examine_large(git: Git, oid: str, kind: str, limits: Limits, reading: Reading) -> None:
    """Look again at an object that the buffer could not hold."""
    try:
        if kind == "blob":
            reading.tally.note([ObjectHit(oid, kind, Part.CONTENT, examine_blob(git, oid, limits))])
        else:
            reading.tally.note(hits_in_pieces(oid, kind, _whole(git, kind, oid), limits))
    except GitError as error:
        reading.troubles.append(Trouble.from_error(error))


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
