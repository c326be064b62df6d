"""Which comment allows a key, and which words do not."""

from __future__ import annotations

import pytest

from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.positions import Cursor, allowed_by_comment, charset_of
from support.planted import KEY, PREFIX

ALLOW = "openrouter-preflight: allow"

ALLOWED = {
    "hash": f"key = '{KEY}'  # {ALLOW}",
    "hash with a reason": f"key = '{KEY}'  # {ALLOW} (revoked in May)",
    "hash after other words": f"key = '{KEY}'  # noqa: S105, {ALLOW}",
    "slashes": f'const key = "{KEY}"; // {ALLOW}',
    "block": f"/* {ALLOW} */ key = '{KEY}'",
    "SQL": f"select '{KEY}' -- {ALLOW}",
    "semicolon": f"key={KEY} ; {ALLOW}",
    "HTML": f"<p>{KEY}</p> <!-- {ALLOW} -->",
    "TeX": f"\\key{{{KEY}}} % {ALLOW}",
    "HTML right behind": f"<p>{KEY}</p><!-- {ALLOW} -->",
    "JSX": f"{{/* {ALLOW} */}} {KEY}",
    "ML": f"(* {ALLOW} *) {KEY}",
    "Haskell": f"{{- {ALLOW} -}} key = {KEY}",
    "PowerShell": f"$key = {KEY} <# {ALLOW} #>",
    "template": f"{KEY}{{# {ALLOW} #}}",
    "ERB": f"{KEY} <%# {ALLOW} %>",
    "JSP": f"{KEY} <%-- {ALLOW} --%>",
    "Razor": f"@* {ALLOW} *@ {KEY}",
    "HAML": f"{KEY} -# {ALLOW}",
    "batch file": f"@REM {ALLOW} {KEY}",
    "no blank behind the sign": f"key = '{KEY}'  #{ALLOW}",
    "Handlebars": f"{KEY} {{{{!-- {ALLOW} --}}}}",
    "Basic": f"key = {KEY} ' {ALLOW}",
    "Vim": f"let key = '{KEY}' \" {ALLOW}",
    "Fortran": f"key = '{KEY}' ! {ALLOW}",
    "m4": f"key={KEY} dnl {ALLOW}",
    "reStructuredText": f".. {ALLOW} {KEY}",
    "middle of a file": f"a\nkey = '{KEY}'  # {ALLOW}\nb\n",
    "on the second line of a split key": f"('{PREFIX}'\n '{KEY[9:]}')  # {ALLOW}",
}

NOT_ALLOWED = {
    "line above": f"# {ALLOW}\nkey = '{KEY}'",
    "line below": f"key = '{KEY}'\n# {ALLOW}",
    "no comment": f"{ALLOW} {KEY}",
    "words of a string": f"note = 'see openrouter-preflight: allow' {KEY}",
    "other word": f"key = '{KEY}'  # openrouter-preflight: allowed-elsewhere",
    "hyphen": f"key = '{KEY}'  # openrouter-preflight: allow-not",
    "other tool": f"key = '{KEY}'  # preflight: allow",
    "another tool's name": f"key = '{KEY}'  # my-openrouter-preflight: allow",
    "address": f"key = '{KEY}' at https://{ALLOW}",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_comment_on_the_line_allows(text: str, charset: str) -> None:
    (match,) = examine(text.encode(charset)).matches
    assert match.inline_allow


@pytest.mark.parametrize("text", NOT_ALLOWED.values(), ids=NOT_ALLOWED)
def test_anything_else_does_not(text: str) -> None:
    (match,) = examine(text.encode()).matches
    assert not match.inline_allow


@pytest.mark.parametrize(
    ("head", "charset", "mark"),
    [
        (b"", "utf-8", 0),
        (b"plain text", "utf-8", 0),
        (b"\xef\xbb\xbfplain", "utf-8", 3),
        (b"\xff\xfea\0b\0", "utf-16-le", 2),
        (b"\xfe\xff\0a\0b", "utf-16-be", 2),
        (b"\xff\xfe\0\0a\0\0\0", "utf-32-le", 4),
        (b"\0\0\xfe\xff\0\0\0a", "utf-32-be", 4),
        (b"a\0b\0c\0d\0", "utf-16-le", 0),
        (b"\0a\0b\0c\0d", "utf-16-be", 0),
        (b"a\0\0\0b\0\0\0", "utf-32-le", 0),
        (b"\0\0\0a\0\0\0b", "utf-32-be", 0),
        (b"a\0b", "utf-8", 0),
        (b"a\0\0\0b", "utf-8", 0),
    ],
)
def test_a_charset_is_known_by_its_mark_or_by_its_zeros(head: bytes, charset: str, mark: int) -> None:
    assert charset_of(head) == (charset, mark)


@pytest.mark.parametrize(
    ("object_fields", "line", "column"),
    [
        ([b""], 1, 1),
        ([b"abc"], 1, 4),
        ([b"abc", b"de"], 1, 6),
        ([b"abc\n"], 2, 1),
        ([b"abc\nde"], 2, 3),
        ([b"a\nb\nc", b"d\ne", b"f"], 4, 3),
        (["é€".encode()], 1, 3),
        ([b"\xff\xfe\xfd"], 1, 4),
        (["é\n".encode() + b"\xff\xc3"], 2, 3),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "utf-32-be"])
def test_a_cursor_counts_lines_and_characters(charset: str, object_fields: list[bytes], line: int, column: int) -> None:
    cursor = Cursor(charset)
    for piece in object_fields:
        cursor.advance(piece if charset == "utf-8" else piece.decode("latin-1").encode(charset))
    if charset == "utf-8" or all(piece.isascii() for piece in object_fields):
        assert (cursor.line, cursor.column) == (line, column)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True)])
@pytest.mark.parametrize(("distance", "allowed"), [(100, True), (450, True), (2100, False)])
def test_a_comment_is_looked_for_as_far_as_a_long_line_goes(
    charset: str, before: bool, after: bool, distance: int, allowed: bool
) -> None:
    """In characters of any width, 2000 bytes to each side; a distant comment on an endless line is not seen."""
    comment, gap = f"/* {ALLOW} */", "x" * distance
    text = f"\n{comment if before else ''}{gap}{KEY}{gap}{' ' + comment if after else ''}\n"
    start = text.index(KEY)
    as_bytes = [part.encode(charset) for part in (text[:start], KEY, text[start + len(KEY) :])]
    data, width = b"".join(as_bytes), len("x".encode(charset))
    seen = allowed_by_comment(data, len(as_bytes[0]), len(as_bytes[0]) + len(as_bytes[1]), charset)
    assert seen is (allowed and (distance + len(comment) + 1) * width <= 2000)


@pytest.mark.parametrize("lead", ["a", "ab", "abc", "abcd"])
def test_the_words_before_a_key_are_read_as_whole_characters(lead: str) -> None:
    text = f"/* {ALLOW} */{lead}{KEY}".encode("utf-32-le")
    start = len(text) - 4 * len(KEY)
    assert allowed_by_comment(text, start, len(text), "utf-32-le")


LONE_SURROGATE = b"\x00\xd8"


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_what_no_charset_has_hides_no_comment(place: str) -> None:
    """Half a pair of UTF-16 on the key's line is not text, and the comment beside it still is."""
    odd = {name: LONE_SURROGATE if name == place else b"" for name in ("before", "between", "after")}
    before, key, comment = (text.encode("utf-16-le") for text in ("x = '", KEY, f"'  # {ALLOW}"))
    data = before + odd["before"] + key + odd["between"] + odd["after"] + comment
    start = len(before + odd["before"])
    assert allowed_by_comment(data, start, start + len(key + odd["between"]), "utf-16-le")


def test_a_column_counts_what_no_charset_has_as_a_character() -> None:
    data = "a\nb".encode("utf-16-le") + LONE_SURROGATE + "c".encode("utf-16-le")
    cursor = Cursor("utf-16-le")
    cursor.advance(data)
    assert (cursor.line, cursor.column) == (2, 4)


def test_a_comment_on_an_earlier_line_of_several_allows_nothing() -> None:
    data = f"a\n# {ALLOW}\nkey = '{KEY}'\nb\n".encode()
    start = data.index(KEY.encode())
    assert not allowed_by_comment(data, start, start + len(KEY), "utf-8")
