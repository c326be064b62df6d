"""A pack's index (version 2): objects, places, checksum.

The format is git's own, `gitformat-pack(5)`. An index that says anything else is left to git.
"""

from __future__ import annotations

import mmap
import os
import sys
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"\xfftOc\0\0\0\x02"
_FAN_OUT = len(_MAGIC)
_OIDS = _FAN_OUT + 256 * 4
_IS_LARGE = 1 << 31
_REVERSE_HEADER = 12


class UnreadableError(Exception):
    """The pack or its index is not what this reads: git must."""


def map_file(path: Path) -> mmap.mmap:
    """The bytes of an ordinary file. Raises UnreadableError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:  # it is gone, empty, or no ordinary file
        raise UnreadableError from error


def let_go(mapped: mmap.mmap) -> None:
    """Let the system forget a mapped file's pages; they can be read again."""
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


class PackIndex:
    """The index of one pack. Only the parts that are asked for come into memory."""

    def __init__(self, path: Path, oid_length: int) -> None:
        """Read the index at `path`. Raises UnreadableError."""
        self.path = path
        self.pack = path.with_suffix(".pack")
        self.oid_length = oid_length
        self._data = map_file(path)
        if self._data[:_FAN_OUT] != _MAGIC or len(self._data) < _OIDS:
            raise UnreadableError
        self.count = int.from_bytes(self._data[_OIDS - 4 : _OIDS])
        self._checksums_at = _OIDS + self.count * oid_length
        self._offsets_at = self._checksums_at + self.count * 4
        self._large_at = self._offsets_at + self.count * 4
        if len(self._data) < self._large_at + 2 * oid_length:
            raise UnreadableError

    def oid(self, position: int) -> bytes:
        """The id of the object at `position` in the index, as raw bytes."""
        start = _OIDS + position * self.oid_length
        return self._data[start : start + self.oid_length]

    def let_go(self) -> None:
        """Keep nothing of the index in memory."""
        let_go(self._data)

    def find(self, oid: bytes) -> int | None:
        """Return the position of the object `oid` (raw), or None."""
        low = int.from_bytes(self._fan(oid[0] - 1)) if oid[0] else 0
        high = int.from_bytes(self._fan(oid[0]))
        length, data = self.oid_length, self._data
        while low < high:
            middle = (low + high) // 2
            start = _OIDS + middle * length
            found = data[start : start + length]
            if found == oid:
                return middle
            if found < oid:
                low = middle + 1
            else:
                high = middle
        return None

    def offset(self, position: int) -> int:
        """Return the place of the object at `position`. Raises IndexError."""
        (offset,) = self._table(self._offsets_at + 4 * position, 1)
        if offset >= _IS_LARGE:
            (offset,) = self._table(self._large_at + 8 * (offset - _IS_LARGE), 1, "Q")
        return offset

    def checksums(self) -> array[int]:
        """The CRC-32 of every packed object, by position."""
        return self._table(self._checksums_at, self.count)

    def order(self) -> tuple[array[int], array[int]]:
        """Return positions in pack order, and their places.

        Raises UnreadableError where the index contradicts itself.
        """
        offsets = self._offsets()
        positions = self._reversed()
        if positions is None:
            ranked = sorted(offset << 32 | position for position, offset in enumerate(offsets))
            positions = array("I", (each & 0xFFFFFFFF for each in ranked))
        try:
            starts = array("Q", (offsets[position] for position in positions))
        except IndexError as error:
            raise UnreadableError from error
        if any(map(int.__ge__, starts, starts[1:])):
            raise UnreadableError
        return positions, starts

    def _offsets(self) -> array[int]:
        small = self._table(self._offsets_at, self.count)
        if max(small, default=0) < _IS_LARGE:
            return small
        large_count = (len(self._data) - 2 * self.oid_length - self._large_at) // 8
        large = self._table(self._large_at, large_count, "Q")
        try:
            return array("Q", (large[each - _IS_LARGE] if each >= _IS_LARGE else each for each in small))
        except IndexError as error:
            raise UnreadableError from error

    def _reversed(self) -> array[int] | None:
        """Return positions by offset from the reverse index, if there is one."""
        try:
            data = map_file(self.pack.with_suffix(".rev"))
        except UnreadableError:
            return None
        end = _REVERSE_HEADER + 4 * self.count
        if data[:8] != b"RIDX\0\0\0\x01" or len(data) < end:
            return None
        return _numbers(data[_REVERSE_HEADER:end], "I")

    def _fan(self, byte: int) -> bytes:
        return self._data[_FAN_OUT + byte * 4 : _FAN_OUT + byte * 4 + 4]

    def _table(self, start: int, count: int, kind: str = "I") -> array[int]:
        return _numbers(self._data[start : start + count * (8 if kind == "Q" else 4)], kind)


def _numbers(data: bytes, kind: str) -> array[int]:
    """Unsigned numbers in network order, of 4 (`I`) or 8 (`Q`) bytes."""
    numbers = array(kind)
    numbers.frombytes(data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
