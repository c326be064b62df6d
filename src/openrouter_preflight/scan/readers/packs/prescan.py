"""Objects of packs that git must read; the others add nothing suspect.

The packs are looked through by processes, `worker`, a slice at a time. What they could not read is for git to read,
and where one of them dies everything is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from openrouter_preflight.git.environment import hardened_environment
from openrouter_preflight.git.listing import borrows, in_chunks, pack_files
from openrouter_preflight.git.processors import processors
from openrouter_preflight.scan.readers.packs.pack_index import PackIndex, UnreadableError
from openrouter_preflight.scan.readers.packs.worker import COMMIT, MAYBE_ENCODED, NO_BASE, SUSPECT, Slice, question
from openrouter_preflight.scan.readers.thread_safe_iterator import ThreadSafeIterator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openrouter_preflight.git.process import Git

_WORTH_IT = 4096
"""Objects below which git has read them all before our processes have started."""

_MOST_OBJECTS = 5_000_000
"""Objects whose rows memory can afford: 17 bytes for each."""

_SLICE = 2048
"""Objects that a process is told at once."""

_MOST_PASSES = 50

_OID_LENGTHS = {"sha1": 20, "sha256": 32}
_MARKED = re.compile(rb"[\x80-\xff]")
"""The rows' kinds that have SUSPECT."""

_PACKAGE = Path(__file__).parents[4]
_PROGRAM = """import sys
sys.path.append(sys.argv[1])
from openrouter_preflight.scan.readers.packs.worker import main
main()"""


@dataclass(slots=True)
class Prescanned:
    """The extent of the prescan, without suspects."""

    objects: int = 0
    size: int = 0
    """Bytes of them, as git makes them."""
    commits: int = 0
    suspects: dict[bytes, int] = field(default_factory=dict)
    """The ids of the objects that git must read, as raw bytes in the order of the packs, and their marks."""
    packs: list[PackIndex] = field(default_factory=list)

    def holds(self, oid: bytes) -> bool:
        """Return True where a pack has the object `oid` (raw)."""
        return any(pack.find(oid) is not None for pack in self.packs)

    def suspect_chunks(self, *, anyhow: bool) -> Iterator[bytes]:
        """Yield suspects in chunks of ids: MAYBE_ENCODED ones, or the others."""
        marked = (oid for oid, marks in self.suspects.items() if (marks & MAYBE_ENCODED == MAYBE_ENCODED) is anyhow)
        return in_chunks(oid.hex().encode() for oid in marked)

    def count(self, size: int, kind: int, times: int) -> None:
        """Count an object, once or not at all, or take it back."""
        self.objects += times
        self.size += times * size
        self.commits += times * (kind & ~MAYBE_ENCODED == COMMIT)


class Prescan:
    """Processes that search all packs, a thread for each. A context manager."""

    def __init__(
        self,
        git: Git,
        *,
        largest: int | None = None,
        is_ours: Callable[[bytes], bool] | None = None,
    ) -> None:
        """Start looking, if that is worth it.

        Objects over `largest` bytes are suspects: the reading of them says what becomes of them. `is_ours` says whether
        an object, by its raw id, belongs to the part of the scan that was asked for; the others are left out.
        """
        self._largest = sys.maxsize if largest is None else largest
        self._is_ours = is_ours
        self._packs = _packs(git)
        self._whole = [Slice(pack.count) for pack in self._packs]
        self._waiting = ThreadSafeIterator(
            (number, low, min(low + _SLICE, pack.count))
            for number, pack in enumerate(self._packs)
            for low in range(0, pack.count, _SLICE)
        )
        self._done = 0
        self._lost = not self._packs
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []
        environ = hardened_environment(git.environ)
        for _ in range(processors() if self._packs else 0):
            self._start(environ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lost = True
        for process in self._processes:
            process.kill()
            process.wait()

    def finish(self, watch: Callable[[int], None]) -> Prescanned | None:
        """Return the result; None where git must read everything.

        `watch` is told now and then how many objects have been looked through.
        """
        for thread in self._threads:
            while thread.is_alive():
                thread.join(0.5)
                watch(self._done)
        whole, self._whole = self._whole, []
        if self._lost or not all(map(_pass_on, whole)):
            return None
        return _sum_up(self._packs, whole, self._largest, self._is_ours)

    def _start(self, environ: dict[str, str]) -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _PROGRAM, str(_PACKAGE)],
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._lost = True
            return
        self._processes.append(process)
        thread = threading.Thread(target=self._ask, args=(process,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _ask(self, process: subprocess.Popen[bytes]) -> None:
        questions, answers = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        try:
            with questions, answers:
                for number, low, high in self._waiting:
                    if self._lost:
                        return
                    questions.write(question(self._packs[number], low, high))
                    questions.flush()
                    self._whole[number].put(low, Slice.read(answers, high - low))
                    self._done += high - low
        except BaseException:  # noqa: BLE001 - whatever stops a thread, what was not answered is not clean
            self._lost = True


def _packs(git: Git) -> list[PackIndex]:
    """Return the packs, the largest first; empty where git should read all.

    That is where there is little to read or very much, where objects lie elsewhere too, where a pack is not as git
    writes them today, and where we cannot start Python.
    """
    elsewhere = borrows(git) or "GIT_OBJECT_DIRECTORY" in git.environ
    if elsewhere or not sys.executable or hasattr(sys, "frozen") or git.repository.hash not in _OID_LENGTHS:
        return []
    try:
        packs = [
            PackIndex(path, _OID_LENGTHS[git.repository.hash])
            for path in map(Path, map(os.path.abspath, pack_files(git, ".idx")))
        ]
    except UnreadableError:
        return []
    packs.sort(key=lambda pack: -pack.count)
    return packs if _WORTH_IT <= sum(pack.count for pack in packs) <= _MOST_OBJECTS else []


def _pass_on(rows: Slice) -> bool:
    """Give every delta its base's type and mark; False if that does not end.

    Git writes a base before its deltas, so that once is enough; others may not.
    """
    kinds = rows.kinds
    for _ in range(_MOST_PASSES):
        changed = False
        for place, base in enumerate(rows.bases):
            if base == NO_BASE:
                continue
            kind = kinds[place] | kinds[base]
            if kind != kinds[place]:
                kinds[place] = kind
                changed = changed or base > place
        if not changed:
            return True
    return False


def _sum_up(
    packs: list[PackIndex], whole: list[Slice], largest: int, is_ours: Callable[[bytes], bool] | None
) -> Prescanned:
    """Count every object once, in however many packs it is."""
    sifted = Prescanned(packs=packs)
    for number, (pack, rows) in enumerate(zip(packs, whole, strict=True)):
        if number == 0 and is_ours is None:
            _sum_up_alone(pack, rows, largest, sifted)
            continue
        for position, size, kind in zip(rows.positions, rows.sizes, rows.kinds, strict=True):
            oid = pack.oid(position)
            if is_ours and not is_ours(oid):
                continue
            known = any(each.find(oid) is not None for each in packs[:number])
            if not (kind & SUSPECT or size > largest):
                sifted.count(size, kind, 0 if known else 1)
                continue
            if oid not in sifted.suspects:
                sifted.count(size, kind, -1 if known else 0)
            sifted.suspects[oid] = sifted.suspects.get(oid, 0) | kind
    return sifted


def _sum_up_alone(pack: PackIndex, rows: Slice, largest: int, sifted: Prescanned) -> None:
    """Count the objects of a pack of which none was counted yet."""
    sifted.objects += pack.count
    sifted.size += sum(rows.sizes)
    sifted.commits += sum(rows.kinds.count(COMMIT | marks) for marks in (0, SUSPECT, MAYBE_ENCODED))
    if max(rows.sizes, default=0) > largest:
        for place, size in enumerate(rows.sizes):
            rows.kinds[place] |= SUSPECT if size > largest else 0
    for suspect in _MARKED.finditer(rows.kinds):
        place = suspect.start()
        sifted.suspects[pack.oid(rows.positions[place])] = rows.kinds[place]
        sifted.count(rows.sizes[place], rows.kinds[place], -1)
