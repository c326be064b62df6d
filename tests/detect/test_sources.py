"""Bytes in order with a look ahead, and the budget that unpacking them is held to."""

from __future__ import annotations

import pytest

from openrouter_preflight.detect.archives.budget import Limits, UnpackingBudget
from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, Source, reader


def source(*chunks: bytes) -> Source:
    return Source(reader(iter(chunks)))


def test_a_reader_gives_what_is_there_and_nothing_at_the_end() -> None:
    read = reader(iter([b"abc", b"", b"de"]))
    assert [read(2), read(2), read(9), read(9), read(9)] == [b"ab", b"c", b"de", b"", b""]


def test_a_look_ahead_leaves_everything_where_it_is() -> None:
    held = source(b"ab", b"cd", b"e")
    assert [held.peek(3), held.peek(1), held.peek(99)] == [b"abc", b"a", b"abcde"]
    assert [held.read(2), held.read(99), held.read(1)] == [b"ab", b"cde", b""]
    assert held.peek(1) == b""


def test_exactly_so_many_bytes_are_taken_or_none() -> None:
    held = source(b"abc", b"de")
    assert [held.take(0), held.take(4)] == [b"", b"abcd"]
    with pytest.raises(DamagedError):
        held.take(2)
    assert held.take(1) == b"e"


def test_what_is_put_back_comes_first() -> None:
    held = source(b"abcd")
    assert held.take(2) == b"ab"
    held.put_back(b"xy")
    assert held.peek(4) == b"xycd"
    held.put_back(b"")
    assert held.take(4) == b"xycd"


def test_a_part_ends_where_it_was_to_end() -> None:
    held = source(b"abc", b"def")
    assert b"".join(held.part(4)) == b"abcd"
    assert list(held.part(0)) == []
    held.skip(1)
    assert held.read(9) == b"f"
    for cut_short in (held.part(1), source(b"abc").part(4)):
        with pytest.raises(DamagedError):
            list(cut_short)
    with pytest.raises(DamagedError):
        source(b"abc").skip(4)


def test_a_part_comes_in_chunks() -> None:
    assert [len(chunk) for chunk in source(bytes(CHUNK * 3)).part(CHUNK * 2 + 5)] == [CHUNK, CHUNK, 5]


LIMITS = Limits(archive_bytes=2 << 20, archive_free_bytes=1 << 20, archive_ratio=250, archive_members=2)


def budget(packed: int) -> UnpackingBudget:
    made = UnpackingBudget(LIMITS)
    made.packed = packed
    return made


@pytest.mark.parametrize(
    ("packed", "counts", "unread"),
    [
        (0, [1 << 20], []),
        (0, [1 << 19, 1 << 19], []),
        (0, [(1 << 20) + 1], ["archive bound: unpacks to more than 250 times its size"]),
        (5000, [1_250_000], []),
        (5000, [1_250_001], ["archive bound: unpacks to more than 250 times its size"]),
        (1 << 20, [2 << 20], []),
        (1 << 20, [1 << 20, 1 << 20, 1], ["archive bound: more than 2 MiB unpacked"]),
    ],
)
def test_so_many_bytes_may_be_unpacked_and_no_more(packed: int, counts: list[int], unread: list[str]) -> None:
    held = budget(packed)
    allowed = [held.charge_bytes(count) for count in counts]
    assert allowed == [True] * (len(counts) - len(unread)) + [False] * len(unread)
    assert held.unread == unread


def test_so_many_members_may_be_read_and_no_more() -> None:
    held = budget(0)
    assert [held.charge_member() for _ in range(4)] == [True, True, False, False]
    assert held.unread == ["archive bound: more than 2 members"]


def test_a_budget_that_is_spent_is_spent_for_everything_and_says_so_once() -> None:
    held = budget(0)
    assert not held.charge_bytes(3 << 20)
    assert not held.charge_member()
    assert not held.charge_bytes(0)
    held = budget(0)
    assert [held.charge_member() for _ in range(3)][-1] is False
    assert not held.charge_bytes(1)
    assert held.unread == ["archive bound: more than 2 members"]


def test_each_thing_unread_is_noted_once_with_its_member() -> None:
    held = budget(0)
    for member in ("a", "a", None, None, "b"):
        held.note("damaged zip", member)
    assert held.unread == ["damaged zip (a)", "damaged zip", "damaged zip (b)"]
