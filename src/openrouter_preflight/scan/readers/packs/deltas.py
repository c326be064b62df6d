"""Deltas: those whose own bytes are enough to search.

A delta is a list of operations: copy a range of the base, or insert bytes that follow (`gitformat-pack(5)`). A key in
the object it makes lies in one insert, in one range of the base, or across a seam between two operations. Where there
is a seam, `detection.fragments` finds what is whole on one side of it, if the operations are not too short.
"""

from __future__ import annotations

import re
from itertools import product

from openrouter_preflight.detect.file_kinds import ARCHIVE_FIRST_BYTES
from openrouter_preflight.detect.fragments import BASE64_PAIRS, barred_inserts

_SIZES = {0x00: b"", 0x10: b"[\\x04-\\xff]", 0x20: b"[\\x01-\\xff]", 0x30: b".[\\x01-\\xff]"}
"""Sizes of copies by their opcode's bits. Git copies 4 bytes or more."""


def _copies(size_bits: int) -> list[bytes]:
    """Return alternatives for copies, the frequent ones first."""
    alternatives = []
    for count in (2, 1, 3, 0, 4):
        codes = [0x80 | size_bits | low for low in range(16) if low.bit_count() == count]
        opcode = b"".join(b"\\x%02x" % code for code in codes)
        alternatives.append(b"[%b]%b%b" % (opcode, b"." * count, _SIZES[size_bits]))
    return alternatives


def _inserts() -> list[bytes]:
    """Return alternatives for inserts that leave a fragment whole.

    Some are the middle of a prefix, the others cut both groups of a pair, between which lines may be wrapped.
    """
    barred: dict[int, list[bytes]] = {}
    for text in barred_inserts():
        barred.setdefault(len(text), []).append(text)
    for (first, second), end in product(BASE64_PAIRS, (b"", b"\n", b"\r\n")):
        for low, high in product(range(1, 4), repeat=2):
            text = first[low:] + end + second[:high]
            barred.setdefault(len(text), []).append(text)
    alternatives = []
    for length in (20, 127, *range(1, 20), *range(21, 127)):
        ahead = b"(?!%b)" % b"|".join(barred[length]) if length in barred else b""
        alternatives.append(b"\\x%02x%b.{%d}" % (length, ahead, length))
    return alternatives


def _ordinary() -> re.Pattern[bytes]:
    """Return the pattern of ordinary operations, the frequent ones first."""
    near, far, inserts = _copies(0x10), _copies(0x30), _inserts()
    often = [*near[:3], *far[:2], *inserts[:12]]
    operations = [*often, *near[3:], *far[2:], *inserts[12:], *_copies(0x20), *_copies(0x00)]
    return re.compile(b"(?:%b)*+" % b"|".join(operations), re.DOTALL)


_ORDINARY = _ordinary()


def is_ordinary(delta: bytes, start: int) -> bool:
    """Return True where the operations from `start` are as git writes them.

    If not, they may cut a key into anything.
    """
    match = _ORDINARY.match(delta, start)
    return match is not None and match.end() == len(delta)


def may_start_an_archive(delta: bytes, start: int) -> bool:
    """Return True where the result could begin like an archive."""
    opcode = delta[start]
    if opcode & 0x80:
        return bool(opcode & 0x0F)
    return delta[start + 1] in ARCHIVE_FIRST_BYTES


def size_and_start(delta: bytes) -> tuple[int, int]:
    """Return the result's size and the operations' start, or raise IndexError."""
    position = 0
    while delta[position] & 0x80:  # the size of the base
        position += 1
    position += 1
    byte = delta[position]
    size, shift = byte & 0x7F, 7
    while byte & 0x80:
        position += 1
        byte = delta[position]
        size |= (byte & 0x7F) << shift
        shift += 7
    return size, position + 1
