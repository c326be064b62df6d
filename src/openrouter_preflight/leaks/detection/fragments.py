"""What is left of a key's prefix in one of two neighbouring texts, wherever between them the prefix is cut.

`prefilter` looks for a key in whole files. A pack holds most files as changes of others, so that a prefix may stand
half in what is copied and half in what is new: each needle of `prefilter` is looked for in two halves here, and what
makes a file an archive too. Where nothing is found in all the parts of a file, nothing is found in the file.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.detection.bytesearch import find_all
from openrouter_preflight.leaks.detection.prefilter import (
    BASE64_OF_WIDE_NEEDLES,
    ESCAPE_NEEDLES,
    WIDE_BASE64_NEEDLES,
    WIDE_NEEDLES,
    zeros,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLAIN_FRAGMENTS = (b"k-or", b"or-v", b"r-v1")
"""Of `sk-or-v1-`: cut once, or more often as `packs.deltas` lets it be, one of them is whole, or the fragment below."""

_TAIL = b"v1-"
_HEX = frozenset(b"0123456789abcdefABCDEF")
_HEX_AFTER_TAIL = 4
"""The end of a prefix that is cut by quotes or a line's end before it: with so many digits after it, it is rare."""

BASE64_FRAGMENTS = (b"b3It", b"djEt", b"LW9y", b"LXYx", b"ay1v", b"ci12")
"""base64 of `or-` and `v1-`, `-or` and `-v1`, `k-o` and `r-v`: two groups of four for each alignment."""

_ARCHIVE_FRAGMENTS = (b"PK\x03\x04", b"ustar")
"""What may make an archive of a file otherwise than by how it begins."""


def _halves(needles: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(chain.from_iterable((each[: len(each) // 2], each[len(each) // 2 :]) for each in needles))


_CONTENT_FRAGMENTS = (
    *PLAIN_FRAGMENTS,
    *BASE64_FRAGMENTS,
    *_halves(ESCAPE_NEEDLES),
    *_halves(BASE64_OF_WIDE_NEEDLES),
    *_ARCHIVE_FRAGMENTS,
)
_ZERO_FRAGMENTS = _halves((*WIDE_NEEDLES, *WIDE_BASE64_NEEDLES))


def fragment_offsets(buffer: bytes | bytearray, *, names_only: bool) -> Iterator[int]:
    """The offsets of fragments in `buffer`, in no order. `names_only` looks for what a tree's names can hold."""
    for fragment in PLAIN_FRAGMENTS if names_only else _CONTENT_FRAGMENTS:
        yield from find_all(buffer, fragment)
    if names_only:
        return
    for offset in find_all(buffer, _TAIL):
        digits = buffer[offset + len(_TAIL) : offset + len(_TAIL) + _HEX_AFTER_TAIL]
        if _HEX.issuperset(digits):
            yield offset
    first, last = zeros(buffer, 0, len(buffer))
    for fragment in _ZERO_FRAGMENTS if first < last else ():
        yield from find_all(buffer, fragment, first, last)
