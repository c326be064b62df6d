"""The quick way through files: are they clean beyond doubt? If not, the full scan is asked.

Two processes read and search side by side; reading thousands of small files is the interpreter's work.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from itertools import pairwise

from openrouter_preflight.detect.byte_search import prepare
from openrouter_preflight.detect.prefilter import (
    OVERLAP,
    candidate_offsets,
    is_archive,
)
from openrouter_preflight.git.pipeline import MANY, DoubtError
from openrouter_preflight.scan.quick_git import read_listing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from openrouter_preflight.detect.matches import Match
    from openrouter_preflight.git.pipeline import Pipeline

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LARGEST = 64 * 1024 * 1024
"""Bytes; a larger file is for the full scan, which shows its progress."""
_ROOM = 512 * 1024
"""Bytes that may be held of one file. A larger one is looked at in pieces."""
_BATCH = 512 * 1024
"""Bytes that are searched together: what a core's own cache holds."""
_MOST_SHARES = 64
"""Into which names are divided: a byte tells which is next."""


def listed_files(*listings: Pipeline) -> Read | None:
    """Read the files that gits list. None where one fails or lists a candidate. Raises DoubtError or OSError."""
    prepare()  # while git lists, and before there are two of us
    read = Read()
    for listing in listings:
        listed = read_listing(listing)
        if listed is None:
            return None
        read += _read_files(listed.split(b"\0")[:-1])
    return read


def staged_files(oids: dict[bytes, bytes]) -> Read:
    """Of the blobs `oids`, by the files that they are staged from: those of which the file is still a copy.

    Hashing a file takes a tenth of the time in which git unpacks its blob. Raises DoubtError or OSError.
    """
    return _read_files(list(oids), oids)


class Read:
    """What was read of some files."""

    def __init__(self, objects: int = 0, size: int = 0, left: Iterable[bytes] = ()) -> None:
        self.objects = objects
        self.size = size
        self.left = list(left)
        """The names of those that are no copies of the blobs that they should be."""

    def __add__(self, other: Read) -> Read:
        return Read(self.objects + other.objects, self.size + other.size, self.left + other.left)


def _read_files(names: list[bytes], oids: dict[bytes, bytes] | None = None) -> Read:
    """Read and search files, some of many in another process. Raises DoubtError or OSError."""
    if len(names) < MANY:
        return _Reader(names, oids).read_all()
    with _Shares(names) as shares, _Elsewhere(shares, oids) as elsewhere:
        here = _Reader(shares, oids).read_all()
        return here + elsewhere.result()


class _Shares:
    """Names that several processes take from, a few at a time, until all are taken. A context manager."""

    def __init__(self, names: list[bytes]) -> None:
        self._names = names
        self._few = len(names) // _MOST_SHARES + 1
        self._numbers, giver = os.pipe()
        os.write(giver, bytes(range(-(-len(names) // self._few))))
        os.close(giver)

    def __iter__(self) -> Iterator[bytes]:
        while number := os.read(self._numbers, 1):
            low = number[0] * self._few
            yield from self._names[low : low + self._few]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._numbers)


class _Elsewhere:
    """A second process that reads: it searches at the same time, and the interpreter's lock is its own."""

    def __init__(self, names: Iterable[bytes], oids: dict[bytes, bytes] | None) -> None:
        self._output, answer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                read = _Reader(names, oids).read_all()
                with open(answer, "wb") as pipe:
                    pipe.write(b"\0".join([b"%d" % read.objects, b"%d" % read.size, *read.left, b"end"]))
            finally:
                os._exit(0)
        os.close(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._output)
        os.kill(self._child, 9)
        os.waitpid(self._child, 0)

    def result(self) -> Read:
        """What the other process read. Raises DoubtError where it was in doubt, or ended in any other way."""
        with open(self._output, "rb", closefd=False) as pipe:
            fields = pipe.read().split(b"\0")
        if fields[-1] != b"end":
            raise DoubtError
        return Read(int(fields[0]), int(fields[1]), fields[2:-1])


class _Reader:
    """Reads and searches files; in doubt it stops."""

    def __init__(self, names: Iterable[bytes], oids: dict[bytes, bytes] | None) -> None:
        self._names = names
        self._oids = oids
        self._buffer = bytearray(_BATCH + _ROOM + 1)
        self._folders: dict[bytes, bool] = {b"": True}

    def read_all(self) -> Read:
        """Raises OSError or DoubtError where only the full scan can tell."""
        read = Read()
        view = memoryview(self._buffer)
        starts: list[int] = []
        used = 0
        for name in self._names:
            if used > _BATCH:
                self._search([*starts, used])
                starts.clear()
                used = 0
            room = view[used : used + _ROOM]
            length = self._read(name, room) if self._is_inside(name.rpartition(b"/")[0]) else None
            if self._oids is not None and (length is None or _oid(room[:length], self._oids[name]) != self._oids[name]):
                read.left.append(name)
                continue
            if length is None:
                continue
            read.objects += 1
            read.size += length
            if length > _ROOM:
                continue
            end = used + length
            if is_archive(self._buffer, used, end):
                _unpack(bytes(view[used:end]))
            starts.append(used)
            used = end
        self._search([*starts, used])
        return read

    def _read(self, name: bytes, room: memoryview) -> int | None:
        """Read a file, or a link's target, into `room`; the length, or None for one that is gone.

        Of a large file there stands only the beginning, and all of it has been searched.
        """
        try:
            descriptor = os.open(name, _FLAGS)
        except FileNotFoundError:
            return None
        except OSError:
            target = os.readlink(name)
            room[: len(target)] = target
            return len(target)
        try:
            length = os.readv(descriptor, [room])
            return length if length < _ROOM else self._search_large(descriptor, bytes(room))
        finally:
            os.close(descriptor)

    def _search_large(self, descriptor: int, beginning: bytes) -> int | None:
        """Search a file of which more follows, unless it is to be a copy. The length."""
        if self._oids is not None:
            return None
        if is_archive(beginning):
            raise DoubtError
        glance, piece, length = _Glance(), beginning, 0
        while piece and length < _LARGEST:
            glance.feed(piece)
            length += len(piece)
            piece = os.read(descriptor, _ROOM)
        if piece:
            raise DoubtError
        return length

    def _search(self, bounds: list[int]) -> None:
        """Search the files that stand in the buffer from one of `bounds` to the next."""
        self._buffer[bounds[-1]] = 0  # where searching ends fastest
        for place in candidate_offsets(self._buffer, 0, bounds[-1]):
            index = bisect_right(bounds, place)
            # What a needle names may begin a little before it, and so in the file before.
            for start, end in pairwise(bounds[max(index - 2, 0) : index + 1]):
                _look_again(bytes(self._buffer[start:end]))

    def _is_inside(self, folder: bytes) -> bool:
        """Whether the folders above a file are folders, and not links that lead out of the tree."""
        known = self._folders.get(folder)
        if known is None:
            known = self._is_inside(folder.rpartition(b"/")[0]) and not os.path.islink(folder)
            self._folders[folder] = known
        return known


def _oid(content: memoryview, like: bytes) -> bytes:
    """The id that git gives to a blob, with as many digits as `like`."""
    from hashlib import new

    digest = new("sha1" if len(like) == 40 else "sha256", b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest().encode()


def _look_again(data: bytes) -> None:
    """Look closely at a file with a candidate: few trees have any, and this import is felt."""
    from openrouter_preflight.detect.detector import examine

    result = examine(data)
    if result.matches or result.unread:
        raise DoubtError


def _unpack(archive: bytes) -> None:
    """Look at what is in an archive. Raises DoubtError where there is a candidate, or what cannot be read."""
    from io import BytesIO

    from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS
    from openrouter_preflight.detect.archives.unpacking import Unpacking

    unpacking = Unpacking(DEFAULT_LIMITS, lambda *_: _Glance())
    unpacking.look_into(BytesIO(archive).read)
    if unpacking.budget.unread:
        raise DoubtError


class _Glance:
    """The look that only says whether there is a candidate: then it raises DoubtError."""

    def __init__(self) -> None:
        self._end = b""

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        data = self._end + piece
        if next(candidate_offsets(data), None) is not None:
            raise DoubtError
        self._end = data[-OVERLAP:]

    def finish(self) -> list[Match]:
        """Nothing was seen."""
        return []
