"""gzip, bzip2, xz and deflate: what a compressed stream holds, chunk by chunk, in bounded memory."""

from __future__ import annotations

import bz2
import lzma
import zlib

from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, UnreadableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.detect.archives.byte_source import Source

_XZ_MEMORY = 72 << 20
"""Bytes that reading xz may take: `xz -9` needs 65 MiB, the usual `xz` 9."""

_FIRST = 1
"""Bytes that are asked for first: if there are some, it is such a file, even if its checksum then is wrong."""


def gunzip(source: Source) -> Iterator[bytes]:
    """The content of one gzip file after another."""
    while source.peek(3) == b"\x1f\x8b\x08":
        yield from inflate(source, zlib.MAX_WBITS | 16)


def inflate(source: Source, window_bits: int) -> Iterator[bytes]:
    """One deflated stream; what follows it stays in `source`."""
    engine = zlib.decompressobj(window_bits)
    room = _FIRST
    while not engine.eof:
        packed = source.read(CHUNK)
        if not packed:
            raise DamagedError
        is_full = True  # then the engine may hold back more, also where it has taken all that was packed
        while is_full and not engine.eof:
            chunk = engine.decompress(packed, room)
            packed = engine.unconsumed_tail
            is_full = len(chunk) == room
            room = CHUNK
            yield chunk
    source.put_back(engine.unused_data)


def bunzip2(source: Source) -> Iterator[bytes]:
    """The content of one bzip2 file after another."""
    while source.peek(3) == b"BZh":
        yield from _decompress(source, bz2.BZ2Decompressor(), _FIRST)


def unxz(source: Source) -> Iterator[bytes]:
    """The content of an xz or lzma file. Raises UnreadableError where its dictionary is too large."""
    try:
        first = _FIRST if source.peek(1) == b"\xfd" else CHUNK  # anything may begin like an lzma
        yield from _decompress(source, lzma.LZMADecompressor(memlimit=_XZ_MEMORY), first)
    except lzma.LZMAError as error:
        if "emory" in str(error):
            raise UnreadableError(f"xz that needs more than {_XZ_MEMORY >> 20} MiB to read") from None
        raise


def _decompress(source: Source, engine: bz2.BZ2Decompressor | lzma.LZMADecompressor, room: int) -> Iterator[bytes]:
    while not engine.eof:
        packed = source.read(CHUNK) if engine.needs_input else b""
        if engine.needs_input and not packed:
            raise DamagedError
        yield engine.decompress(packed, room)
        room = CHUNK
    source.put_back(engine.unused_data)
