"""The quick way through files of a working tree: are they clean beyond doubt? If not, the full scan is asked.

Two processes read and search side by side; reading thousands of small files is the interpreter's work.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from itertools import pairwise

from openrouter_preflight.leaks.detection.bytesearch import prepare
from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, candidate_offsets, is_archive
from openrouter_preflight.leaks.quick_git import DoubtError, Pipeline, is_possible, read_listing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

_LISTING = ("--work-tree=.", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
_ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE"})
"""Variables by which the user's tree may be another than the one whose root this is."""
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LARGEST = 2 * 1024 * 1024
"""Bytes; a larger file is for the full scan, which streams it."""
_BATCH = 512 * 1024
"""Bytes that are searched together: what a core's own cache holds."""


def tree_is_clean() -> tuple[int, int] | None:
    """How many files and bytes `scan` would read from the repository whose root this is, if they hold nothing."""
    if not is_possible() or _ELSEWHERE & os.environ.keys():
        return None
    try:
        with Pipeline(_LISTING) as listing:
            prepare()  # while git lists, and before there are two of us
            listed = read_listing(listing)
        read = None if listed is None else _read_files(listed.split(b"\0")[:-1])
    except (DoubtError, OSError):
        return None
    return None if read is None else (read.objects, read.size)


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
    """Read and search files, a half of them in another process. Raises DoubtError or OSError."""
    half = len(names) // 2
    with _Elsewhere(names[:half], oids) as elsewhere:
        here = _Reader(names[half:], oids).read_all()
        return here + elsewhere.result()


class _Elsewhere:
    """A share that a second process reads: it searches at the same time, and the interpreter's lock is its own."""

    def __init__(self, names: list[bytes], oids: dict[bytes, bytes] | None) -> None:
        self._output, answer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                read = _Reader(names, oids).read_all()
                with open(answer, "wb") as pipe:  # noqa: PTH123 - a descriptor
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

    def __init__(self, names: list[bytes], oids: dict[bytes, bytes] | None) -> None:
        self._names = names
        self._oids = oids
        self._read_so_far = Read()
        self._buffer = bytearray(_BATCH + _LARGEST + 1)
        self._folders: dict[bytes, bool] = {b"": True}

    def read_all(self) -> Read:
        """Raises OSError or DoubtError where only the full scan can tell."""
        read = self._read_so_far
        view = memoryview(self._buffer)
        starts: list[int] = []
        used = 0
        for name in self._names:
            if used > _BATCH:
                self._search([*starts, used])
                starts.clear()
                used = 0
            room = view[used : used + _LARGEST + 1]
            length = self._read(name, room) if self._is_inside(name.rpartition(b"/")[0]) else None
            if self._oids is not None and (length is None or _oid(room[:length], self._oids[name]) != self._oids[name]):
                read.left.append(name)
                continue
            if length is None:
                continue
            if length > _LARGEST:
                raise DoubtError
            if is_archive(self._buffer[used : used + min(length, HEAD_LENGTH)]):
                _look_again(bytes(view[used : used + length]))
            starts.append(used)
            used += length
            read.objects += 1
            read.size += length
        self._search([*starts, used])
        return read

    def _read(self, name: bytes, room: memoryview) -> int | None:
        """Read a file, or a link's target, into `room`; the length, or None for one that is gone."""
        try:
            descriptor = os.open(name, _FLAGS)
        except FileNotFoundError:
            return None
        except OSError:
            target = os.readlink(name)  # noqa: PTH115 - as bytes; for what is no link this raises: in doubt
            room[: len(target)] = target
            return len(target)
        try:
            return os.readv(descriptor, [room])
        finally:
            os.close(descriptor)

    def _search(self, bounds: list[int]) -> None:
        """Search the files that stand in the buffer from one of `bounds` to the next."""
        for place in candidate_offsets(self._buffer, 0, bounds[-1]):
            index = bisect_right(bounds, place)
            # What a needle names may begin a little before it, and so in the file before.
            for start, end in pairwise(bounds[max(index - 2, 0) : index + 1]):
                _look_again(bytes(self._buffer[start:end]))

    def _is_inside(self, folder: bytes) -> bool:
        """Whether the folders above a file are folders, and not links that lead out of the tree."""
        known = self._folders.get(folder)
        if known is None:
            known = self._is_inside(folder.rpartition(b"/")[0]) and not os.path.islink(folder)  # noqa: PTH114
            self._folders[folder] = known
        return known


def _oid(content: memoryview, like: bytes) -> bytes:
    """The id that git gives to a blob, with as many digits as `like`."""
    from hashlib import new

    digest = new("sha1" if len(like) == 40 else "sha256", b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest().encode()


def _look_again(data: bytes) -> None:
    """Look closely at an archive, or a file with a candidate: few trees have any, and this import is felt."""
    from openrouter_preflight.leaks.detection.detector import examine

    examination = examine(data)
    if examination.sightings or examination.unread:
        raise DoubtError
