"""What an encoding hid, and the way back to where each byte of it stood."""

from __future__ import annotations

import pytest

from openrouter_preflight.detect.encodings.layer import Pieces, regions


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ([], []),
        ([50], [(40, 70)]),
        ([0], [(0, 20)]),
        ([5], [(0, 25)]),
        ([95], [(85, 100)]),
        ([99], [(89, 100)]),
        ([50, 50], [(40, 70)]),
        ([20, 50], [(10, 70)]),
        ([20, 51], [(10, 40), (41, 71)]),
        ([0, 10, 40, 90], [(0, 60), (80, 100)]),
        ([0, 31, 62], [(0, 20), (21, 51), (52, 82)]),
    ],
)
def test_stretches_around_offsets_are_one_where_they_touch(offsets: list[int], expected: list[tuple[int, int]]) -> None:
    assert list(regions(offsets, 10, 20, 100)) == expected


def test_each_byte_of_joined_pieces_knows_where_it_stood() -> None:
    object_fields = Pieces()
    object_fields.add(b"abc", lambda index: 100 + index)
    object_fields.add(b"", lambda index: -1)
    object_fields.add(b"de", lambda index: 200 + index * 2)
    assert object_fields.join() == b"abcde"
    # One past the end of a stretch is a place, too.
    assert [object_fields.origin(index) for index in range(6)] == [100, 101, 102, 200, 202, 204]


@pytest.mark.parametrize("length", range(9))
def test_nothing_reads_across_pieces_that_stand_apart(length: int) -> None:
    object_fields = Pieces()
    object_fields.add_apart(b"a" * length, lambda index: index)
    object_fields.add(b"b", lambda index: 1000 + index)
    joined = object_fields.join()
    place = joined.index(b"b")
    assert place % 4 == 0
    assert 5 <= place - length <= 8
    assert joined[length:place].strip(b"\1") == b""
    assert object_fields.origin(place) == 1000
