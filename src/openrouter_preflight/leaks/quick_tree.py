"""The quick way through a working tree: is every file of it clean beyond doubt? If not, the full scan is asked.

Two processes read and search side by side; reading thousands of small files is the interpreter's work.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from itertools import pairwise

from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, candidate_offsets, is_archive
from openrouter_preflight.leaks.quick import is_possible
from openrouter_preflight.leaks.quick_git import ask_git

TYPE_CHECKING = False
if TYPE_CHECKING:
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
    listed = ask_git(*_LISTING) if is_possible() and not _ELSEWHERE & os.environ.keys() else None
    if listed is None:
        return None
    names = listed.split(b"\0")[:-1]
    half = len(names) // 2
    with _Elsewhere(names[:half]) as elsewhere:
        here = _read_share(names[half:])
        there = elsewhere.result() if here is not None else None
    return None if here is None or there is None else (here[0] + there[0], here[1] + there[1])


class _Elsewhere:
    """A share that a second process reads: it searches at the same time, and the interpreter's lock is its own."""

    def __init__(self, names: list[bytes]) -> None:
        self._output, answer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                read = _read_share(names)
                os.write(answer, b"%d %d" % read if read is not None else b"")
            finally:
                os._exit(0)
        os.close(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._output)
        os.kill(self._child, 9)
        os.waitpid(self._child, 0)

    def result(self) -> tuple[int, int] | None:
        """What the other process read; None where it was in doubt, or ended in any other way."""
        objects, _, size = os.read(self._output, 64).partition(b" ")
        return (int(objects), int(size)) if size else None


def _read_share(names: list[bytes]) -> tuple[int, int] | None:
    """Read and search some of the files. How many and how large; None: in doubt."""
    reader = _Reader(names)
    try:
        reader.read_all()
    except (_DoubtError, OSError):
        return None
    return reader.objects, reader.size


class _DoubtError(Exception):
    """Only the full scan can tell."""


class _Reader:
    """Reads and searches files; in doubt it stops."""

    def __init__(self, names: list[bytes]) -> None:
        self.objects = 0
        self.size = 0
        self._names = names
        self._buffer = bytearray(_BATCH + _LARGEST + 1)
        self._folders: dict[bytes, bool] = {b"": True}

    def read_all(self) -> None:
        """Raises OSError or _DoubtError where only the full scan can tell."""
        view = memoryview(self._buffer)
        starts: list[int] = []
        used = 0
        for name in self._names:
            if not self._is_inside(name.rpartition(b"/")[0]):
                continue
            if used > _BATCH:
                self._search([*starts, used])
                starts.clear()
                used = 0
            length = self._read(name, view[used : used + _LARGEST + 1])
            if length is None:
                continue
            if length > _LARGEST:
                raise _DoubtError
            if is_archive(self._buffer[used : used + min(length, HEAD_LENGTH)]):
                _look_again(bytes(view[used : used + length]))
            starts.append(used)
            used += length
            self.objects += 1
            self.size += length
        self._search([*starts, used])

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


def _look_again(data: bytes) -> None:
    """Look closely at an archive, or a file with a candidate: few trees have any, and this import is felt."""
    from openrouter_preflight.leaks.detection.detector import examine

    examination = examine(data)
    if examination.sightings or examination.unread:
        raise _DoubtError
