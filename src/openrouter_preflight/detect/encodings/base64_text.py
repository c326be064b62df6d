"""base64 around needles: lines, string literals or arrays, any alignment."""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_hex
from bisect import bisect_left, bisect_right
from contextlib import suppress
from functools import partial
from itertools import accumulate
from zlib import MAX_WBITS, decompressobj
from zlib import error as zlib_error

from openrouter_preflight.detect.encodings.layer import Decoded, Pieces, regions, traced
from openrouter_preflight.detect.needles import (
    BASE64_NEEDLES,
    BASE64_OF_GZIP_NEEDLES,
    BASE64_OF_WIDE_NEEDLES,
    BASE64_TWICE_NEEDLES,
    LITERALS,
)
from openrouter_preflight.keys.key_format import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.keys.key_format import KeyFormat

NEEDLES = BASE64_NEEDLES + BASE64_OF_WIDE_NEEDLES + BASE64_TWICE_NEEDLES
GZIP_NEEDLES = BASE64_OF_GZIP_NEEDLES
_GZIP = b"\x1f\x8b\x08"
_LENGTH = max(each.length for each in FORMATS)

_LINE_BREAK = (
    rb"(?:(?:[\"'][ \t]{0,8}[+.,&]?[ \t]{0,8})?\\?(?:(?:\\r)?\\n|\r?\n|\r)"
    rb"[ \t]{0,120}(?:(?:[-+>|#*;%]|//|--)(?:[ \t]{1,8}|(?=[\"']))){0,3}(?:b?[\"'])?"
    rb"|\\?[\"'][ \t]{0,8}[+.,&]?[ \t]{0,8}b?\\?[\"'])"
)
"""The end of one line or string literal, and the start of the next."""
_BREAK_BYTES = (b"\n", b"\r", b'"', b"'", b"\\")
"""One of them is in every break: a run without any, as of recorded images, is not searched for breaks."""
_BREAK_IN_RUN = re.compile(_LINE_BREAK)
_BASE64_RUN = re.compile(
    rb"[0-9A-Za-z+/_-]{2,}(?:%b(?:[0-9A-Za-z+/_-]{2,}|[0-9A-Za-z+/_-](?![^=\s\"'])))*" % _LINE_BREAK
)
_BEFORE = 256
"""Bytes before a needle in which the base64 of its key begins, with at least one line break."""
_AFTER = 16 * 1024
"""Bytes behind a needle in which its key ends, and what tells how it ends: a recorded image may be far longer."""
_KEY_IN_BASE64 = (_LENGTH + 2) // 3 * 4
"""Characters that hold a key which ends with the last of them."""
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


_SHORTEST_RUN = 54
"""Characters of base64 that the shortest damaged key takes (`classify.is_suspicious`)."""


def base64_layers(data: bytes, offsets: list[int], after: int = _AFTER) -> Iterator[Decoded]:
    """Yield the content of base64 runs at needles, as one layer."""
    decoded = Pieces()
    first = 0
    for start, end in regions(offsets, _BEFORE, after, len(data)):
        reach = start
        while first < len(offsets) and offsets[first] < end:
            runs = _BASE64_RUN.finditer(data, max(reach, offsets[first] - _BEFORE), end)
            run = next((run for run in runs if run.end() > offsets[first]), None)
            if run is None:  # the region ends in the needle
                first += 1
                continue
            reach = run.end()
            last = bisect_left(offsets, reach, first)
            if reach - run.start() >= _SHORTEST_RUN:
                _decode_run(data, run.start(), reach, offsets[first:last], decoded)
            first = last
    yield Decoded(decoded.join(), "base64", decoded.origin)


_MOST_UNPACKED = 1 << 20
"""Bytes that gzip in base64 may unpack to."""


def gzip_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield the content of gzip in base64, as Terraform and cloud-init have it."""
    for layer in base64_layers(data, offsets, len(data)):
        at = layer.data.find(_GZIP)
        while at >= 0:
            engine = decompressobj(MAX_WBITS | 16)
            with suppress(zlib_error):
                unpacked = engine.decompress(layer.data[at:], _MOST_UNPACKED)
                yield Decoded(unpacked, "base64+gzip", partial(traced, [layer.origin(at)]))
            at = layer.data.find(_GZIP, len(layer.data) - len(engine.unused_data) if engine.eof else at + 1)


def _decode_run(data: bytes, start: int, end: int, offsets: list[int], decoded: Pieces) -> None:
    """Decode the run of base64 in each alignment of its needles.

    A `+` after every line break may be a patch's mark, or base64 by chance: both are tried.
    """
    has_breaks = any(data.find(each, start, end) >= 0 for each in _BREAK_BYTES)
    breaks = list(_BREAK_IN_RUN.finditer(data, start, end)) if has_breaks else []
    marked = bool(breaks) and all(data[line_break.end()] == ord("+") for line_break in breaks)
    for mark in (0, 1) if marked else (0,):
        begins = [start, *(line_break.end() + mark for line_break in breaks)]
        ends = [*(line_break.start() for line_break in breaks), end]
        text = b"".join(data[begin:stop] for begin, stop in zip(begins, ends, strict=True)).translate(_TO_STANDARD)
        lengths = accumulate(stop - begin for begin, stop in zip(begins, ends, strict=True))
        indexes = [0, *lengths][: len(begins)]
        phases = {
            (indexes[line] + offset - begins[line] + shift) % 4
            for offset in offsets
            for line in (bisect_right(begins, offset) - 1,)
            for shift in (range(4) if data.startswith(BASE64_OF_WIDE_NEEDLES, offset) else (0,))
        }
        for phase in sorted(phases):
            decoded.add_apart(_decode(text[phase:]), partial(_character, indexes, begins, phase))
            for end_of_line in indexes[1:]:
                first = phase + max(end_of_line - phase - _KEY_IN_BASE64, 0) // 4 * 4
                if _ends_with_key(tail := _decode(text[first:end_of_line])):
                    decoded.add_apart(tail, partial(_character, indexes, begins, first))


def _ends_with_key(text: bytes) -> bool:
    """Return True if a key may end with its line."""
    return text.startswith(LITERALS, max(len(text) - _LENGTH, 0))


def _decode(text: bytes) -> bytes:
    whole = text[:-1] if len(text) % 4 == 1 else text
    return a2b_base64(whole + b"=" * (-len(whole) % 4))


def _character(indexes: list[int], begins: list[int], skipped: int, index: int) -> int:
    """Return the place of the character that begins the byte at `index`."""
    character = skipped + index * 4 // 3
    line = bisect_right(indexes, character) - 1
    return begins[line] + character - indexes[line]


_LONGEST_CALL = 80
"""Bytes between a plain prefix and the base64 of its digits: the end of a string, an operator, a function's name."""

_JOINED_BODY = rb"%b[\"'`]?[ \t]{0,4}(?:[+.&|,]|\$?\{|<>|\.\.)[^\n;]{0,%d}?(?<![0-9A-Za-z+/_-])%b(?![0-9A-Za-z+/_=-])"


def _joined_body(shape: KeyFormat, written: bytes) -> re.Pattern[bytes]:
    return re.compile(_JOINED_BODY % (re.escape(shape.prefix.encode()), _LONGEST_CALL, written))


_BODIES = [
    (shape, _joined_body(shape, written), encoding)
    for shape in FORMATS
    for encoding, written in (
        ("base64", b"([0-9A-Za-z+/_-]{%d})={0,2}" % -(-shape.body_length * 4 // 3)),
        ("hex", b"([0-9A-Fa-f]{%d})" % (2 * shape.body_length)),
    )
]


def encoded_body_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield keys of a plain prefix and a body in base64 or hexadecimal."""
    for offset in offsets:
        for shape, pattern, encoding in _BODIES:
            found = pattern.match(data, offset)
            if found is None:
                continue
            body = a2b_hex(found[1]) if encoding == "hex" else _decode(found[1].translate(_TO_STANDARD))
            if shape.is_body(body.decode("latin-1")):
                starts = [*range(offset, offset + len(shape.prefix)), *([found.start(1)] * len(body)), found.end(1)]
                yield Decoded(shape.prefix.encode() + body, encoding, partial(traced, starts))
