"""Every place of a byte string, by glibc's search and by the one that works everywhere."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect import byte_search as bytesearch

if TYPE_CHECKING:
    from collections.abc import Sequence

CASES = [
    (b"", b"ab", 0, None, []),
    (b"ab", b"ab", 0, None, [0]),
    (b"xabxab", b"ab", 0, None, [1, 4]),
    (b"aaaa", b"aa", 0, None, [0, 1, 2]),
    (b"ab\0ab", b"\0a", 0, None, [2]),
    (b"abxab", b"ab", 1, None, [3]),
    (b"abxab", b"ab", 0, 4, [0]),
    (b"abxab", b"ab", 0, 5, [0, 3]),
    (b"abababab", b"ab", 2, 6, [2, 4]),
    (b"abababab", b"ab", 3, 7, [4]),
    (b"a" * 9 + b"b", b"ab", 0, None, [8]),
    (b"xyz", b"ab", 0, None, []),
    (b"ab" + b"x" * 40_000 + b"ab", b"ab", 0, None, [0, 40_002]),
    (b"ab" + b"x" * 40_000 + b"ab", b"ab", 0, 40_003, [0]),
    (b"ab\0" + b"x" * 40_000 + b"ab\0ab", b"ab", 0, None, [0, 40_003, 40_006]),
    (b"ab\0" + b"x" * 40_000 + b"\0ab", b"\0", 0, None, [2, 40_003]),
    (b"a\0b" + b"x" * 40_000 + b"a\0b", b"a\0b", 0, None, [0, 40_003]),
    (b"a\0b" + b"x" * 40_000 + b"a\0b", b"a\0b", 0, 40_005, [0]),
    (b"\0b" + b"x" * 40_000 + b"a\0", b"a\0b", 0, None, []),
]


@pytest.fixture(params=["everywhere", "glibc"])
def search(request: pytest.FixtureRequest) -> bytesearch.Search:
    if request.param == "everywhere":
        return bytesearch.find_backwards
    if not sys.platform.startswith("linux"):
        pytest.skip("there is no glibc here")
    return bytesearch._Glibc().find_all


@pytest.mark.parametrize("kind", [bytes, bytearray])
@pytest.mark.parametrize(("buffer", "needle", "start", "end", "found"), CASES)
def test_every_place_between_start_and_end_is_found(
    search: bytesearch.Search,
    kind: type[bytes | bytearray],
    buffer: bytes,
    needle: bytes,
    start: int,
    end: int | None,
    found: list[int],
) -> None:
    held = kind(buffer)
    assert sorted(search(held, [needle], start, len(held) if end is None else end)) == found
    assert sorted(bytesearch.find_all(held, [needle], start, end)) == found


@pytest.mark.parametrize("version", [None, "", "musl 1.2", "GLIBC 2.38", "2.38"])
def test_only_glibc_is_trusted_to_be_fast(version: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: version if name == "CS_GNU_LIBC_VERSION" else "glibc 2.38")
    with pytest.raises(OSError, match=r"^no glibc$"):
        bytesearch._Glibc()


@given(
    words=st.lists(st.sampled_from([b"a", b"ab", b"b\0", b"\0\0", b"a\0b", b"x" * 16_383, b"x" * 16_385]), max_size=12),
    ends=st.tuples(st.integers(0, 40_000), st.integers(0, 40_000)),
)
def test_glibc_finds_what_rfind_finds_wherever_zeros_stand(words: list[bytes], ends: tuple[int, int]) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("there is no glibc here")
    buffer = b"".join(words)
    start, end = sorted(min(each, len(buffer)) for each in ends)
    needles = [b"ab", b"aa", b"a\0b", b"\0\0", b"bx", b"x\0"]
    expected = sorted(bytesearch.find_backwards(buffer, needles, start, end))
    glibc = bytesearch._Glibc()
    assert sorted(glibc.find_all(buffer, needles, start, end)) == expected
    assert sorted(glibc.find_all(bytearray(buffer), needles, start, end)) == expected


def test_stretches_without_zeros_are_told_from_what_lies_between() -> None:
    text = b"x" * 16_384
    assert bytesearch.stretches(b"", 0, 0) == ([], [])
    assert bytesearch.stretches(b"abc", 0, 3) == ([(0, 3)], [])
    assert bytesearch.stretches(b"a\0c\0", 1, 4) == ([], [(1, 4)])
    assert bytesearch.stretches(b"a\0c", 0, 3) == ([(2, 3)], [(0, 2)])
    assert bytesearch.stretches(text + b"\0" + text, 0, 32_769) == ([(0, 16_384), (16_385, 32_769)], [(16_384, 16_385)])
    assert bytesearch.stretches(b"\0" * 40_000, 0, 40_000) == ([], [(0, 40_000)])


def test_the_search_is_chosen_once_and_for_large_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Native:
        def __init__(self) -> None:
            asked.append(0)

        def find_all(self, buffer: bytes | bytearray, needles: Sequence[bytes], start: int, end: int) -> list[int]:
            asked.append(end - start)
            return bytesearch.find_backwards(buffer, needles, start, end)

    monkeypatch.setattr(bytesearch, "_native", None)
    monkeypatch.setattr(bytesearch, "_Glibc", Native)
    for size in (262_143, 262_144, 4096, 4095):
        assert bytesearch.find_all(b"ab".rjust(size), [b"ab"]) == [size - 2]
        assert bytesearch.find_all(b"ab".rjust(size), [b"ab"], size // 2) == [size - 2]
    assert asked == [0, 262_144, 131_072, 4096]
