"""Codes of characters: arrays, hexadecimal text, and dumps.

The codes of a prefix are looked for as such, with what may stand between two codes, and then the codes of a body.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import partial
from itertools import accumulate

from openrouter_preflight.detect.encodings.layer import Decoded, regions, traced
from openrouter_preflight.detect.needles import CODE_NEEDLES
from openrouter_preflight.keys.key_format import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openrouter_preflight.keys.key_format import KeyFormat

NEEDLES = CODE_NEEDLES

_BEFORE, _BEHIND = 1024, 1024
"""Bytes around a needle in which its prefix begins and ends, a code on each line."""

_SHORTEST_BODY = 32
"""Fewer digits are not even suspicious (`classify.is_suspicious`)."""

_MORE = 9
"""Codes read after a body: they tell how it ends."""


class _Notation:
    """A way to write codes: one byte, any code, and separators."""

    def __init__(self, write: Callable[[int], bytes], any_code: bytes, between: bytes, base: int) -> None:
        self._write, self._between, self._base = write, between, base
        self._next = re.compile(between + any_code, re.IGNORECASE)

    def prefix(self, shape: KeyFormat) -> re.Pattern[bytes]:
        """Return a pattern for the codes of a prefix."""
        codes = (b"(?:%b)" % self._write(each) for each in shape.prefix.encode())
        return re.compile(b"(?<![0-9A-Za-z])" * (self._base == 10) + self._between.join(codes), re.IGNORECASE)

    def read(self, data: bytes, place: int, most: int, alphabet: frozenset[int]) -> Iterator[tuple[int, int, int]]:
        """Yield value, start and end of each code from `place` on."""
        for _ in range(most):
            code = self._next.match(data, place)
            if code is None:
                return
            value, place = int(code[1], self._base), code.end()
            if value not in alphabet:
                return
            yield value, code.start(1), place


_NUMBERS_BETWEEN = rb"(?:u8)?[^0-9]{1,60}(?:\"?[0-9]{1,4}\"?[ \t]{0,4}:[ \t]{0,4})?"
"""Anything but a number, or the index of the next one: `, `, `).chr(`, `,\n  "7": `."""
_TEXT_BETWEEN = rb"[\"']?[ \t,:;.+\\-]{0,5}(?:\r?\n[ \t]{0,40}\\?)?[\"']?"

_NOTATIONS = (
    _Notation(lambda byte: b"0{0,2}%d(?![0-9])" % byte, rb"0{0,2}([0-9]{1,3})(?![0-9])", _NUMBERS_BETWEEN, 10),
    _Notation(lambda byte: b"0x%02x(?![0-9a-f])" % byte, rb"0x([0-9a-f]{2})(?![0-9a-f])", rb"[^0-9]{1,60}", 16),
    _Notation(lambda byte: b"%02x" % byte, rb"([0-9a-f]{2})", _TEXT_BETWEEN, 16),
    _Notation(
        lambda byte: b"%02x%b00" % (byte, _TEXT_BETWEEN), rb"([0-9a-f]{2})%b00" % _TEXT_BETWEEN, _TEXT_BETWEEN, 16
    ),
)
"""Decimal, `0x73`, `736b` or `73 6b`, and the last of UTF-16."""
_PREFIXES = [(shape, each, each.prefix(shape)) for shape in FORMATS for each in _NOTATIONS]


def code_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield each key that is written as codes near `offsets`."""
    for start, end in regions(offsets, _BEFORE, _BEHIND, len(data)):
        yield from _read_codes(data, start, end)
    yield from dump_layers(data, offsets)


def dump_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield each key in a dump with a line at `offsets`."""
    lines = [offset for offset in offsets if _DUMP_LINE.match(data, data.rfind(b"\n", 0, offset) + 1)]
    for start, end in regions(lines, _BEFORE, 2 * _BEHIND, len(data)):
        dump = _Dump(data, data.rfind(b"\n", 0, start) + 1, end)
        for layer in _read_codes(dump.text, 0, len(dump.text)):
            yield Decoded(layer.data, "hex dump", partial(dump.origin, layer.origin))


def _read_codes(data: bytes, start: int, end: int) -> Iterator[Decoded]:
    for shape, notation, prefix in _PREFIXES:
        for found in prefix.finditer(data, start, end):
            alphabet = frozenset(map(ord, shape.alphabet))
            codes = list(notation.read(data, found.end(), shape.body_length + _MORE, alphabet))
            if len(codes) < _SHORTEST_BODY:
                continue
            text = shape.prefix.encode() + bytes(value for value, _, _ in codes)
            starts = [found.start()] * len(shape.prefix) + [at for _, at, _ in codes]
            yield Decoded(text, "character codes", partial(traced, [*starts, codes[-1][2]]))


_DUMP_LINE = re.compile(
    rb"^[ \t]*(?:0x)?[0-9a-f]{4,16}[:h]?[ \t]{1,4}"
    rb"((?:[0-9a-f]{2}){1,4}(?:[ \t]{1,3}(?:[0-9a-f]{2}){1,4}(?![0-9a-z])){0,31})(?![0-9a-z])[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""`00000010: 7631 2d33 …  v1-3` of xxd, `00000010  76 31 2d 33 …  |v1-3|` of hexdump -C, od and debuggers."""


class _Dump:
    """The codes of a dump without offsets and gutters."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        lines = [(line.start(1), line[1]) for line in _DUMP_LINE.finditer(data, start, end)]
        self._starts = [begin for begin, _ in lines]
        self._begins = [0, *accumulate(len(text) + 1 for _, text in lines)]
        self.text = b" ".join(text for _, text in lines)

    def origin(self, inner: Callable[[int], int], index: int) -> int:
        """Return the place of the code of the byte at `index`."""
        place = inner(index)
        line = bisect_right(self._begins, place) - 1
        return self._starts[line] + place - self._begins[line]
