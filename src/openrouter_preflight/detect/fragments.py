"""Fragments of a key in the texts that a file is put together from.

`prefilter` looks for a key in whole files. A pack holds most files as changes of others, so that a prefix may stand
partly in what is copied and partly in what is new. Of each shape of a prefix there are three fragments here, or what
repeats in it three times, so that it can be cut twice, as by an insert, and one is still whole; `packs.deltas` knows
the few inserts for which that does not hold. Where nothing is found in all the texts of a file, `prefilter` finds no
key in the file.

Several changes, one after the other, could cut a prefix more often. They leave its digits as they are, and a run of
those is a fragment too; of a key that is encoded, or whose digits are cut as well, nothing may be left (SECURITY.md).
"""

from __future__ import annotations

from itertools import combinations

from openrouter_preflight.detect.byte_search import find_all
from openrouter_preflight.detect.needles import (
    BASE64_OF_GZIP_NEEDLES,
    BASE64_TWICE_NEEDLES,
    CODE_NEEDLES,
    ESCAPE_NEEDLES,
    QUOTED_NEEDLES,
    REVERSED_NEEDLES,
    WIDE_BASE64_NEEDLES,
    WIDE_CODE_NEEDLES,
    WIDE_NEEDLES,
    base64_core,
    base64_groups,
    parts_of,
    widened,
)
from openrouter_preflight.detect.prefilter import candidate_offsets
from openrouter_preflight.keys.key_format import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIXES = tuple(each.prefix.encode() for each in FORMATS)


def plain_fragments(prefix: bytes) -> list[bytes]:
    """Return pieces of four, one of which any cut of a prefix leaves."""
    last = len(prefix) - 5
    return sorted((prefix[at : at + 4] for at in (last, *range(last - 1, -1, -2))), key=prefix.index)


PLAIN_FRAGMENTS = tuple(fragment for prefix in _PREFIXES for fragment in plain_fragments(prefix))
"""Of prefixes; the end of one is one with the first digits of a key."""

_TAILS = tuple(prefix[-3:] for prefix in _PREFIXES)
_DIGITS = 4
"""Digits that make the end of a prefix rare."""

_ALPHABET = frozenset("".join("".join(each.alphabet) for each in FORMATS).encode())
_HEX = frozenset(b"0123456789abcdefABCDEF")
_RUN = b"0" * 41
"""One more than a SHA-1 has, of which texts are full."""

_AS_DIGITS = bytes(ord("0") if byte in _HEX else ord(".") for byte in range(256))

_GROUPS = [base64_groups(prefix, before) for prefix in _PREFIXES for before in range(3)]
BASE64_PAIRS = tuple((groups[0], groups[1]) for groups in _GROUPS if len(groups) == 2)
"""The groups of four of alignments that have two. Others have more."""


def barred_inserts() -> list[bytes]:
    """Return pieces of a prefix that would leave no fragment whole."""
    barred = []
    for prefix in _PREFIXES:
        fragments = plain_fragments(prefix)
        for low, high in combinations(range(1, len(prefix)), 2):
            pieces = (prefix[:low], prefix[low:high], prefix[high:])
            whole = any(fragment in piece for fragment in fragments for piece in pieces)
            if not whole and high > len(prefix) - 3:
                barred.append(prefix[low:high])
    return barred


def _escaped_fragments() -> Iterator[bytes]:
    for each in FORMATS:
        for mark in (b"%2", b"\xe2"):
            yield from (part + mark for part in parts_of(each))
    yield from (b"\\u002d", b"\\u002D", b"\\x2d", b"\\x2D", b"&#45;", b"&#x2d;", b"&#x2D;")


def _thirds(needle: bytes) -> tuple[bytes, ...]:
    length = len(needle) // 3
    return needle[:length], needle[length : 2 * length], needle[2 * length :]


def _encoded_fragments() -> Iterator[bytes]:
    for groups in _GROUPS:
        yield from groups
    for prefix in _PREFIXES:
        for before in range(3):
            core = base64_core(widened(prefix, 2) + b"\0", before)
            pieces = (core[at : at + 4] for at in range(len(core) - 3))
            yield from next(((piece,) for piece in pieces if core.count(piece) >= 3), _thirds(core))
    for needle in (*WIDE_NEEDLES, *WIDE_BASE64_NEEDLES):
        yield from _thirds(needle)


_ESCAPE_FRAGMENTS = tuple(_escaped_fragments())
_ENCODED_FRAGMENTS = tuple(_encoded_fragments())
_WHOLE_UNENCODED = (*ESCAPE_NEEDLES, *QUOTED_NEEDLES, *REVERSED_NEEDLES)
_WHOLE_ENCODED = (*CODE_NEEDLES, *BASE64_TWICE_NEEDLES, *BASE64_OF_GZIP_NEEDLES, *WIDE_CODE_NEEDLES)
"""Needles that are looked for as they are: one that a change cuts is not seen (SECURITY.md)."""

ARCHIVE_FRAGMENTS = (b"PK\x03\x04", b"ustar")
"""Fragments that make an archive otherwise than by its beginning."""


def fragment_offsets(buffer: bytes | bytearray, *, names_only: bool) -> Iterator[int]:
    """Yield the offsets of fragments, and of digits, in no order.

    `names_only` looks for what a tree's names can hold.
    """
    yield from find_all(buffer, PLAIN_FRAGMENTS if names_only else (*PLAIN_FRAGMENTS, *_ESCAPE_FRAGMENTS))
    for offset in find_all(buffer, _TAILS):
        digits = buffer[offset + len(_TAILS[0]) : offset + len(_TAILS[0]) + _DIGITS]
        if len(digits) == _DIGITS and _ALPHABET.issuperset(digits):
            yield offset
    if not names_only:
        yield from candidate_offsets(buffer, needles=_WHOLE_UNENCODED)
        yield from _runs(buffer)


def encoded_offsets(buffer: bytes | bytearray) -> list[int]:
    """Return the offsets, in no order, of fragments of all other needles in `buffer`."""
    return [*find_all(buffer, _ENCODED_FRAGMENTS), *candidate_offsets(buffer, needles=_WHOLE_ENCODED)]


def _runs(buffer: bytes | bytearray) -> Iterator[int]:
    """Yield the places of many digits in a row."""
    digits = buffer.translate(_AS_DIGITS)
    offset = digits.find(_RUN)
    while offset >= 0:
        yield offset
        offset = digits.find(_RUN, offset + len(_RUN))
