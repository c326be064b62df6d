"""What is left of a key in one of the texts that a file is put together from, wherever they meet.

`prefilter` looks for a key in whole files. A pack holds most files as changes of others, so that a prefix may stand
partly in what is copied and partly in what is new. Of each shape of a prefix there are three fragments here, or what
repeats in it three times, so that it can be cut twice, as by an insert, and one is still whole; `packs.deltas` knows
the few inserts for which that does not hold. Where nothing is found in all the texts of a file, `prefilter` finds no
key in the file.

Several changes, one after the other, could cut a prefix more often. They leave its digits as they are, and a run of
those is a fragment too; of a key that is encoded, or whose digits are cut as well, nothing may be left (SECURITY.md).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from openrouter_preflight.detect.byte_search import find_all
from openrouter_preflight.detect.prefilter import BASE64_NEEDLES, WIDE_BASE64_NEEDLES, WIDE_NEEDLES

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN_FRAGMENTS = (b"k-or", b"or-v", b"r-v1")
"""Of `sk-or-v1-`; its end is one with the first digits of a key."""

_TAIL = b"v1-"
_DIGITS = 4
"""How many digits make the end of a prefix rare."""

_HEX = frozenset(b"0123456789abcdefABCDEF")
_RUN = b"0" * 41
"""One more than a SHA-1 has, of which texts are full."""

_AS_DIGITS = bytes(ord("0") if byte in _HEX else ord(".") for byte in range(256))

BASE64_PAIRS = (BASE64_NEEDLES[2:4], BASE64_NEEDLES[4:6])
"""The groups of four that two of the alignments have. The first has a third one, of `sk-`."""

_BASE64_FRAGMENTS = (b"c2st", *BASE64_NEEDLES)

_ESCAPE_FRAGMENTS = (
    b"sk%2",
    b"or%2",
    b"v1%2",
    b"\\u002d",
    b"\\u002D",
    b"\\x2d",
    b"\\x2D",
    b"&#45;",
    b"&#x2d;",
    b"&#x2D;",
)
_BASE64_OF_WIDE_FRAGMENTS = (b"AC0A", b"awAtAG8", b"AcgAtAH", b"YAMQAtA", b"ALQB", b"DEALQ")

ARCHIVE_FRAGMENTS = (b"PK\x03\x04", b"ustar")
"""What may make an archive of a file otherwise than by how it begins."""


def _thirds(needle: bytes) -> tuple[bytes, ...]:
    length = len(needle) // 3
    return needle[:length], needle[length : 2 * length], needle[2 * length :]


_ENCODED_FRAGMENTS = (
    *_BASE64_FRAGMENTS,
    *_BASE64_OF_WIDE_FRAGMENTS,
    *chain.from_iterable(map(_thirds, (*WIDE_NEEDLES, *WIDE_BASE64_NEEDLES))),
)


def fragment_offsets(buffer: bytes | bytearray, *, names_only: bool) -> Iterator[int]:
    """The offsets, in no order, of fragments of UNENCODED_NEEDLES, and of digits, in `buffer`.

    `names_only` looks for what a tree's names can hold.
    """
    yield from find_all(buffer, PLAIN_FRAGMENTS if names_only else (*PLAIN_FRAGMENTS, *_ESCAPE_FRAGMENTS))
    for offset in find_all(buffer, (_TAIL,)):
        digits = buffer[offset + len(_TAIL) : offset + len(_TAIL) + _DIGITS]
        if len(digits) == _DIGITS and _HEX.issuperset(digits):
            yield offset
    if not names_only:
        yield from _runs(buffer)


def encoded_offsets(buffer: bytes | bytearray) -> list[int]:
    """The offsets, in no order, of fragments of all other needles in `buffer`."""
    return find_all(buffer, _ENCODED_FRAGMENTS)


def _runs(buffer: bytes | bytearray) -> Iterator[int]:
    """Where many digits stand in a row. Translating and finding is five times as fast as a pattern."""
    digits = buffer.translate(_AS_DIGITS)
    offset = digits.find(_RUN)
    while offset >= 0:
        yield offset
        offset = digits.find(_RUN, offset + len(_RUN))
