"""The quick way through a working tree: is every file of it clean beyond doubt? If not, the full scan is asked.

Two threads read and search side by side: opening, reading and searching do not hold the interpreter's lock.
"""

from __future__ import annotations

import os
from threading import Thread

from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, candidate_offsets, is_archive
from openrouter_preflight.leaks.quick import ask_git, is_possible

_LISTING = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BUFFER = 4 * 1024 * 1024
_LARGEST = 1024 * 1024
"""Bytes; a larger file is for the full scan, which streams it."""
_READERS = 2


def tree_is_clean() -> tuple[int, int] | None:
    """How many files and bytes `scan` would read from the repository whose root this is, if they hold nothing."""
    listed = ask_git([*_LISTING]) if is_possible() else None
    if listed is None:
        return None
    names = listed.split(b"\0")[:-1]
    share = len(names) // _READERS + 1
    readers = [_Reader(names[start : start + share]) for start in range(0, len(names), share)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if not all(reader.is_clean for reader in readers):
        return None
    return sum(reader.objects for reader in readers), sum(reader.size for reader in readers)


class _DoubtError(Exception):
    """Only the full scan can tell."""


class _Reader(Thread):
    """Reads and searches its share of the files; in doubt it stops."""

    def __init__(self, names: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.is_clean = False
        self.objects = 0
        self.size = 0
        self._names = names
        self._buffer = bytearray(_BUFFER)
        self._folders: dict[bytes, bool] = {b"": True}

    def run(self) -> None:
        try:
            self._read_all()
        except (_DoubtError, OSError):
            return
        self.is_clean = True

    def _read_all(self) -> None:
        view = memoryview(self._buffer)
        used = 0
        for name in self._names:
            if not self._is_inside(name.rpartition(b"/")[0]):
                continue
            if used > _BUFFER - _LARGEST - 1:
                self._search(used)
                used = 0
            length = self._read(name, view[used : used + _LARGEST + 1])
            if length is None:
                continue
            if length > _LARGEST:
                raise _DoubtError
            if is_archive(self._buffer[used : used + min(length, HEAD_LENGTH)]):
                _unpack(bytes(view[used : used + length]))
            used += length
            self.objects += 1
            self.size += length
        self._search(used)

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

    def _search(self, used: int) -> None:
        if next(candidate_offsets(self._buffer, 0, used), None) is not None:
            raise _DoubtError

    def _is_inside(self, folder: bytes) -> bool:
        """Whether the folders above a file are folders, and not links that lead out of the tree."""
        known = self._folders.get(folder)
        if known is None:
            known = self._is_inside(folder.rpartition(b"/")[0]) and not os.path.islink(folder)  # noqa: PTH114
            self._folders[folder] = known
        return known


def _unpack(archive: bytes) -> None:
    """Look into an archive, which few trees have: the second look's import is felt."""
    from openrouter_preflight.leaks.detection.detector import examine

    examination = examine(archive)
    if examination.sightings or examination.unread:
        raise _DoubtError
