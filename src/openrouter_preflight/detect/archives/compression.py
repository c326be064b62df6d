"""gzip, bzip2, xz, deflate, zlib and zstd: contents in bounded chunks."""

from __future__ import annotations

import zlib

from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, UnreadableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from openrouter_preflight.detect.archives.byte_source import Source

    class _Engine(Protocol):
        """The common interface of decompressors."""

        @property
        def eof(self) -> bool:
            """True at the end of the stream."""

        @property
        def needs_input(self) -> bool:
            """True where nothing is left to return."""

        @property
        def unused_data(self) -> bytes:
            """The bytes after the stream."""

        def decompress(self, data: bytes, max_length: int = -1) -> bytes:
            """Return up to so many bytes."""


_XZ_MEMORY = 72 << 20
"""Bytes that reading xz may take: `xz -9` needs 65 MiB, the usual `xz` 9."""

_LZMA_PROPERTIES = 5
_ZSTD_MODULES = ("compression.zstd", "backports.zstd", "pyzstd")
"""Python has one from 3.14 on."""

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


def unzlib(source: Source) -> Iterator[bytes]:
    """Yield the content of a zlib file: a git object, an array that was saved."""
    yield from inflate(source, zlib.MAX_WBITS)


def bunzip2(source: Source) -> Iterator[bytes]:
    """The content of one bzip2 file after another."""
    import bz2  # few archives need it, and it takes time to load

    while source.peek(3) == b"BZh":
        yield from _decompress(source, bz2.BZ2Decompressor(), _FIRST)


def unxz(source: Source) -> Iterator[bytes]:
    """Yield the content of an xz or lzma file. Raises UnreadableError."""
    import lzma  # as above

    try:
        first = _FIRST if source.peek(1) == b"\xfd" else CHUNK  # anything may begin like an lzma
        yield from _decompress(source, lzma.LZMADecompressor(memlimit=_XZ_MEMORY), first)
    except lzma.LZMAError as error:
        if "emory" in str(error):
            raise UnreadableError(f"xz that needs more than {_XZ_MEMORY >> 20} MiB to read") from None
        raise DamagedError from None


def unlzma(source: Source) -> Iterator[bytes]:
    """Yield the content of a zip's member of method 14."""
    import lzma  # as above

    source.take(2)
    properties = source.take(int.from_bytes(source.take(2), "little"))
    if len(properties) != _LZMA_PROPERTIES or properties[0] >= 9 * 5 * 5:
        raise DamagedError
    dictionary = int.from_bytes(properties[1:], "little")
    if dictionary > _XZ_MEMORY:
        raise UnreadableError(f"lzma that needs more than {_XZ_MEMORY >> 20} MiB to read")
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}]
    engine = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    while not engine.eof:
        packed = source.read(CHUNK) if engine.needs_input else b""
        if engine.needs_input and not packed:
            return
        try:
            chunk = engine.decompress(packed, CHUNK)
        except lzma.LZMAError:
            raise DamagedError from None
        yield chunk
    source.put_back(engine.unused_data)


def unzstd(source: Source) -> Iterator[bytes] | None:
    """Return the content of a zstd file; None where this Python cannot read it."""
    from importlib import import_module

    for name in _ZSTD_MODULES:
        try:
            module = import_module(name)
        except ImportError:
            continue
        return _undamaged(_decompress(source, module.ZstdDecompressor(), CHUNK), module.ZstdError)
    return None


def _undamaged(content: Iterator[bytes], damage: type[Exception]) -> Iterator[bytes]:
    """Give damage the name that all formats share."""
    try:
        yield from content
    except damage:
        raise DamagedError from None


def _decompress(source: Source, engine: _Engine, room: int) -> Iterator[bytes]:
    while not engine.eof:
        packed = source.read(CHUNK) if engine.needs_input else b""
        if engine.needs_input and not packed:
            raise DamagedError
        yield engine.decompress(packed, room)
        room = CHUNK
    source.put_back(engine.unused_data)
