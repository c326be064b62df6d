"""Encodings undone: what each hides, and where every byte of it stood."""

from __future__ import annotations

import base64
import random
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.encodings.decode import decode_all
from openrouter_preflight.detect.prefilter import candidate_offsets
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import BODY, KEY, base64_of, wrapped

if TYPE_CHECKING:
    from openrouter_preflight.detect.encodings.layer import Decoded

WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}


def layer_of(data: bytes, encoding: str) -> Decoded:
    return next(layer for layer in decode_all(data, list(candidate_offsets(data))) if layer.encoding == encoding)


@pytest.mark.parametrize("lead", ["", "a", "ab = ", "é€ = ", "\U0001f511 = "])
@pytest.mark.parametrize("tail", [b"", b"x", b"xyz"])
@pytest.mark.parametrize("charset", WIDE)
def test_each_character_of_wide_text_knows_where_it_stood(charset: str, tail: bytes, lead: str) -> None:
    before = lead.encode(charset)
    data = before + KEY.encode(charset) + tail
    layer = layer_of(data, charset)
    start = layer.data.index(KEY.encode())
    assert [layer.origin(start + at) for at in range(len(KEY) + 1)] == [
        len(before) + at * WIDE[charset] for at in range(len(KEY) + 1)
    ]


@pytest.mark.parametrize("charset", WIDE)
@pytest.mark.parametrize("place", [9, 20, 72])
def test_a_wide_character_whose_low_byte_is_a_digits_is_no_digit(charset: str, place: int) -> None:
    """U+0161 is no `a`: its high byte says so."""
    other = KEY[:place] + chr(0x100 + ord(KEY[place])) + KEY[place + 1 :]
    assert [match.key for match in examine(other.encode(charset)).matches if match.key] == []


@pytest.mark.parametrize("charset", WIDE)
@pytest.mark.parametrize("before", [b"\n", b"\0"], ids=["after text", "after zeros"])
@pytest.mark.parametrize("after", [b"", b"\n", b"\0", b"\xff\xff\xff\xff", b"gz\n"])
def test_wide_text_is_read_wherever_it_begins_and_whatever_follows(charset: str, before: bytes, after: bytes) -> None:
    for count in range(9):
        data = before * count + KEY.encode(charset) + after
        assert [match.key for match in examine(data).matches] == [ApiKey(KEY)], count


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_wide_text_far_from_the_needle_is_read_in_step(charset: str) -> None:
    data = ("x" * 10_001 + f"\n{KEY}\n" + "y" * 10_000).encode(charset)
    (match,) = examine(data).matches
    assert (match.offset, match.line, match.column) == (20_004, 2, 1)


@pytest.mark.parametrize("rest", ["", "A", "AB", "ABC", "ABCD"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_base64_may_end_anywhere(before: str, rest: str) -> None:
    text = base64_of(before + KEY).rstrip("=")
    assert [match.encoding for match in examine((text + rest).encode()).matches] == ["base64"]


def patched(width: int, mark: str) -> str:
    return "".join(f"{mark}{line}\n" for line in wrapped(base64_of(f"key = {KEY}\n" * 2), width).split("\n"))


@pytest.mark.parametrize("separator", ["\n> > ", '"\n+"', '" +\n+  "', "\n# # "])
def test_base64_in_lines_with_marks_before_them_is_read(separator: str) -> None:
    data = wrapped(base64_of(f"key = {KEY}"), 60, separator).encode()
    assert [match.key for match in examine(data).matches] == [ApiKey(KEY)]


@pytest.mark.parametrize("width", [20, 60, 76])
def test_base64_in_a_patch_is_read_without_the_marks(width: int) -> None:
    assert [match.encoding for match in examine(patched(width, "+").encode()).matches][:1] == ["base64"]


@pytest.mark.parametrize("before", [0, 1, 2, 5, 50, 53])
@pytest.mark.parametrize("separator", ["\n", "\r\n-- ", '",\n"'])
@pytest.mark.parametrize("width", [38, 76, 1000])
def test_a_key_that_ends_with_its_line_of_base64_is_not_lengthened_by_the_next(
    before: int, separator: str, width: int
) -> None:
    for following in (BODY, "7777", "w7w7w7"):
        text = wrapped(base64_of("/" * before + KEY).rstrip("="), width, separator)
        data = separator.join([text, base64_of(following), base64_of("x" * 9)])
        (match,) = examine(data.encode()).matches
        assert match.key == ApiKey(KEY)
        assert abs(match.offset - before * 4 // 3) <= len(separator)


def test_base64_whose_every_line_begins_with_a_plus_is_no_patch() -> None:
    source = random.Random(3)
    while True:
        text = base64.b64encode(source.randbytes(48) + KEY.encode()).decode()
        if text[60] == "+":
            break
    assert [match.encoding for match in examine(wrapped(text, 60).encode()).matches] == ["base64"]


@pytest.mark.parametrize(
    "written",
    [
        f"https://host/?a=%20b&key=sk%2Dor%2Dv1%2D{BODY}&c=%20d",
        '{"a": "\\u0020", "key": "sk\\u002dor\\u002dv1\\u002d' + BODY + '", "b": "\\u0020"}',
        f"sk%2Dor%2Dv1%2D{BODY[:20]}%{ord(BODY[20]):02x}{BODY[21:]}",
        f"%2520sk%252Dor%252Dv1%252D{BODY}%25",
        f"<a&#32;b='sk&#45;or&#45;v1&#45;{BODY}'&#x3e;",
        f"\\x20sk\\x2dor\\x2dv1\\x2d{BODY}\\x",
    ],
)
def test_each_byte_of_escaped_text_knows_where_it_stood(written: str) -> None:
    data = written.encode()
    layer = layer_of(data, "escaped")
    start = layer.data.index(KEY.encode())
    for at, byte in enumerate(KEY.encode(), start):
        place = layer.origin(at)
        assert data[place] in (byte, *b"%\\&")
        assert data[place] == byte or layer.origin(at + 1) - place in (3, 4, 5, 6)
    end = layer.origin(start + len(KEY))
    assert data[:end].decode().endswith(BODY[-8:])
