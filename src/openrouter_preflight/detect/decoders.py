"""Text hidden inside text: UTF-16 and UTF-32, base64, and escapes, each undone just where a needle says so.

Nothing here knows what a key is. Archives, which are files of their own, are `unpacking`'s.
"""

from __future__ import annotations

import re
from array import array
from binascii import a2b_base64
from bisect import bisect_left, bisect_right
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from openrouter_preflight.detect.decoded import Decoded, Pieces, regions
from openrouter_preflight.detect.prefilter import (
    BASE64_NEEDLES,
    BASE64_OF_WIDE_NEEDLES,
    ESCAPED_PREFIXES,
    LITERAL,
    WIDE_BASE64_NEEDLES,
    WIDE_NEEDLES,
)
from openrouter_preflight.keys.api_key import LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_REACH = 4096
"""Bytes after a needle within which its key ends, however it is spelled."""


def decode_all(data: bytes, candidates: Sequence[int]) -> Iterator[Decoded]:
    """Every inner layer of `data` in which a needle says that a key may stand.

    `candidates` are where needles stand in `data`, ascending (`prefilter.candidate_offsets`).
    """
    for decode, needles in _DECODERS:
        offsets = [offset for offset in candidates if data.startswith(needles, offset)]
        if offsets:
            yield from decode(data, offsets)


def _wide_layers(data: bytes, found: list[int]) -> Iterator[Decoded]:
    utf16, utf32 = WIDE_NEEDLES
    for needles, width in (((utf16, *WIDE_BASE64_NEEDLES), 2), ((utf32,), 4)):
        readings: dict[tuple[int, str], list[int]] = {}
        for offset in (each for each in found if data.startswith(needles, each)):
            order = _byte_order(data, offset, width)
            first = offset - (width - 1 if order == "be" else 0)
            readings.setdefault((first % width, order), []).append(max(first, 0))
        for (phase, order), offsets in readings.items():
            yield _wide_layer(data, offsets, phase, width, order)


def _byte_order(data: bytes, offset: int, width: int) -> str:
    """The byte order of the text whose first low byte stands at `offset`.

    ASCII looks the same in both but at its ends. Where both ends allow both, the place decides: characters begin at
    multiples of their width.
    """
    before = data[max(0, offset - width + 1) : offset]
    if before.strip(b"\0"):
        return "le"
    if offset % width == width - 1:
        return "be"
    last = offset + (LENGTH - 1) * width
    return "be" if len(before) == width - 1 and data[last + 1 : last + width].strip(b"\0") else "le"


def _wide_layer(data: bytes, offsets: list[int], phase: int, width: int, order: str) -> Decoded:
    """The characters around `offsets`, which begin at `phase` and every `width` bytes on."""
    object_fields = Pieces()
    for start, end in regions(offsets, _REACH, _REACH, len(data)):
        first = start + (phase - start) % width
        object_fields.add_apart(_narrow(data[first:end], width, order), partial(_stride, first, width))
    return Decoded(object_fields.join(), f"utf-{8 * width}-{order}", object_fields.origin)


def _stride(start: int, width: int, index: int) -> int:
    return start + index * width


def _narrow(data: bytes, width: int, order: str) -> bytes:
    """One byte for each character of wide text: itself if it is one, else a byte that no key holds."""
    data += bytes(-len(data) % width)
    low, *high_bytes = (data[place::width] for place in range(width)[:: 1 if order == "le" else -1])
    if not any(high.strip(b"\0") for high in high_bytes):
        return low
    return bytes(0x1A if any(high) else byte for byte, *high in zip(low, *high_bytes, strict=True))


_LINE_BREAK = (
    rb"(?:[\"'][ \t]{0,8}[+.,&]?[ \t]{0,8})?\\?(?:(?:\\r)?\\n|\r?\n|\r)"
    rb"[ \t]{0,120}(?:(?:[-+>|#*;%]|//|--)(?:[ \t]{1,8}|(?=[\"']))){0,3}(?:b?[\"'])?"
)
_BREAK_IN_RUN = re.compile(_LINE_BREAK)
_BASE64_RUN = re.compile(
    rb"[0-9A-Za-z+/_-]{2,}(?:%b(?:[0-9A-Za-z+/_-]{2,}|[0-9A-Za-z+/_-](?![^=\s\"'])))*" % _LINE_BREAK
)
_BEFORE = 256
"""Bytes before a needle in which the base64 of its key begins, with at least one line break."""
_KEY_IN_BASE64 = (LENGTH + 2) // 3 * 4
"""Characters that hold a key which ends with the last of them."""
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


_SHORTEST_RUN = 54
"""Characters of base64 that the shortest damaged key takes (`shapes.is_suspicious`)."""


def _base64_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    decoded = Pieces()
    first = end = 0
    while first < len(offsets):
        runs = _BASE64_RUN.finditer(data, max(end, offsets[first] - _BEFORE))
        run = next(run for run in runs if run.end() > offsets[first])
        end = run.end()
        last = bisect_left(offsets, end, first)
        if end - run.start() >= _SHORTEST_RUN:
            _decode_run(data, run.start(), end, offsets[first:last], decoded)
        first = last
    yield Decoded(decoded.join(), "base64", decoded.origin)


def _decode_run(data: bytes, start: int, end: int, offsets: list[int], decoded: Pieces) -> None:
    """Add the run of base64 between `start` and `end`, once for each alignment of the needles at `offsets`.

    A `+` after every line break may be a patch's mark, or base64 by chance: both are tried.
    """
    breaks = list(_BREAK_IN_RUN.finditer(data, start, end))
    marked = bool(breaks) and all(data[line_break.end()] == ord("+") for line_break in breaks)
    for mark in (0, 1) if marked else (0,):
        begins = [start, *(line_break.end() + mark for line_break in breaks)]
        ends = [*(line_break.start() for line_break in breaks), end]
        text = b"".join(data[begin:stop] for begin, stop in zip(begins, ends, strict=True)).translate(_TO_STANDARD)
        lengths = accumulate(stop - begin for begin, stop in zip(begins, ends, strict=True))
        indexes = [0, *lengths][: len(begins)]
        phases = {
            (indexes[line] + offset - begins[line]) % 4
            for offset in offsets
            for line in (bisect_right(begins, offset) - 1,)
        }
        for phase in sorted(phases):
            decoded.add_apart(_decode(text[phase:]), partial(_character, indexes, begins, phase))
            for end_of_line in indexes[1:]:
                first = phase + max(end_of_line - phase - _KEY_IN_BASE64, 0) // 4 * 4
                if _ends_with_key(tail := _decode(text[first:end_of_line])):
                    decoded.add_apart(tail, partial(_character, indexes, begins, first))


def _ends_with_key(text: bytes) -> bool:
    """Whether a key may end with its line. If the next one is another text, what is joined is too long for a key."""
    return text.startswith(LITERAL, max(len(text) - LENGTH, 0))


def _decode(text: bytes) -> bytes:
    whole = text[:-1] if len(text) % 4 == 1 else text
    return a2b_base64(whole + b"=" * (-len(whole) % 4))


def _character(indexes: list[int], begins: list[int], skipped: int, index: int) -> int:
    """Where the base64 character begins the byte at `index`: lines start at `begins`, `indexes` characters in."""
    character = skipped + index * 4 // 3
    line = bisect_right(indexes, character) - 1
    return begins[line] + character - indexes[line]


_HYPHEN = ord("-")
_ESCAPE = re.compile(
    rb"(?:%(?:25)?|\\{1,4}(?:u00|x))(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\{1,4}u\{(?P<braced>[0-9A-Fa-f]{2})\}"
    rb"|\\{1,4}(?:055|-)"
    rb"|&\#(?:[xX]0{0,4}(?P<entity>[0-9A-Fa-f]{2})|0{0,4}(?P<decimal>[0-9]{2}|1[0-9]{2}));"
)


def _escaped_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    object_fields = Pieces()
    for start, end in regions(offsets, _REACH // 16, _REACH, len(data)):
        object_fields.add_apart(*_unescape(data, start, end))
    yield Decoded(object_fields.join(), "escaped", object_fields.origin)


def _unescape(data: bytes, start: int, end: int) -> tuple[bytes, Callable[[int], int]]:
    """The stretch from `start` to `end` with its escapes undone, and where each byte of that stood."""
    text = bytearray()
    place = start
    begins, shifts = array("Q", [0]), array("Q", [start])
    for escape in _ESCAPE.finditer(data, start, end):
        text += data[place : escape.start()]
        digits = escape["hex"] or escape["braced"] or escape["entity"]
        text.append(int(digits, 16) if digits else int(escape["decimal"] or _HYPHEN))
        place = escape.end()
        begins.append(len(text))
        shifts.append(place - len(text))
    text += data[place:end]
    return bytes(text), partial(_shifted, begins, shifts)


def _shifted(begins: array[int], shifts: array[int], index: int) -> int:
    """Where the byte at `index` stood; from each of `begins` on, all stood further on by the shift of that place."""
    return index + shifts[bisect_right(begins, index) - 1]


_DECODERS: tuple[tuple[Callable[[bytes, list[int]], Iterator[Decoded]], tuple[bytes, ...]], ...] = (
    (_wide_layers, WIDE_NEEDLES + WIDE_BASE64_NEEDLES),
    (_base64_layers, BASE64_NEEDLES + BASE64_OF_WIDE_NEEDLES),
    (_escaped_layers, ESCAPED_PREFIXES),
)
"""What undoes an encoding, and the needles that say that it is there."""
