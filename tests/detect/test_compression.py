"""Compressed streams: one after another, in chunks that memory can hold, and what follows them left alone."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import zlib
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, Source, reader
from openrouter_preflight.detect.archives.compression import bunzip2, gunzip, inflate, unxz

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMATS: dict[str, tuple[Callable[[bytes], bytes], Callable[[Source], Iterator[bytes]]]] = {
    "gzip": (gzip.compress, gunzip),
    "zlib": (zlib.compress, lambda source: inflate(source, zlib.MAX_WBITS)),
    "bzip2": (bz2.compress, bunzip2),
    "xz": (lzma.compress, unxz),
    "lzma": (lambda content: lzma.compress(content, lzma.FORMAT_ALONE), unxz),
}
CONTENTS = {
    "empty": b"",
    "short": b"abc",
    "far larger than packed": bytes(CHUNK * 5 + 7),
    "hardly smaller packed": random.Random(2).randbytes(CHUNK * 2 + 7),
}


def source(data: bytes, most: int) -> Source:
    return Source(reader(iter([data[place : place + most] for place in range(0, len(data), most)])))


@pytest.mark.parametrize("most", [1000, 1 << 20])
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_stream_is_read_to_its_end_in_bounded_chunks(kind: str, content: bytes, most: int) -> None:
    pack, unpack = FORMATS[kind]
    held = source(pack(content) + b"what follows", most)
    chunks = list(unpack(held))
    assert b"".join(chunks) == content
    assert max(map(len, chunks), default=0) <= CHUNK
    assert held.peek(99) == b"what follows"


@pytest.mark.parametrize("kind", ["gzip", "bzip2"])
def test_streams_that_follow_one_another_are_one_content(kind: str) -> None:
    pack, unpack = FORMATS[kind]
    held = source(pack(b"abc") + pack(b"") + pack(b"def") + b"rest", 1 << 20)
    assert b"".join(unpack(held)) == b"abcdef"
    assert held.peek(99) == b"rest"


@pytest.mark.parametrize("cut", [1, 10, 1000])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_stream_that_is_cut_short_gives_what_it_has_and_is_damaged(kind: str, cut: int) -> None:
    pack, unpack = FORMATS[kind]
    content = CONTENTS["hardly smaller packed"]
    chunks = unpack(source(pack(content)[:-cut], 1000))
    read = b""
    with pytest.raises(DamagedError):  # noqa: PT012 - what comes before it matters
        for chunk in chunks:
            read += chunk
    assert content.startswith(read)
