"""zip: its members in one pass, by their local headers: wheels, jars and office files are zips too."""

from __future__ import annotations

import re
import struct
import zlib

from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, Source, reader
from openrouter_preflight.detect.archives.compression import inflate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MEMBER = b"PK\x03\x04"
_DIRECTORY = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_DESCRIPTOR = b"PK\x07\x08"
_DESCRIPTOR_LENGTH = 24
"""Bytes of the longest descriptor."""
_AFTER_CONTENT = re.compile(rb"PK(?:\x07\x08|\x03\x04|\x01\x02|\x05\x06)")
_HEADER = struct.Struct("<6xHH8xIIHH")
_HEADER_LENGTH = 30
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZE_FOLLOWS = 0x1, 0x8
_SIZE_IN_EXTRA = 0xFFFFFFFF


def zip_members(source: Source, note: Callable[[str, bytes], None]) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """Name and content of each member; a content must be used up before the next is asked for.

    `note` is told of each member that cannot be read. Raises DamagedError, also in a content, and zlib.error.
    """
    while _find_member(source):
        flags, method, packed, unpacked, name_length, extra_length = _HEADER.unpack(source.take(_HEADER_LENGTH))
        name = source.take(name_length)
        size = _real_size(packed, unpacked, source.take(extra_length))
        size_known = not flags & _SIZE_FOLLOWS or size > 0
        if flags & _ENCRYPTED:
            note("encrypted zip member", name)
        elif method == _DEFLATED:
            yield name, _inflated(source, size if size_known else None)
            continue
        elif method == _STORED:
            yield name, source.part(size) if size_known else _stored(source)
            continue
        else:
            note(f"zip member of compression method {method}", name)
        if size_known:
            source.skip(size)


def _inflated(source: Source, size: int | None) -> Iterator[bytes]:
    if size is None:
        yield from inflate(source, -zlib.MAX_WBITS)
        return
    packed = source.part(size)
    yield from inflate(Source(reader(packed)), -zlib.MAX_WBITS)
    for _ in packed:
        pass


def _stored(source: Source) -> Iterator[bytes]:
    """A content that is not packed, whose size stands behind it."""
    length = 0
    while head := source.peek(CHUNK):
        end = _end_of_content(head, length)
        chunk = source.take(max(len(head) - _DESCRIPTOR_LENGTH, 1) if end is None else end)
        length += len(chunk)
        yield chunk
        if end is not None:
            return
    raise DamagedError


def _end_of_content(head: bytes, before: int) -> int | None:
    """Where a content ends in `head`, which `before` bytes of it precede.

    A descriptor tells its size, with or without a signature before it.
    """
    for mark in _AFTER_CONTENT.finditer(head):
        place, size = mark.start(), before + mark.start()
        if mark[0] == _DESCRIPTOR:
            if head[place + 8 : place + 12] == _low_bytes(size):
                return place
        elif place >= 12 and head[place - 8 : place - 4] == _low_bytes(size - 12):
            return place - 12
    return None


def _low_bytes(size: int) -> bytes:
    return (size & 0xFFFFFFFF).to_bytes(4, "little")


def _find_member(source: Source) -> bool:
    """Move to the next member's header; False where the directory, or the end, comes first.

    Between members stand descriptors and, in some, signatures and padding.
    """
    while head := source.peek(CHUNK):
        places = [place for place in map(head.find, (_MEMBER, *_DIRECTORY)) if place >= 0]
        if places:
            source.take(min(places))
            return source.peek(4) == _MEMBER
        source.take(max(len(head) - 3, 1))
    raise DamagedError


def _real_size(packed: int, unpacked: int, extra: bytes) -> int:
    """Bytes of the packed content: `packed`, or what the zip64 extra field says in its stead."""
    if packed != _SIZE_IN_EXTRA:
        return packed
    place = 0
    while place + 4 <= len(extra):
        identifier, length = struct.unpack_from("<HH", extra, place)
        skipped = 8 if unpacked == _SIZE_IN_EXTRA else 0
        if identifier == 1 and length >= skipped + 8 and place + 4 + skipped + 8 <= len(extra):
            return int(struct.unpack_from("<Q", extra, place + 4 + skipped)[0])
        place += 4 + length
    return packed
