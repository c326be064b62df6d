"""Every place of a byte string, by glibc's search and by the one that works everywhere."""

from __future__ import annotations

import os
import sys

import pytest

from openrouter_preflight.leaks.detection import bytesearch

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
]


@pytest.fixture(params=["everywhere", "glibc"])
def search(request: pytest.FixtureRequest) -> bytesearch.Search:
    if request.param == "everywhere":
        return bytesearch.find_backwards
    if not sys.platform.startswith("linux"):
        pytest.skip("there is no glibc here")
    return bytesearch._load_memmem()


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
    assert sorted(search(held, needle, start, len(held) if end is None else end)) == found
    assert sorted(bytesearch.find_all(held, needle, start, end)) == found


@pytest.mark.parametrize("version", [None, "", "musl 1.2", "GLIBC 2.38", "2.38"])
def test_only_glibc_is_trusted_to_be_fast(version: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: version if name == "CS_GNU_LIBC_VERSION" else "glibc 2.38")
    with pytest.raises(OSError, match=r"^no glibc$"):
        bytesearch._load_memmem()


def test_the_search_is_chosen_once_and_for_large_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def native(buffer: bytes | bytearray, needle: bytes, start: int, end: int) -> list[int]:
        asked.append(end - start)
        return bytesearch.find_backwards(buffer, needle, start, end)

    def load() -> bytesearch.Search:
        asked.append(0)
        return native

    monkeypatch.setattr(bytesearch, "_native", None)
    monkeypatch.setattr(bytesearch, "_load_memmem", load)
    for size in (262_143, 262_144, 4096, 4095):
        assert bytesearch.find_all(b"ab".rjust(size), b"ab") == [size - 2]
        assert bytesearch.find_all(b"ab".rjust(size), b"ab", size // 2) == [size - 2]
    assert asked == [0, 262_144, 131_072, 4096]
