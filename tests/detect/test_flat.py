"""Streams in windows: the same sightings as in one piece, however the stream is cut."""

from __future__ import annotations

import io
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openrouter_preflight.detect.detector import Limits, MatchResult, examine, examine_stream
from support.planted import BODY, HALF, KEY, OTHER_KEY, PREFIX, REST, base64_of, gzipped, tarred, wrapped, zipped

SMALL = Limits(window=20_000)

PARTS = st.one_of(
    st.sampled_from(
        [
            KEY,
            OTHER_KEY + "\n",
            KEY[:-1],
            f'"{PREFIX}{HALF}" +\n "{REST}"',
            wrapped(base64_of(f"user:{KEY}"), 64) + "\n",
            KEY.replace("-", "%2D"),
            f"{KEY}  # openrouter-preflight: allow\n",
            PREFIX + "0" * 64,
        ]
    ),
    st.integers(1, 9000).map(lambda length: "line of text é\n" * (length // 15)),
    st.integers(1, 9000).map(lambda length: "é " * length),
)


@settings(deadline=None, max_examples=60)
@given(
    parts=st.lists(PARTS, min_size=1, max_size=14),
    charset=st.sampled_from(["utf-8", "utf-16", "utf-16-be"]),
    seed=st.integers(),
)
def test_windows_see_what_one_look_sees(parts: list[str], charset: str, seed: int) -> None:
    data = " ".join(parts).encode(charset)
    cut = random.Random(seed)
    stream = io.BytesIO(data)
    assert examine_stream(lambda count: stream.read(cut.randint(1, count)), SMALL) == examine(data)


@pytest.mark.parametrize("data", [gzipped(KEY.encode()), zipped({"a": KEY.encode()}), tarred({"a": KEY.encode()})])
def test_archives_are_opened_in_streams(data: bytes) -> None:
    stream = io.BytesIO(data)
    assert examine_stream(lambda count: stream.read(min(count, 7))) == examine(data)


@pytest.mark.parametrize("candidate", [PREFIX, "sk%2dor%2dv1%2d", "c2stb3ItdjEt", "sk-or-v1-abc "])
def test_a_text_that_is_nothing_but_candidates_takes_a_window_at_a_time(candidate: str) -> None:
    data = candidate.encode() * (256 * 1024 // len(candidate))
    tracemalloc.start()
    try:
        assert examine(data, SMALL) == MatchResult()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(data)


def test_a_key_far_into_a_stream_has_its_line_and_column() -> None:
    line = "x" * 78 + "é\n"
    text = line * 2000 + f"  key: {KEY}\n" + line * 2000
    stream = io.BytesIO(text.encode())
    (match,) = examine_stream(stream.read, SMALL).matches
    assert (match.line, match.column) == (2001, 8)
    assert match.offset == text.encode().index(KEY.encode())


def test_every_cut_of_a_window_is_seamless() -> None:
    data = b"." * 3000 + KEY.encode() + b"." * 40_000
    for shift in range(0, 36_000, 37):
        stream = io.BytesIO(b"." * shift + data)
        assert len(examine_stream(stream.read, SMALL).matches) == 1


def test_an_empty_stream_holds_nothing() -> None:
    assert examine_stream(lambda count: b"") == MatchResult()


def test_a_long_run_of_digits_is_one_suspicion() -> None:
    stream = io.BytesIO((PREFIX + BODY * 2000).encode())
    assert len(examine_stream(stream.read, SMALL).matches) == 1
