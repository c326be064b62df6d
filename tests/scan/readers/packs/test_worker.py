"""Looking through a pack that somebody made by hand: what is not whole is a suspect, soon and in little memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.scan.readers.packs.pack_index import PackIndex
from openrouter_preflight.scan.readers.packs.worker import BLOB, LARGEST, NO_BASE, SUSPECT, TREE, PackReader
from support.planted import KEY

if TYPE_CHECKING:
    from pathlib import Path

OFS_DELTA, REF_DELTA = 6, 7
_HEADER = b"PACK" + (2).to_bytes(4) + bytes(4)


def entry(kind: int, size: int, packed: bytes, base: bytes = b"") -> bytes:
    """An entry that claims to be of that type and size."""
    head = [kind << 4 | size & 15]
    size >>= 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head) + base + packed


def whole(kind: int, content: bytes, base: bytes = b"") -> bytes:
    return entry(kind, len(content), zlib.compress(content), base)


def delta(base_size: int, made: int, operations: bytes) -> bytes:
    assert max(base_size, made) < 128
    return bytes([base_size, made]) + operations


def reader_of(folder: Path, *entries: bytes, checksums: list[int] | None = None) -> PackReader:
    """A pack of these entries, whose objects are named 00…, 01… and so on."""
    starts = [len(_HEADER) + sum(map(len, entries[:number])) for number in range(len(entries))]
    (folder / "x.pack").write_bytes(_HEADER + b"".join(entries) + bytes(20))
    data = b"\xfftOc\0\0\0\2" + b"".join(min(byte + 1, len(entries)).to_bytes(4) for byte in range(256))
    data += b"".join(bytes([number]) + bytes(19) for number in range(len(entries)))
    data += b"".join(checksum.to_bytes(4) for checksum in checksums or map(zlib.crc32, entries))
    data += b"".join(start.to_bytes(4) for start in starts)
    (folder / "x.idx").write_bytes(data + bytes(40))
    return PackReader(PackIndex(folder / "x.idx", 20))


CLEAN = whole(BLOB, b"nothing here")


def test_what_is_whole_and_clean_is_no_suspect(tmp_path: Path) -> None:
    changed = whole(OFS_DELTA, delta(12, 13, b"\x90\x0c\x01!"), base=bytes([len(CLEAN)]))
    rows = reader_of(tmp_path, CLEAN, changed, whole(TREE, b"x")).look(0, 3)
    assert list(rows.kinds) == [BLOB, 0, TREE]
    assert list(rows.bases) == [NO_BASE, 0, NO_BASE]
    assert list(rows.sizes) == [12, 13, 1]
    assert list(rows.positions) == [0, 1, 2]


def test_a_base_may_be_named_by_its_id_and_stand_behind(tmp_path: Path) -> None:
    changed = whole(REF_DELTA, delta(12, 13, b"\x90\x0c\x01!"), base=bytes([1]) + bytes(19))
    rows = reader_of(tmp_path, changed, CLEAN).look(0, 2)
    assert list(rows.bases) == [1, NO_BASE]
    assert list(rows.kinds) == [0, BLOB]


BAD = {
    "bomb": entry(BLOB, 10, zlib.compress(bytes(50_000_000))),
    "shorter than it says": entry(BLOB, 100, zlib.compress(b"x")),
    "cut short": entry(BLOB, 1000, zlib.compress(b"x" * 1000)[:-6]),
    "not compressed": entry(BLOB, 10, b"0123456789"),
    "no such type": whole(5, b"x"),
    "nothing of type 0": whole(0, b"x"),
    "a base before the pack": whole(OFS_DELTA, delta(1, 1, b"\x90\x01"), base=b"\xff\xff\x7f"),
    "a base within another": whole(OFS_DELTA, delta(1, 1, b"\x90\x01"), base=b"\x03"),
    "itself as base": whole(OFS_DELTA, delta(1, 1, b"\x90\x01"), base=b"\x00"),
    "a base that is not there": whole(REF_DELTA, delta(1, 1, b"\x90\x01"), base=b"\x77" * 20),
    "a delta of nothing": whole(OFS_DELTA, b"", base=bytes([len(CLEAN)])),
    "a delta without operations": whole(OFS_DELTA, b"\x01\x01", base=bytes([len(CLEAN)])),
    "a size that never ends": bytes([0xBF]) + b"\xff" * 50,
    "too large": entry(BLOB, LARGEST + 1, b""),
    "a delta that makes too much": whole(OFS_DELTA, b"\x0c\xff\xff\xff\x7f\x90\x0c", base=bytes([len(CLEAN)])),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_what_is_not_whole_is_a_suspect_and_hides_nothing_else(tmp_path: Path, bad: bytes) -> None:
    rows = reader_of(tmp_path, CLEAN, bad, whole(BLOB, KEY.encode()), CLEAN).look(0, 4)
    assert [bool(kind & SUSPECT) for kind in rows.kinds] == [False, True, True, False]


def test_bytes_that_are_not_those_of_the_index_are_a_suspect(tmp_path: Path) -> None:
    rows = reader_of(tmp_path, CLEAN, CLEAN, checksums=[zlib.crc32(CLEAN), 7]).look(0, 2)
    assert [bool(kind & SUSPECT) for kind in rows.kinds] == [False, True]
