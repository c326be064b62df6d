"""A process that searches a part of a pack for suspect additions.

Python reads packs object by object, so that a second processor needs a process of its own. It has git's environment, in
which there is no key, is told slices of packs on its standard input, and answers with a row for each object.
"""

from __future__ import annotations

import gc
import os
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import BinaryIO

from openrouter_preflight.detect.byte_search import find_all
from openrouter_preflight.detect.fragments import ARCHIVE_FRAGMENTS, encoded_offsets, fragment_offsets
from openrouter_preflight.detect.prefilter import is_archive
from openrouter_preflight.scan.readers.packs.deltas import is_ordinary, may_start_an_archive, size_and_start
from openrouter_preflight.scan.readers.packs.pack_index import PackIndex, let_go, map_file

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
_OFS_DELTA, _REF_DELTA = 6, 7
SUSPECT = 0x80
"""Set beside an object's type: git must make the object, and the careful look decide."""

MAYBE_ENCODED = SUSPECT | 0x40
"""A suspect in which a key may stand in any spelling. In others its digits stand as they are."""

NO_BASE = 0xFFFFFFFF
LARGEST = 8 * 1024 * 1024
"""Bytes that one object or delta may take here; what is larger is git's to stream."""

_BATCH = 1024 * 1024
"""Bytes searched at once: still in the processor's cache."""

_DEEPEST = 10_000
_LONGEST_HEAD = 64
"""Bytes in which the size and the base of an entry stand."""


class Slice:
    """Facts about neighbours in a pack: a row for each."""

    def __init__(self, count: int) -> None:
        self.positions = array("I", bytes(4 * count))
        """Positions in the index."""
        self.bases = array("I", bytes(4 * count))
        """Their places in the order of the pack, or NO_BASE."""
        self.sizes = array("Q", bytes(8 * count))
        """Their own sizes, not those of deltas, in bytes."""
        self.kinds = bytearray(count)
        """Their types, 0 where that is their base's, with SUSPECT."""

    def write(self, output: BinaryIO) -> None:
        """Write the rows, column by column, in this machine's own byte order."""
        output.writelines((self.positions, self.bases, self.sizes, self.kinds))

    def put(self, low: int, part: Slice) -> None:
        """Put in the rows of a part that begins at `low`."""
        high = low + len(part.kinds)
        self.positions[low:high] = part.positions
        self.bases[low:high] = part.bases
        self.sizes[low:high] = part.sizes
        self.kinds[low:high] = part.kinds

    @classmethod
    def read(cls, source: BinaryIO, count: int) -> Slice:
        """Read a written slice. Raises EOFError where it is cut short."""
        rows = cls(count)
        for column in (rows.positions, rows.bases, rows.sizes, rows.kinds):
            view = memoryview(column).cast("B")
            while view:
                got = source.readinto(view)  # type: ignore[attr-defined]
                if not got:
                    raise EOFError
                view = view[got:]
        return rows


class PackReader:
    """Looks through slices of one pack."""

    def __init__(self, index: PackIndex) -> None:
        """Map the pack of `index`. Raises UnreadableError."""
        self._index = index
        self._positions, self._starts = index.order()
        self._checksums = index.checksums()
        index.let_go()
        self._data = map_file(index.pack)
        self._starts.append(len(self._data) - index.oid_length)
        self._types = bytearray(index.count)
        """0 for those not known yet, in the order of the pack."""

    def look(self, low: int, high: int) -> Slice:
        """Look through the objects from `low` to `high` in the order of the pack."""
        rows = Slice(high - low)
        rows.positions[:] = self._positions[low:high]
        others, trees = _Batch(rows, names_only=False), _Batch(rows, names_only=True)
        for place in range(low, high):
            row = place - low
            try:
                kind, base, size, added = self._entry(place)
                rows.kinds[row], rows.bases[row], rows.sizes[row] = kind, base, size
                batch = trees if self._type(place, kind, base) == TREE else others
            except (ValueError, IndexError, OverflowError, zlib.error):
                rows.kinds[row], rows.bases[row], rows.sizes[row] = MAYBE_ENCODED, NO_BASE, 0
            else:
                batch.add(row, added)
        for batch in (others, trees):
            batch.search()
        let_go(self._data)
        return rows

    def _entry(self, place: int) -> tuple[int, int, int, bytes]:
        """Return type, base, size and searchable bytes of the object at `place`.

        Raises ValueError, IndexError or zlib.error where the entry is not whole.
        """
        start = self._starts[place]
        entry = self._data[start : self._starts[place + 1]]
        kind, size, position = _head(entry)
        base = NO_BASE
        if kind >= _OFS_DELTA:
            base, position = self._base(kind, start, entry, position)
        elif not COMMIT <= kind <= TAG:
            raise ValueError(kind)
        if size > LARGEST:
            return (kind if base == NO_BASE else 0) | MAYBE_ENCODED, base, size, b""
        if zlib.crc32(entry) != self._checksums[self._positions[place]]:
            raise ValueError(place)
        inflater = zlib.decompressobj()
        added = inflater.decompress(entry[position:], size + 1)
        if len(added) != size or not inflater.eof:
            raise ValueError(size)
        if base == NO_BASE:
            archive = kind == BLOB and is_archive(added)
            return kind | (MAYBE_ENCODED if archive else 0), base, size, added
        made, operations = size_and_start(added)
        if operations >= size:
            return MAYBE_ENCODED, base, made, b""
        suspect = made > LARGEST or not is_ordinary(added, operations) or may_start_an_archive(added, operations)
        return MAYBE_ENCODED if suspect else 0, base, made, added

    def _base(self, kind: int, start: int, entry: bytes, position: int) -> tuple[int, int]:
        """Return the place of the base, and the end of its name in `entry`."""
        if kind == _REF_DELTA:
            end = position + self._index.oid_length
            found = self._index.find(entry[position:end])
            if found is None:
                raise ValueError(position)
            return bisect_left(self._starts, self._index.offset(found)), end
        byte = entry[position]
        back = byte & 0x7F
        while byte & 0x80:
            position += 1
            byte = entry[position]
            back = (back + 1) << 7 | byte & 0x7F
        place = bisect_left(self._starts, start - back)
        if back <= 0 or self._starts[place] != start - back:
            raise ValueError(back)
        return place, position + 1

    def _type(self, place: int, kind: int, base: int) -> int:
        """The type of the object at `place`, which is its base's if it has one."""
        found = kind & ~MAYBE_ENCODED if base == NO_BASE else self._types[base] or self._look_up_type(base)
        self._types[place] = found
        return found

    def _look_up_type(self, place: int) -> int:
        """Return the type of an object elsewhere; blob if it is unknown."""
        chain: list[int] = []
        found = 0
        while not found and len(chain) < _DEEPEST:
            chain.append(place)
            start = self._starts[place]
            entry = self._data[start : start + _LONGEST_HEAD]
            kind, _, position = _head(entry)
            if kind < _OFS_DELTA:
                found = kind
                break
            place, _ = self._base(kind, start, entry, position)
            found = self._types[place]
        for each in chain:
            self._types[each] = found or BLOB
        return found or BLOB


def _head(entry: bytes) -> tuple[int, int, int]:
    """Type and size of an entry, and where its head ends."""
    byte = entry[0]
    kind, size = byte >> 4 & 7, byte & 15
    shift, position = 4, 1
    while byte & 0x80:
        byte = entry[position]
        size |= (byte & 0x7F) << shift
        shift += 7
        position += 1
    return kind, size, position


class _Batch:
    """Additions of some objects, searched at once."""

    def __init__(self, rows: Slice, *, names_only: bool) -> None:
        self._rows = rows
        self._names_only = names_only
        self._parts: list[bytes] = []
        self._owners: list[int] = []
        self._starts: list[int] = []
        self._length = 0

    def add(self, row: int, part: bytes) -> None:
        """Add a part of the object of `row`."""
        self._parts.append(part)
        self._owners.append(row)
        self._starts.append(self._length)
        self._length += len(part)
        if self._length >= _BATCH:
            self.search()

    def search(self) -> None:
        """Search what was gathered, and mark the objects in which something was found."""
        data = b"".join(self._parts)
        for offset in fragment_offsets(data, names_only=self._names_only):
            self._mark(offset, SUSPECT)
        if not self._names_only:
            for offset in encoded_offsets(data):
                self._mark(offset, MAYBE_ENCODED)
            for offset in find_all(data, ARCHIVE_FRAGMENTS):
                self._mark(offset, MAYBE_ENCODED, deltas_only=True)  # of others it is known whether they are any
        self._parts, self._owners, self._starts, self._length = [], [], [], 0

    def _mark(self, offset: int, marks: int, *, deltas_only: bool = False) -> None:
        row = self._owners[bisect_right(self._starts, offset) - 1]
        if not deltas_only or self._rows.bases[row] != NO_BASE:
            self._rows.kinds[row] |= marks


def question(index: PackIndex, low: int, high: int) -> bytes:
    """The line that asks for a slice of a pack."""
    return b"%d %d %d %b\n" % (low, high, index.oid_length, os.fsencode(index.path).hex().encode())


def main() -> None:
    """Answer every `question` on the standard input until it ends."""
    gc.disable()  # nothing here has cycles
    readers: dict[bytes, PackReader] = {}
    for line in sys.stdin.buffer:
        low, high, oid_length, name = line.split()
        if name not in readers:
            path = Path(os.fsdecode(bytes.fromhex(name.decode())))
            readers = {name: PackReader(PackIndex(path, int(oid_length)))}
        readers[name].look(int(low), int(high)).write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
