"""Positions for people, and comments there that allow a key."""

from __future__ import annotations

PLAIN = "utf-8"
"""The charset of all that is not marked otherwise. Bytes that are not UTF-8 count as one character each."""

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", PLAIN),
)
_UNMARKED = (("x000x000", "utf-32-le"), ("000x000x", "utf-32-be"), ("x0x0", "utf-16-le"), ("0x0x", "utf-16-be"))
"""Zeros beside ASCII in each wide charset."""


def charset_of(head: bytes) -> tuple[str, int]:
    """Return the charset of a text, and the length of its byte order mark."""
    for mark, charset in _MARKS:
        if head.startswith(mark):
            return charset, len(mark)
    zeros = "".join("x" if byte else "0" for byte in head[:8])
    for pattern, charset in _UNMARKED:
        if zeros.startswith(pattern):
            return charset, 0
    return PLAIN, 0


class Cursor:
    """A place in a text that only moves on: many places cost one pass."""

    def __init__(self, charset: str) -> None:
        self.line = 1
        self.column = 1
        self._charset = charset

    def advance(self, piece: bytes) -> None:
        """Move past `piece`, which ends where a character does."""
        if self._charset == PLAIN:
            newlines, last = piece.count(b"\n"), piece[piece.rfind(b"\n") + 1 :]
            characters = _count_characters(last)
        else:
            text = piece.decode(self._charset, "replace")
            newlines, characters = text.count("\n"), len(text) - text.rfind("\n") - 1
        self.line += newlines
        self.column = (1 if newlines else self.column) + characters


def _count_characters(text: bytes) -> int:
    try:
        return len(text.decode("utf-8"))
    except UnicodeDecodeError:
        return len(text)


_REACH = 2000
"""Bytes on each side in which a comment is looked for: lines can be endless."""

_ALLOW = "openrouter-preflight:"
_BEFORE_COMMENT = "(?:^(?:\ufeff|\xef\xbb\xbf)?" + r"|[\s\"'`,;)\]}])"
_COMMENT = _BEFORE_COMMENT + r"(?:#|-\#|//|\*|--|;|%|\.\.[ ]|(?i:@?rem|dnl)\s)"
_BRACKETED = r"/\*|<!--|<\#|<%\#|<%--|@\*|\{\#|\{-|\{\{!|\(\*"
_SIGN = rf"{_COMMENT}|{_BRACKETED}"
_SIGN_BEFORE = rf"(?:{_COMMENT}|{_BRACKETED}|{_BEFORE_COMMENT}['\"!@][ \t]*)\Z"
"""Some signs are a comment's in one language and a string's in another: those stand right before the words."""
_LONGEST_SIGN = 16
_WORDS = rf"{_ALLOW}[ \t]{{0,16}}allow(?![\w-])"


def allowed_by_comment(data: bytes, start: int, end: int, charset: str) -> bool:
    """Return True if a comment there says `openrouter-preflight: allow`."""
    decoder = "latin-1" if charset == PLAIN else charset
    width = len("-".encode(decoder))
    before = data[start - min(start, _REACH) // width * width : start].decode(decoder, "replace")
    after = data[end : end + _REACH].decode(decoder, "replace")
    between = data[start:end].decode(decoder, "replace")
    lines = before[before.rfind("\n") + 1 :] + between + after.partition("\n")[0]
    return _ALLOW in lines and any(map(_is_comment, lines.replace("\r", "\n").split("\n")))


def _is_comment(line: str) -> bool:
    """Return True if a comment has the words, in linear time."""
    import re  # most files have no such words, and it takes time to load; it remembers what it compiled

    sign = re.search(_SIGN, line, re.MULTILINE)
    sign_before = re.compile(_SIGN_BEFORE, re.MULTILINE)
    for words in re.finditer(_WORDS, line):
        start = words.start()
        inside_word = re.match(r"[\w-]", line[start - 1]) is not None if start else False
        if sign and sign.end() < start and not inside_word:
            return True
        if sign_before.search(line, max(0, start - _LONGEST_SIGN), start):
            return True
    return False
