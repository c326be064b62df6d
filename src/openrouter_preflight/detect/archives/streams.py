"""Compressed streams in PDF, PNG, Flash, git's packs and bundles."""

from __future__ import annotations

import zlib

from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, Source, reader
from openrouter_preflight.detect.archives.compression import inflate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Members = Iterator[tuple[bytes, Iterator[bytes]]]

_STREAM = b"stream"
_PIECE = 4096
"""Bytes that are inflated at once where it is not known whether they are a stream."""


def pdf_streams(source: Source) -> Members:
    """Yield the streams that zlib packed (FlateDecode), without a name."""
    while head := source.peek(CHUNK):
        at = head.find(_STREAM)
        if at < 0:
            source.take(max(len(head) - len(_STREAM), 1))
            continue
        is_end = head[max(at - 3, 0) : at] == b"end"
        source.take(at + len(_STREAM))
        if is_end:
            continue
        while source.peek(1) in (b"\r", b"\n"):
            source.take(1)
        if source.peek(1) == b"x":
            yield b"", _inflate_if_it_is(source)


def _inflate_if_it_is(source: Source) -> Iterator[bytes]:
    """Yield inflated bytes, up to where it is no stream."""
    engine = zlib.decompressobj()
    packed = b""
    try:
        while not engine.eof:
            packed = engine.unconsumed_tail or source.read(_PIECE)
            if not packed:
                return
            yield engine.decompress(packed, CHUNK)
    except zlib.error:
        source.put_back(packed)
    else:
        source.put_back(engine.unused_data)


_MOST_TEXT = 8 << 20
"""Bytes of one chunk of text that are looked at."""


def png_texts(source: Source) -> Members:
    """Yield the texts that zlib packed: zTXt and iTXt. Others are seen as they are."""
    source.take(8)
    while len(head := source.peek(8)) == 8:
        source.take(8)
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind not in (b"zTXt", b"iTXt") or size > _MOST_TEXT:
            source.skip(size + 4)
            continue
        name, _, rest = b"".join(source.part(size)).partition(b"\0")
        source.skip(4)
        if kind == b"iTXt":
            is_packed, rest = rest[:1] == b"\1", rest[1:]
            rest = rest[:1] + rest[1:].partition(b"\0")[2].partition(b"\0")[2] if is_packed else b""
        if len(rest) > 1:
            yield name, _inflate_if_it_is(Source(reader(iter([rest[1:]]))))


def swf_body(source: Source) -> Iterator[bytes]:
    """Yield the body of a Flash film that zlib packed."""
    source.take(8)
    yield from inflate(source, zlib.MAX_WBITS)


def bundle_objects(source: Source) -> Members:
    """Yield the objects in a git bundle: lines of refs, then a pack."""
    head = source.peek(CHUNK)
    end = head.find(b"\n\nPACK")
    if end < 0:
        raise DamagedError
    source.take(end + 2)
    yield from pack_objects(source)


_OFS_DELTA, _REF_DELTA = 6, 7
_OID_LENGTH = 20


def pack_objects(source: Source) -> Members:
    """Yield the objects in a git pack, deltas as their inserts."""
    count = int.from_bytes(source.take(12)[8:], "big")
    for number in range(count):
        byte = source.take(1)[0]
        kind = byte >> 4 & 7
        while byte & 0x80:
            byte = source.take(1)[0]
        if kind == _OFS_DELTA:
            while source.take(1)[0] & 0x80:
                pass
        elif kind == _REF_DELTA:
            source.take(_OID_LENGTH)
        yield b"object %d" % (number + 1), inflate(source, zlib.MAX_WBITS)
