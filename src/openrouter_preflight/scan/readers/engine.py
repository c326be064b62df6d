"""Reading of many objects by one `git cat-file` for each processor.

Threads are enough: the search of `byte_search` and the reading of pipes both run without the GIL. A reader or a git
that fails leaves an Incomplete behind, never a clean answer.
"""

from __future__ import annotations

from collections import deque
from itertools import chain

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS
from openrouter_preflight.detect.prefilter import NEEDLES
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.readers.objects import BUFFER, STEP, MisfitError, ObjectReader, TruncatedError
from openrouter_preflight.scan.readers.results import ReadResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.git.process import Git

MANY = 64
"""Files or objects from which a second process saves more time than it takes to start."""

_MOST_DEATHS = 100

_SMALL_BUFFER = 1024 * 1024
"""Bytes for a short list: clearing more of it would be felt."""

_CACHE = "core.deltaBaseCacheLimit=256m"
"""Neighbours in a pack are made from each other: with 96 MiB, git's default, it makes many of them twice."""


def read_objects(
    git: Git,
    chunks: Iterable[bytes],
    *,
    limits: Limits = DEFAULT_LIMITS,
    largest: int | None = None,
    workers: int | None = None,
    watch: Callable[[int], None] | None = None,
    needles: Sequence[bytes] = NEEDLES,
    buffer: int | None = None,
    step: int = STEP,
) -> ReadResult:
    """Read and examine the objects named in `chunks`, each some lines of object ids.

    `watch` is told now and then how many objects have been read. `needles` are those of which contents may hold some.
    Without `workers` there is one for each processor; a single one takes no thread.
    """
    if workers is None:
        from openrouter_preflight.git.processors import processors

        workers = processors()
    source = iter(chunks)
    if workers > 1:
        from openrouter_preflight.scan.readers.thread_safe_iterator import ThreadSafeIterator

        source = ThreadSafeIterator(source)
    if buffer is None:
        buffer = _SMALL_BUFFER if workers == 1 else BUFFER
    team = [_Worker(git, source, limits, largest, needles, buffer=buffer, step=step) for _ in range(workers)]
    if workers == 1:
        team[0].run()
    else:
        _run_side_by_side(team, watch)
    whole = ReadResult()
    for worker in team:
        whole.add(worker.result)
    for oid, kind in whole.stats.large:
        from openrouter_preflight.scan.readers.second_look import examine_large

        examine_large(git, oid, kind, limits, whole)
    return whole


def _run_side_by_side(team: Sequence[_Worker], watch: Callable[[int], None] | None) -> None:
    from threading import Thread

    threads = [Thread(target=worker.run, daemon=True) for worker in team]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)
            if watch is not None:
                watch(sum(each.result.stats.objects for each in team))


class _Worker:
    """One git and its reader."""

    def __init__(
        self,
        git: Git,
        source: Iterator[bytes],
        limits: Limits,
        largest: int | None,
        needles: Sequence[bytes],
        *,
        buffer: int,
        step: int,
    ) -> None:
        self.result = ReadResult()
        self._git = git
        self._source = source
        self._limits = limits
        self._largest = largest
        self._needles = needles
        self._buffer = buffer
        self._step = step

    def run(self) -> None:
        """Read the list to its end, starting git again after a stop."""
        source = self._source
        for _ in range(_MOST_DEATHS):
            awaited: deque[bytes] = deque()
            try:
                reason = self._read(source, awaited)
            except Exception as error:  # noqa: BLE001 - whatever stops a reader, what it did not see is not clean
                self.result.incomplete.append(Incomplete.from_error(error))
                return
            if reason is None:
                return
            self.result.incomplete.append(reason)
            source = chain([b"".join(oid + b"\n" for oid in awaited)] if awaited else [], self._source)
        from openrouter_preflight.git.errors import DAMAGED

        self.result.incomplete.append(Incomplete(f"git died {_MOST_DEATHS} times; the rest was not read", DAMAGED))

    def _read(self, source: Iterator[bytes], awaited: deque[bytes]) -> Incomplete | None:
        """Feed one git and read its output; return the reason for a stop."""
        with self._git.start(
            "cat-file", "--batch", "--buffer", feed=self._feed(source, awaited), settings=(_CACHE,)
        ) as process:
            fault: TruncatedError | MisfitError | None = None
            try:
                ObjectReader(
                    process,
                    awaited,
                    self.result.stats,
                    limits=self._limits,
                    largest=self._largest,
                    needles=self._needles,
                    buffer=self._buffer,
                    step=self._step,
                ).read_all()
            except (TruncatedError, MisfitError) as error:
                fault = error
            code = process.wait()
        if fault is None and code == 0:
            return None
        return _stopped_by(fault, code, awaited, process.complaint)

    def _feed(self, source: Iterator[bytes], awaited: deque[bytes]) -> Iterator[bytes]:
        """The chunks of `source`, noting what is asked for."""
        try:
            for chunk in source:
                awaited.extend(chunk.split())
                yield chunk
        except Exception as error:  # noqa: BLE001 - a list that breaks off leaves objects unread
            self.result.incomplete.append(Incomplete.from_error(error))


def _stopped_by(
    fault: TruncatedError | MisfitError | None, code: int, awaited: deque[bytes], complaint: bytes
) -> Incomplete:
    """Return the reason for a stop, and take off the unreadable object."""
    from openrouter_preflight.git.errors import DAMAGED, in_one_line
    from openrouter_preflight.scan.readers.second_look import FINE

    if isinstance(fault, MisfitError) and code in FINE:
        return Incomplete(f"object {fault} is not of the size that it says", DAMAGED)
    reason = in_one_line(complaint[:4096]) or "it broke off"
    culprit = awaited.popleft() if awaited else b"?"
    return Incomplete(f"git could not read object {culprit.decode()}: {reason}", DAMAGED)
