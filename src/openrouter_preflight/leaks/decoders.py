"""Text hidden inside text: UTF-16 and UTF-32, base64, and escapes, each undone just where a needle says so.

Nothing here knows what a key is. Archives, which are files of their own, are `archives`'.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.bytesearch import find_all
from openrouter_preflight.leaks.layers import Layer, Pieces, regions
from openrouter_preflight.leaks.prefilter import (
    BASE64_NEEDLES,
    BASE64_OF_WIDE_NEEDLES,
    ESCAPE_NEEDLES,
    WIDE_BASE64_NEEDLES,
    WIDE_NEEDLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_REACH = 4096
"""Bytes after a needle within which its key ends, however it is spelled."""


def decode_all(data: bytes) -> Iterator[Layer]:
    """Every inner layer of `data` in which a needle says that a key may stand."""
    yield from _wide_layers(data)
    yield from _base64_layers(data)
    yield from _escaped_layers(data)


def _offsets(data: bytes, needles: tuple[bytes, ...]) -> list[int]:
    return sorted(offset for needle in needles for offset in find_all(data, needle))


def _wide_layers(data: bytes) -> Iterator[Layer]:
    utf16, utf32 = WIDE_NEEDLES
    for needles, width in (((utf16, *WIDE_BASE64_NEEDLES), 2), ((utf32,), 4)):
        offsets = _offsets(data, needles)
        for phase in range(width) if offsets else ():
            in_phase = [offset for offset in offsets if offset % width == phase]
            for start, end in regions(in_phase, _REACH, _REACH, len(data)):
                yield _wide_layer(data, start + (phase - start) % width, end, width)


def _wide_layer(data: bytes, start: int, end: int, width: int) -> Layer:
    """The characters whose low bytes stand at `start` and every `width` bytes on.

    Nothing in ASCII text tells which byte order it is but the place: characters begin at multiples of their width.
    """
    high_bytes_first = start % width == width - 1
    character = start - (width - 1) * high_bytes_first
    return Layer(
        data=narrow(data[start:end], width),
        encoding=f"utf-{8 * width}-{'be' if high_bytes_first else 'le'}",
        origin=lambda index: character + index * width,
    )


def narrow(data: bytes, width: int) -> bytes:
    """One byte for each character of little-endian `data`: itself if it is one, else a byte that no key holds.

    Big-endian text read from its first low byte is little-endian text, bar the zeros that end it: this serves both.
    """
    data += bytes(-len(data) % width)
    end = len(data)
    low = data[0:end:width]
    high_bytes = [data[place:end:width] for place in range(1, width)]
    if not any(high.strip(b"\0") for high in high_bytes):
        return low
    return bytes(0x1A if any(high) else byte for byte, *high in zip(low, *high_bytes, strict=True))


_LINE_BREAK = rb"(?:\\r)?(?:\\n|\r?\n)[ \t]{0,120}(?:(?:[-+>|#*;%]|//|--)[ \t]{1,8})?[\"']?"
_BREAK_IN_RUN = re.compile(rb"[\"']?" + _LINE_BREAK)
_BASE64_RUN = re.compile(rb"[0-9A-Za-z+/_-]{2,}(?:[\"']?%b[0-9A-Za-z+/_-]{2,})*" % _LINE_BREAK)
_BEFORE = 256
"""Bytes before a needle in which the base64 of its key begins, with at least one line break."""
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def _base64_layers(data: bytes) -> Iterator[Layer]:
    done = 0
    offsets = _offsets(data, BASE64_NEEDLES + BASE64_OF_WIDE_NEEDLES)
    for position, offset in enumerate(offsets):
        if offset < done:
            continue
        run = next(run for run in _BASE64_RUN.finditer(data, max(done, offset - _BEFORE)) if run.end() > offset)
        done = run.end()
        inside = []
        for other in offsets[position:]:
            if other >= done:
                break
            inside.append(other)
        yield from _run_layers(data, run.start(), run.end(), inside)


def _run_layers(data: bytes, start: int, end: int, offsets: list[int]) -> Iterator[Layer]:
    """The run of base64 between `start` and `end`, decoded once for each alignment of a needle in it."""
    marked = all(data[brk.end() : brk.end() + 1] == b"+" for brk in _BREAK_IN_RUN.finditer(data, start, end))
    for mark in (0, 1) if marked else (0,):
        pieces = _without_breaks(data, start, end, mark)
        text = pieces.join().translate(_TO_STANDARD)
        for phase in sorted({pieces.index(offset) % 4 for offset in offsets}):
            yield _base64_layer(text[phase:], phase, pieces)


def _base64_layer(text: bytes, skipped: int, pieces: Pieces) -> Layer:
    """`text` decoded, which is all of `pieces` but the first `skipped` characters."""
    whole = text[:-1] if len(text) % 4 == 1 else text
    return Layer(
        data=a2b_base64(whole + b"=" * (-len(whole) % 4)),
        encoding="base64",
        origin=lambda index: pieces.origin(skipped + index * 4 // 3),
    )


def _without_breaks(data: bytes, start: int, end: int, mark: int) -> Pieces:
    """The run without its line breaks and the `mark` bytes (a patch's `+`) after each."""
    pieces = Pieces()
    place = start
    for line_break in _BREAK_IN_RUN.finditer(data, start, end):
        pieces.add(data[place : line_break.start()], place)
        place = line_break.end() + mark
    pieces.add(data[place:end], place)
    return pieces


_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})|\\{1,4}u00([0-9A-Fa-f]{2})")


def _escaped_layers(data: bytes) -> Iterator[Layer]:
    offsets = _offsets(data, ESCAPE_NEEDLES)
    for start, end in regions(offsets, _REACH // 16, _REACH, len(data)):
        pieces = Pieces()
        place = start
        for escape in _ESCAPE.finditer(data, start, end):
            pieces.add(data[place : escape.start()], place)
            pieces.add(bytes.fromhex((escape[1] or escape[2]).decode("ascii")), escape.start())
            place = escape.end()
        pieces.add(data[place:end], place)
        yield Layer(pieces.join(), "escaped", pieces.origin)
