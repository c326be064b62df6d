"""What is left of a key in the parts of a text: something, wherever it is cut."""

from __future__ import annotations

import pytest

from openrouter_preflight.detect.fragments import (
    ARCHIVE_FRAGMENTS,
    BASE64_PAIRS,
    encoded_offsets,
    fragment_offsets,
)
from openrouter_preflight.detect.prefilter import is_archive
from support.planted import BODY, ENCODED, KEY, PREFIX, SPELLINGS, tarred, zipped


def found(text: bytes, *, names_only: bool = False) -> list[int]:
    return sorted([*fragment_offsets(text, names_only=names_only), *(() if names_only else encoded_offsets(text))])


def cuts_a_pair(spelling: bytes, low: int, high: int) -> bool:
    """Whether what lies between takes a part of both groups of a pair: `packs.deltas` knows those."""
    for first, second in BASE64_PAIRS:
        start, end = spelling.find(first), spelling.find(second) + len(second)
        if 0 <= start < low < start + 4 and end - 4 < high < end:
            return True
    return False


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_key_that_is_cut_twice_leaves_something(name: str) -> None:
    spelling = SPELLINGS[name]
    look = encoded_offsets if name in ENCODED else found
    for low in range(1, len(spelling)):
        for high in range(low + 1, min(low + 64, len(spelling))):
            whole = any(look(part) for part in (spelling[:low], spelling[low:high], spelling[high:]))
            assert whole or cuts_a_pair(spelling, low, high) or spelling[low:high] == b"r-v", (low, high)


def test_fragments_stand_where_they_begin() -> None:
    assert found(b"xx" + PREFIX.encode()) == [3, 5, 6]
    assert found(f"v1-{BODY[:4]}".encode()) == [0]
    assert found(b"x c2st y djEt") == [2, 9]
    assert found(b"x\0k\0-\0o\0r\0-\0v\0001\0-") == [5, 10]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"sk-",
        b"sk-ant-api03-x",
        b"v1-",
        b"v1-abc",
        b"v1-abcx",
        b"v1-abcg",
        b"\0" * 100,
        b"or-",
        b"1234-" * 20,
        b"k-o-r",
    ],
)
def test_what_any_text_may_have_is_none(text: bytes) -> None:
    assert found(text) == []


def test_the_end_of_a_prefix_is_one_with_four_digits_of_either_case() -> None:
    for digits in (b"0a9f", b"ABCD", b"FfAa"):
        assert found(b"v1-" + digits) == [0]


def test_digits_in_a_row_are_one_unless_they_could_be_a_sha_1() -> None:
    digits = b"0aF" * 50
    for length, offsets in ((40, []), (41, [1]), (64, [1]), (82, [1, 42]), (123, [1, 42, 83])):
        assert found(b"x" + digits[:length] + b"-") == offsets
    assert found(b"g" * 64) == found(digits[:40] + b"/" + digits[:40]) == found(digits[:30] + b"\n" + digits[:30]) == []


def test_in_names_only_what_names_can_hold_is_looked_for() -> None:
    assert found(PREFIX.encode() + b"c2st", names_only=True) == [1, 3, 4]
    assert found(BODY.encode() + SPELLINGS["base64"] + SPELLINGS["utf-16"], names_only=True) == []
    assert found(f"{PREFIX[6:]}{BODY}".encode(), names_only=True) == [0]


def test_what_makes_an_archive_of_other_bytes_is_named() -> None:
    assert all(is_archive(content[:300]) for content in (zipped({"a": KEY.encode()}), tarred({"a": KEY.encode()})))
    assert ARCHIVE_FRAGMENTS[0] in b"#!/bin/sh\n" + zipped({"a": b""})
    assert ARCHIVE_FRAGMENTS[1] in tarred({"a": b""})
