"""Looking around candidates sees what looking at the whole sees."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS
from openrouter_preflight.detect.detector import MatchResult, examine
from openrouter_preflight.detect.incremental import _windows, examine_near
from openrouter_preflight.detect.prefilter import candidate_offsets
from support.repos import KEY, OTHER_KEY

FILLER = "".join(f"Zeile {number}: ein Wort über vieles\n" for number in range(400))

PIECES = [
    f"key = '{KEY}'  # openrouter-preflight: allow\n",
    f"{OTHER_KEY}",
    base64.b64encode(f"a={KEY}".encode()).decode() + "\n",
    base64.encodebytes(f"some text before {KEY} and after".encode()).decode(),
    f"'{KEY[:20]}' +\n  '{KEY[20:]}'\n",
    f"('{KEY[:9]}'\n" + "".join(f"  '{digit}'  # {'one of many':<40}\n" for digit in KEY[9:]) + ")\n",
    "sk-or-v1-" + "0" * 64 + "\n",
    "b3It LW9y ay1v",
    FILLER,
    "\n",
    "é",
]


def counted(data: bytes) -> MatchResult:
    """What is seen near the candidates, with the lines before it."""
    seen = examine_near(data, list(candidate_offsets(data)), DEFAULT_LIMITS)
    assert all(data.startswith(b"\n", each.uncounted - 1) for each in seen.matches if each.uncounted)
    matches = tuple(each.moved(0, data.count(b"\n", 0, each.uncounted)) for each in seen.matches)
    return MatchResult(matches, seen.unread, seen.not_opened)


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_texts_are_seen_alike(parts: list[str]) -> None:
    data = "".join(parts).encode()
    assert counted(data) == examine(data)


@pytest.mark.parametrize(
    "data",
    [
        (FILLER + KEY).encode("utf-16"),
        gzip.compress((FILLER * 20 + KEY).encode()),
        FILLER.encode() + b"\0" + KEY.encode(),
        ("x" * 50_000 + KEY + "y" * 50_000).encode(),
        b"\xef\xbb\xbf" + KEY.encode() + FILLER.encode(),
        b"\xe9" * 9000 + KEY.encode(),
    ],
    ids=["utf-16", "gzip", "zero byte", "one long line", "byte order mark", "latin"],
)
def test_so_is_what_has_no_parts(data: bytes) -> None:
    assert counted(data) == examine(data)


LINES = b"".join(b"%-99d\n" % number for number in range(200))
"""Two hundred lines of a hundred bytes."""


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], []),
        # 2048 bytes to either side, then on to the ends of the lines.
        ([10_000], [(7900, 12_100)]),
        ([10_048], [(8000, 12_100)]),
        ([10_049], [(8000, 12_100)]),
        ([0], [(0, 2100)]),
        ([2100], [(0, 4200)]),
        ([2148], [(100, 4200)]),
        ([19_999], [(17_900, 20_000)]),
        # Windows that touch or overlap are one, however many candidates it has and in whatever order they come.
        ([10_000, 10_001, 10_050], [(7900, 12_100)]),
        ([12_000, 10_000], [(7900, 14_100)]),
        ([10_000, 14_148], [(7900, 16_200)]),
        ([10_000, 14_149], [(7900, 12_100), (12_100, 16_200)]),
        ([0, 10_000, 19_999], [(0, 2100), (7900, 12_100), (17_900, 20_000)]),
    ],
)
def test_windows_are_whole_lines_around_the_candidates(candidates: list[int], expected: list[tuple[int, int]]) -> None:
    assert list(_windows(LINES, candidates)) == expected


def test_a_text_without_line_ends_is_one_window() -> None:
    assert list(_windows(b"x" * 20_000, [10_000])) == [(0, 20_000)]
    assert list(_windows(b"\n" + b"x" * 20_000, [10_000])) == [(1, 20_001)]
    assert list(_windows(b"x" * 20_000 + b"\n", [10_000])) == [(0, 20_001)]
