"""zip: members in one pass, by their headers, compared with the directory."""

from __future__ import annotations

import re
import struct
import zlib

from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, Source, reader
from openrouter_preflight.detect.archives.compression import bunzip2, inflate, unlzma, unzstd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Note = Callable[[str, bytes], None]

_MEMBER = b"PK\x03\x04"
_DIRECTORY = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_DESCRIPTOR = b"PK\x07\x08"
_DESCRIPTOR_LENGTH = 24
"""Bytes of the longest descriptor."""
_AFTER_CONTENT = re.compile(rb"PK(?:\x07\x08|\x03\x04|\x01\x02|\x05\x06)")
_HEADER = struct.Struct("<6xHH8xIIHH")
_HEADER_LENGTH = 30
_ENTRY = struct.Struct("<8xHH8xIIHHH8xI")
_ENTRY_LENGTH = 46
_STORED, _DEFLATED, _BZIP2, _LZMA, _ZSTD = 0, 8, 12, 14, 93
_ENCRYPTED, _SIZE_FOLLOWS = 0x1, 0x8
_SIZE_IN_EXTRA = 0xFFFFFFFF


def zip_members(source: Source, note: Note, leave: Note) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """Yield name and content of each member, to be used in order.

    `leave` is told of each member that is not opened, `note` of each that the directory and the headers tell
    differently. Raises DamagedError, also in a content, and zlib.error.
    """
    seen: dict[int, tuple[int, int]] = {}
    while _find_member(source):
        at = source.position
        flags, method, packed, unpacked, name_length, extra_length = _HEADER.unpack(source.take(_HEADER_LENGTH))
        seen[at] = method, flags & _ENCRYPTED
        name = source.take(name_length)
        size = _real_size(packed, unpacked, source.take(extra_length))
        size_known = not flags & _SIZE_FOLLOWS or size > 0
        content = None if flags & _ENCRYPTED else _content(source, method, size if size_known else None)
        if content is not None:
            yield name, content
            continue
        leave("encrypted zip member" if flags & _ENCRYPTED else f"zip member of compression method {method}", name)
        if size_known:
            source.skip(size)
    _compare_directory(source, seen, note)


def _content(source: Source, method: int, size: int | None) -> Iterator[bytes] | None:
    """Return the content of the next member; None for an unread method."""
    if method == _DEFLATED:
        return _inflated(source, size)
    if method == _STORED:
        return _stored(source) if size is None else source.part(size)
    packed = None if size is None else source.part(size)
    inner = source if packed is None else Source(reader(packed))
    unpack = {_BZIP2: bunzip2, _LZMA: unlzma, _ZSTD: unzstd}.get(method)
    content = unpack(inner) if unpack else None
    return None if content is None else _used_up(content, packed)


def _used_up(content: Iterator[bytes], packed: Iterator[bytes] | None) -> Iterator[bytes]:
    yield from content
    for _ in packed or ():
        pass


def _compare_directory(source: Source, seen: dict[int, tuple[int, int]], note: Note) -> None:
    """Note members that only the directory names: other readers see those."""
    entries = list(_directory(source))
    known = [offset for _, _, offset in entries if offset != _SIZE_IN_EXTRA]
    if not known:
        return
    lead = min(seen, default=0) - min(known)
    for name, layout, offset in entries:
        if offset != _SIZE_IN_EXTRA and seen.get(offset + lead) != layout:
            note("zip member that its directory tells otherwise than its header", name)


def _directory(source: Source) -> Iterator[tuple[bytes, tuple[int, int], int]]:
    """Yield name, method with the mark of encryption, and offset of each member."""
    while source.peek(4) == _DIRECTORY[0] and len(source.peek(_ENTRY_LENGTH)) == _ENTRY_LENGTH:
        fields = _ENTRY.unpack(source.take(_ENTRY_LENGTH))
        flags, method, _, _, name_length, extra_length, comment_length, offset = fields
        name = source.take(name_length)
        source.take(extra_length + comment_length)
        yield name, (method, flags & _ENCRYPTED), offset


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
    """Return the end of a content in `head`.

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
    """Move to the next member's header; False at the directory or end.

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
    """Return the packed size, from zip64's extra field if need be."""
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
