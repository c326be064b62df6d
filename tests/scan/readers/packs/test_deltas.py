"""What a delta may hide: every way of cutting a key into copies and inserts, tried."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.fragments import encoded_offsets, fragment_offsets
from openrouter_preflight.scan.readers.packs.deltas import is_ordinary, may_start_an_archive, size_and_start
from support.planted import ENCODED, SPELLINGS
from support.repos import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = b"sk-or-v1-"
TEXT = b"text before: " + KEY.encode() + b" and text behind it"
START = TEXT.index(PREFIX)
CUT_TO = len(PREFIX) + 5
"""Behind the fragments, each piece is part of the last one that is tried."""


def copy(length: int, offset: int = 0x1234) -> bytes:
    """An operation that copies, as git writes it."""
    arguments = [(1 << bit, offset >> 8 * bit & 0xFF) for bit in range(4)]
    arguments += [(0x10 << bit, length >> 8 * bit & 0xFF) for bit in range(2 if length != 0x10000 else 0)]
    present = [(bit, byte) for bit, byte in arguments if byte]
    return bytes([0x80 | sum(bit for bit, _ in present), *(byte for _, byte in present)])


def insert(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def partitions(length: int) -> Iterator[tuple[int, ...]]:
    """All ways to cut a text of that length: where its pieces end."""
    for cuts in product((False, True), repeat=length - 1):
        yield (*(place for place, cut in enumerate(cuts, 1) if cut), length)


def is_seen(object_fields: list[tuple[bool, bytes]], *, names_only: bool = False, encoded: bool = False) -> bool:
    """Whether pieces, each a copy or not, are seen to be a key: in a piece, or by how they are cut."""
    delta = b"".join(copy(len(text)) if copied else insert(text) for copied, text in object_fields)
    look = encoded_offsets if encoded else partial(fragment_offsets, names_only=names_only)
    found = any(True for _, text in object_fields for _ in look(text))
    return found or not is_ordinary(delta, 0)


def test_no_way_of_cutting_a_prefix_hides_a_key() -> None:
    for ends in partitions(CUT_TO):
        edges = [0, *(START + end for end in ends[:-1]), len(TEXT)]
        assert is_seen([(False, TEXT[low:high]) for low, high in pairwise(edges)])


@pytest.mark.parametrize("name", SPELLINGS)
def test_an_insert_between_two_copies_hides_no_spelling_of_a_key(name: str) -> None:
    text = b"behind this " + SPELLINGS[name] + b" is more"
    for low in range(4, len(text) - 5):
        for high in range(low + 1, min(low + 128, len(text) - 4)):
            object_fields = [(True, text[:low]), (False, text[low:high]), (True, text[high:])]
            assert is_seen(object_fields, encoded=name in ENCODED), object_fields


def test_names_cut_by_an_insert_or_a_copy_are_seen() -> None:
    for low in range(4, len(TEXT) - 5):
        for high in range(low + 1, len(TEXT) - 4):
            for kind in (True, False) if high - low >= 4 else (False,):
                object_fields = [(True, TEXT[:low]), (kind, TEXT[low:high]), (True, TEXT[high:])]
                assert is_seen(object_fields, names_only=True), object_fields


@pytest.mark.parametrize("name", SPELLINGS)
def test_one_seam_hides_no_spelling_of_a_key(name: str) -> None:
    text = b"behind this " + SPELLINGS[name] + b" is more"
    for cut in range(4, len(text) - 4):
        assert is_seen([(True, text[:cut]), (True, text[cut:])], encoded=name in ENCODED), cut


def test_copies_of_fewer_bytes_than_git_copies_are_not_ordinary() -> None:
    for length in (1, 2, 3):
        assert not is_ordinary(copy(20) + copy(length) + copy(20), 0)
    assert is_ordinary(copy(20) + copy(4) + copy(20), 0)


def test_neither_are_sizes_that_are_written_longer_than_they_need_be() -> None:
    assert not is_ordinary(bytes([0xB1, 9, 3, 0]), 0)
    assert not is_ordinary(bytes([0xF1, 9, 3, 1, 1]), 0)


@pytest.mark.parametrize("length", [4, 5, 255, 256, 0x1234, 0xFFFF, 0x10000])
@pytest.mark.parametrize("offset", [0, 1, 0x100, 0x12345, 0xFF000000])
def test_what_git_writes_is_ordinary(length: int, offset: int) -> None:
    delta = insert(b"x" * 127) + copy(length, offset) + insert(b"y") + copy(length, offset)
    assert is_ordinary(b"head" + delta, 4)


def test_what_is_cut_short_or_no_operation_is_not() -> None:
    whole = copy(300) + insert(b"some text") + copy(17, 0x123456)
    assert is_ordinary(whole, 0)
    ends = {len(copy(300)), len(copy(300) + insert(b"some text")), len(whole)}
    for end in range(1, len(whole)):
        assert is_ordinary(whole[:end], 0) is (end in ends)
    assert not is_ordinary(b"\0" + whole, 0)


def test_the_size_that_is_made_and_where_the_operations_begin() -> None:
    assert size_and_start(bytes([5, 0x80 | 1, 1]) + b"rest") == (129, 3)
    assert size_and_start(bytes([0x85, 7, 3])) == (3, 3)
    for cut_short in (b"", b"\x05", b"\x85", b"\x05\x80"):
        with pytest.raises(IndexError):
            size_and_start(cut_short)


def test_what_keeps_its_bases_first_bytes_begins_no_archive() -> None:
    assert not may_start_an_archive(copy(20, 0), 0)
    assert may_start_an_archive(copy(20, 7), 0)
    assert may_start_an_archive(insert(b"PK\3\4"), 0)
    assert may_start_an_archive(insert(b"\x1f\x8b"), 0)
    assert not may_start_an_archive(insert(b"text"), 0)
