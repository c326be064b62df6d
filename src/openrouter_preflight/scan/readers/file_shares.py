"""Many files read by two processes, each with its own interpreter lock."""

from __future__ import annotations

import os
from _thread import _count as count_threads

from openrouter_preflight.detect.byte_search import prepare
from openrouter_preflight.scan.readers.file_pass import FilePass, PassResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Self

_WORTH_A_PROCESS = 64
"""Files from which a second process saves more time than it takes to start."""
_MOST_SHARES = 64
"""Into which names are divided: a byte tells which is next."""
_END = b"end"


def read_shared(
    names: Sequence[bytes],
    root: bytes,
    *,
    largest: int | None = None,
    oids: Mapping[bytes, bytes] | None = None,
    as_named: bool = False,
    watch: Callable[[int], None] | None = None,
) -> PassResult:
    """Read the files of these names below `root`, many in two processes."""

    def read(some: Iterable[bytes]) -> PassResult:
        return FilePass(root, largest=largest, oids=oids, as_named=as_named).read(some)

    if len(names) >= _WORTH_A_PROCESS and _may_fork():
        prepare()  # before there are two of us
        with _Shares(names, watch) as shares, _Elsewhere(shares, read) as elsewhere:
            here = read(shares)
            there = elsewhere.result()
        if there is not None:
            here.add(there)
            return here
    return read(names)


def _may_fork() -> bool:
    """Return True where no other thread could hold a lock in the copy."""
    if not hasattr(os, "fork") or count_threads():
        return False
    from openrouter_preflight.git.processors import processors

    return processors() > 1


class _Shares:
    """Names that two processes take in turn. A context manager."""

    def __init__(self, names: Sequence[bytes], watch: Callable[[int], None] | None) -> None:
        self._names = names
        self._watch = watch
        self._few = len(names) // _MOST_SHARES + 1
        self._numbers, giver = os.pipe()
        os.write(giver, bytes(range(-(-len(names) // self._few))))
        os.close(giver)

    def __iter__(self) -> Iterator[bytes]:
        while number := os.read(self._numbers, 1):
            low = number[0] * self._few
            if self._watch is not None:
                self._watch(low)
            yield from self._names[low : low + self._few]

    def leave_unwatched(self) -> None:
        """Tell nobody of progress: what is watched is the first process's."""
        self._watch = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._numbers)


class _Elsewhere:
    """A second process with a pass of its own. A context manager."""

    def __init__(self, shares: _Shares, read: Callable[[Iterable[bytes]], PassResult]) -> None:
        self._output, answer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                shares.leave_unwatched()
                result = read(shares)
                with open(answer, "wb") as pipe:
                    pipe.write(b"\0".join(_packed(result)))
            finally:
                os._exit(0)
        os.close(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._output)
        os.kill(self._child, 9)
        os.waitpid(self._child, 0)

    def result(self) -> PassResult | None:
        """Return the other process's result; None where it ended otherwise."""
        with open(self._output, "rb", closefd=False) as pipe:
            fields = pipe.read().split(b"\0")
        return _unpacked(fields[:-1]) if fields[-1] == _END else None


def _packed(result: PassResult) -> Iterator[bytes]:
    """The result as fields without NUL, the last of which is `_END`."""
    yield b"%d" % result.objects
    yield b"%d" % result.size
    yield b"%d" % result.gone
    yield from (b"s" + name for name in result.suspects)
    yield from (b"f" + name for name in result.folders)
    yield from (b"c" + name for name in result.changed)
    yield from (b"u%d %b" % (number, name) for name, number in result.unreadable)
    yield from (b"o%d %b" % (size, name) for name, size in result.oversized)
    yield from (b"p%b %b" % (digest.encode(), name) for name, digest in result.pointers)
    yield _END


def _unpacked(fields: list[bytes]) -> PassResult:
    result = PassResult()
    result.objects, result.size, result.gone = map(int, fields[:3])
    plain = {b"s": result.suspects, b"f": result.folders, b"c": result.changed}
    for field in fields[3:]:
        kind, rest = field[:1], field[1:]
        if kind in plain:
            plain[kind].append(rest)
            continue
        number, _, name = rest.partition(b" ")
        if kind == b"p":
            result.pointers.append((name, number.decode()))
            continue
        (result.unreadable if kind == b"u" else result.oversized).append((name, int(number)))
    return result
