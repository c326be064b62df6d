"""What a delta adds: whether searching its own bytes is enough, instead of the object that git makes of it.

A delta is a list of operations: copy a range of the base, or insert bytes that follow (`gitformat-pack(5)`). A key in
the object it makes lies in one insert, in one range of the base, or across a seam between two operations.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import chain, product

from openrouter_preflight.leaks.detection.fragments import BASE64_PAIRS

MIDDLE = b"-or-"
"""The only 4 bytes, the fewest that git copies, that can stand in `sk-or-v1-` with no fragment whole around them."""

_INNER = {1: (b"r",), 2: (b"or", b"r-"), 3: (b"-or", b"or-"), 4: (MIDDLE,)}
"""Inserts, by length, around which no fragment of `sk-or-v1-` need be whole before its `v1-`."""


def _innermost() -> dict[int, list[bytes]]:
    """Inserts, by length, that are odd whatever follows: one that cuts `v1-` too, and those that cut both of a pair.

    Lines of base64 may be wrapped between the two.
    """
    inserts = [b"r-v"]
    for (first, second), end in product(BASE64_PAIRS, (b"", b"\n", b"\r\n")):
        inserts += [first[low:] + end + second[:high] for low in range(1, 4) for high in range(1, 4)]
    by_length: dict[int, list[bytes]] = {}
    for each in inserts:
        by_length.setdefault(len(each), []).append(each)
    return by_length


_INNERMOST = _innermost()

_SHORT = 7
"""Bytes of the longest operation after which `v1-` and four digits of a key could be cut again."""

_SIZES = {0x00: b"", 0x10: b"[\\x05-\\xff]", 0x20: b"[\\x01-\\xff]", 0x30: b".[\\x01-\\xff]"}
"""What the size of a copy looks like, by the bits of the opcode that announce its bytes."""


def _copies(size_bits: int, size: bytes) -> list[bytes]:
    """Alternatives for copies of that size, the frequent ones first: every byte that an opcode announces is there."""
    alternatives = []
    for count in (2, 1, 3, 0, 4):
        codes = [0x80 | size_bits | low for low in range(16) if low.bit_count() == count]
        opcode = b"".join(b"\\x%02x" % code for code in codes)
        alternatives.append(b"[%b]%b%b" % (opcode, b"." * count, size))
    return alternatives


_SHORT_COPY = b"|".join(_copies(0x10, b"[\\x04-\\x%02x]" % _SHORT))
_SHORT_INSERT = b"[\\x01-\\x%02x]" % _SHORT


def _insert(length: int) -> bytes:
    """What an insert of that length looks like."""
    inner = b"|".join(_INNER.get(length, ()))
    barred = b"(?!(?:%b)(?:%b|%b))" % (inner, _SHORT_INSERT, _SHORT_COPY) if inner else b""
    if length in _INNERMOST:
        barred += b"(?!%b)" % b"|".join(_INNERMOST[length])
    return b"\\x%02x%b.{%d}" % (length, barred, length)


def _operations() -> bytes:
    """All ordinary operations. They are tried in this order, so that the frequent ones stand first."""
    least = _copies(0x10, b"\\x04(?!%bv|%b)" % (_SHORT_INSERT, _SHORT_COPY))
    near, far, *others = (_copies(bits, _SIZES[bits]) for bits in (0x10, 0x30, 0x20, 0x00))
    inserts = [_insert(length) for length in (20, 127, *range(1, 20), *range(21, 127))]
    often = [*near[:3], *far[:2], *inserts[:12]]
    return b"|".join([*often, *near[3:], *far[2:], *inserts[12:], *chain(*others), *least])


_LEAST_COPY_ALONE = re.compile(b"|".join(_copies(0x10, b"\\x04")), re.DOTALL)
_ORDINARY = re.compile(b"(?:%b)*+" % _operations(), re.DOTALL)


class Look(Enum):
    """What the operations of a delta say of the object that it makes."""

    PLAIN = 0
    """A key in it leaves a fragment whole in one operation."""
    NEEDS_MIDDLE = 1
    """The same, unless its base holds `MIDDLE`."""
    ODD = 2
    """It may hold anything: git must make it."""


def look_at(delta: bytes, start: int) -> Look:
    """What the operations of `delta`, which begin at `start`, may hide."""
    look = Look.PLAIN
    while (end := _end_of_ordinary(delta, start)) < len(delta):
        copy = _LEAST_COPY_ALONE.match(delta, end)
        if copy is None:
            return Look.ODD
        look, start = Look.NEEDS_MIDDLE, copy.end()
    return look


def _end_of_ordinary(delta: bytes, start: int) -> int:
    match = _ORDINARY.match(delta, start)
    return start if match is None else match.end()


_STARTS_ARCHIVES = frozenset(b"\x1fPB\xfd]")


def may_start_an_archive(delta: bytes, start: int) -> bool:
    """Whether the object that `delta` makes could begin like an archive where its base does not."""
    opcode = delta[start]
    if opcode & 0x80:
        return bool(opcode & 0x0F)
    return delta[start + 1] in _STARTS_ARCHIVES


def sizes(delta: bytes) -> tuple[int, int, int]:
    """The size of the base, of the object that is made, and where the operations begin. IndexError if cut short."""
    base, position = _size(delta, 0)
    made, position = _size(delta, position)
    return base, made, position


def _size(data: bytes, position: int) -> tuple[int, int]:
    byte = data[position]
    size, shift = byte & 0x7F, 7
    while byte & 0x80:
        position += 1
        byte = data[position]
        size |= (byte & 0x7F) << shift
        shift += 7
    return size, position + 1
