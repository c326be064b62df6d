"""Which objects of a repository's packs git must read: the others add nothing in which a key could stand.

The packs are looked through by processes, `worker`, a slice at a time. What they could not read is for git to read,
and where one of them dies everything is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from openrouter_preflight.leaks.environment import hardened_environment
from openrouter_preflight.leaks.packs.index import PackIndex, UnreadableError
from openrouter_preflight.leaks.packs.worker import (
    COMMIT,
    HAS_MIDDLE,
    NEEDS_MIDDLE,
    NO_BASE,
    SUSPECT,
    Slice,
    question,
)
from openrouter_preflight.leaks.sharing import Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openrouter_preflight.leaks.git import Git

_WORTH_IT = 4096
"""Objects below which git has read them all before our processes have started."""

_SLICE = 2048
"""Objects that a process is told at once."""

_CHUNK = 1024
"""Suspects that go to the same git: neighbours are made from the same bases."""

_MOST_PASSES = 50

_OID_LENGTHS = {"sha1": 20, "sha256": 32}
_TYPE = 7
_PACKAGE = Path(__file__).parents[3]
_PROGRAM = """import sys
sys.path.append(sys.argv[1])
from openrouter_preflight.leaks.packs.worker import main
main()"""


@dataclass(slots=True)
class Sifted:
    """What was looked through, without the suspects."""

    objects: int = 0
    size: int = 0
    """Bytes of them, as git makes them."""
    commits: int = 0
    suspects: dict[bytes, None] = field(default_factory=dict)
    """The ids of the objects that git must read, as raw bytes, in the order of the packs."""
    packs: list[PackIndex] = field(default_factory=list)

    def holds(self, oid: bytes) -> bool:
        """Whether one of the packs has the object whose id is `oid`, as raw bytes."""
        return any(pack.find(oid) is not None for pack in self.packs)

    def suspect_chunks(self) -> Iterator[bytes]:
        """The suspects in chunks of lines of hexadecimal ids."""
        lines = iter(self.suspects)
        while chunk := list(islice(lines, _CHUNK)):
            yield b"".join(oid.hex().encode() + b"\n" for oid in chunk)

    def count(self, size: int, kind: int, times: int) -> None:
        """Count an object, once or not at all, or take it back."""
        self.objects += times
        self.size += times * size
        self.commits += times * (kind & _TYPE == COMMIT)


def sift(
    git: Git,
    watch: Callable[[int], None],
    *,
    largest: int | None = None,
    is_ours: Callable[[bytes], bool] | None = None,
    workers: int | None = None,
) -> Sifted | None:
    """Look through all packs. None where that is not worth it, or where git must read everything for another reason.

    `watch` is told now and then how many objects have been looked through. Objects over `largest` bytes are suspects:
    the reading of them says what becomes of them. `is_ours` says whether an object, by its raw id, belongs to the part
    of the scan that was asked for; the others are left out.
    """
    folder = git.repository.common_dir.absolute() / "objects" / "pack"
    try:
        packs = [PackIndex(path, _OID_LENGTHS[git.repository.hash]) for path in sorted(folder.glob("*.idx"))]
    except (UnreadableError, KeyError):
        return None
    if sum(pack.count for pack in packs) < _WORTH_IT or not sys.executable or hasattr(sys, "frozen"):
        return None
    packs.sort(key=lambda pack: -pack.count)
    team = _Team(packs, hardened_environment(git.environ), workers or os.cpu_count() or 1)
    try:
        whole = team.look(watch)
    except _WorkerDiedError:
        return None
    if not all(map(_pass_on, whole)):
        return None
    return _sum_up(packs, whole, sys.maxsize if largest is None else largest, is_ours)


def _sum_up(
    packs: list[PackIndex], whole: list[Slice], largest: int, is_ours: Callable[[bytes], bool] | None
) -> Sifted:
    """Count every object once, in however many packs it is."""
    sifted = Sifted(packs=packs)
    for number, (pack, rows) in enumerate(zip(packs, whole, strict=True)):
        for position, size, kind in zip(rows.positions, rows.sizes, rows.kinds, strict=True):
            suspect = bool(kind & SUSPECT) or size > largest
            oid = pack.oid(position) if suspect or number or is_ours else b""
            if is_ours and not is_ours(oid):
                continue
            known = any(each.find(oid) is not None for each in packs[:number])
            if not suspect:
                sifted.count(size, kind, 0 if known else 1)
            elif oid not in sifted.suspects:
                sifted.suspects[oid] = None
                sifted.count(size, kind, -1 if known else 0)
    return sifted


class _WorkerDiedError(Exception):
    """A process ended before it had answered everything."""


class _Team:
    """The processes, with a thread for each that asks it."""

    def __init__(self, packs: list[PackIndex], environ: dict[str, str], size: int) -> None:
        self._packs = packs
        self._environ = environ
        self._size = size
        self._whole = [Slice(pack.count) for pack in packs]
        self._waiting = Shared(
            (number, low, min(low + _SLICE, pack.count))
            for number, pack in enumerate(packs)
            for low in range(0, pack.count, _SLICE)
        )
        self._done = 0
        self._lost = False

    def look(self, watch: Callable[[int], None]) -> list[Slice]:
        """The rows of every pack. Raises _WorkerDiedError."""
        processes: list[subprocess.Popen[bytes]] = []
        try:
            processes += (self._start() for _ in range(self._size))
            threads = [threading.Thread(target=self._ask, args=(process,), daemon=True) for process in processes]
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.5)
                    watch(self._done)
        except OSError as error:
            raise _WorkerDiedError from error
        finally:
            for process in processes:
                process.kill()
                process.wait()
        if self._lost:
            raise _WorkerDiedError
        return self._whole

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(_PACKAGE)],
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _ask(self, process: subprocess.Popen[bytes]) -> None:
        questions, answers = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        try:
            with questions, answers:
                for number, low, high in self._waiting:
                    if self._lost:
                        return
                    pack = self._packs[number]
                    questions.write(question(pack, low, high))
                    questions.flush()
                    self._whole[number].put(low, Slice.read(answers, high - low))
                    self._done += high - low
        except BaseException:  # noqa: BLE001 - whatever stops a thread, what was not answered is not clean
            self._lost = True


def _pass_on(rows: Slice) -> bool:
    """Give every delta the type and the marks of its base. False where that does not come to an end soon.

    Git writes a base before its deltas, so that once is enough; others may not.
    """
    kinds = rows.kinds
    for _ in range(_MOST_PASSES):
        changed = False
        for place, base in enumerate(rows.bases):
            if base == NO_BASE:
                continue
            kind = kinds[place] | kinds[base] & ~NEEDS_MIDDLE
            if kind & NEEDS_MIDDLE and kinds[base] & HAS_MIDDLE:
                kind |= SUSPECT
            if kind != kinds[place]:
                kinds[place] = kind
                changed = changed or base > place
        if not changed:
            return True
    return False
