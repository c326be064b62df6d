"""Keys as people write them into source: whole, cut or wrapped.

It reads bytes at a place that the prefilter named. `classify` says what the key then is; `encodings` undoes the rest.
"""

from __future__ import annotations

import re

from openrouter_preflight.detect.classify import is_low_variety
from openrouter_preflight.detect.needles import QUOTED_NEEDLES, parts_of, split_needles
from openrouter_preflight.detect.record import Record
from openrouter_preflight.keys.key_format import FORMATS, KeyFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_QUOTE = rb"(?:(?:\\{0,7}[\"'`]){1,3}|&quot;|&\#(?:3[49]|x2[27]);|&apos;)"
_LITERAL_FOLLOWS = rb"(?=[+.&|,<>~^*%/ \t]{0,8}[$@]?[A-Za-z]{0,3}8?[\"'`])"
_CODE_MARKS = rb"[ \t]{0,40}(?:\#{1,3}|;{1,3}|//[/!]?|--|\.{3}:?)(?=[ \t\"'`])" + _LITERAL_FOLLOWS
"""Before a line of source code that is commented out, or was typed at a prompt."""
_TEXT_MARKS = rb"[ \t]{0,40}(?:[>*][ \t]{1,8}){1,3}" + _LITERAL_FOLLOWS
"""Before a line of source code in a quotation, or in a block comment. A list has the same marks."""
_BLANK = rb"(?:[ \t\r]|\n(?:%b|[-+]{1,2}(?![-+]))?|\\{1,7}[nrt])" % _CODE_MARKS
_COMMENT = rb"(?:/\*[^*\n]{0,80}\*/|(?:\#|//|--[ ])[^\n]{0,80}\n)"
_BLANKS = rb"(?:%b|%b){0,120}+" % (_BLANK, _COMMENT)
_METHOD = rb"\.(?i:add|append|cat|concat|extend|format|insert|join|plus|print|push|put|write)\w{0,20}+(?=\()"
_OPERATOR = (
    rb"(?:(?P<name>\$?\w{1,40}+)[ ]?=[ ]?(?P=name)[ ]?[+.&]|\$?\w{1,40}+[ ]?[+.&]=|(?:\w{1,40}+)?%b"
    rb"|(?:&(?:amp|lt|gt);){1,2}|\|\||[+.&,<>~^*%%/]{1,3}+)(?:[ \t\r]{0,8}\n%b)?" % (_METHOD, _TEXT_MARKS)
)
"""`k = k +`, `k +=`, `k.append(`, an operator that HTML escaped, and one of a language's own."""
_NEXT_ARGUMENT = rb"[)\]}]{1,3}[ \t\r\n]{0,40},"
"""Of a call around one that ends here."""
_CONTINUATION = rb"(?:[_\\`]|\.\.\.)"
_OPENING = rb"[(\[{]{0,2}[$@]{0,2}[A-Za-z]{0,3}8?\#{0,3}[{]?"
_BEFORE_QUOTE = rb"(?:%s|\{\w{0,20}\}|(?:\\{1,3}r)?\\{1,3}n)"
"""A placeholder of a format, or the end of a line."""
_CELL_LINE = rb"(?:%b,%b\")" % (_QUOTE, _BLANKS)
_JOINED = (
    rb"(?:%(before_quote)s?%(quote)s\#{0,3}(?:sv?\b)?(?!%(next)s)[)\]};]{0,3}%(blank)s(?:%(operator)s%(blank)s)?(?:%(continuation)s%(blank)s)?"
    rb"(?:%(cell)s%(blank)s)?%(opening)s%(quote)s"
    rb"|(?:[$#]?\{[ ]?|\\\()%(quote)s|%(quote)s(?:[ ]?\}|\))"
    rb"|%(quote)s(?=[0-9A-Fa-f]{8}))"
    % {
        b"before_quote": _BEFORE_QUOTE,
        b"quote": _QUOTE,
        b"blank": _BLANKS,
        b"operator": _OPERATOR,
        b"next": _NEXT_ARGUMENT,
        b"continuation": _CONTINUATION,
        b"cell": _CELL_LINE,
        b"opening": _OPENING,
    }
)
"""From one string literal into the next: `" + "`, `' '`, `" .\\n "`, `", "`, `"; key += "`, `").append("`, `{"`.

Comments may stand between, a patch's marks, and the end of a line of a notebook's cell.
"""

_LINE_END = rb"(?:\\{1,3}r)?\\{1,3}n"
"""As JSON and programs write it."""

_CONTINUED = rb"[\\=^`]\r?\n[ \t]{0,120}(?:[+>|#*][ \t]{0,8}){0,3}\\?|\\{3,15}n|=(?:%b)" % _LINE_END
"""A backslash, caret or backtick at the end of the line, or quoted-printable's soft break.

The next line may have the marks of a patch or of a quotation (no `-`, which may be the key's). JSON writes a backslash
and the end of a line as `\\\n`.
"""

_INLINE_TAGS = (
    rb"span|wbr|font|strong|code|samp|mark|small|strike|nobr|label|abbr|cite|text|tspan|ins|del|kbd|var|big|su[bp]|bd[io]"
    rb"|em|tt|[abiqsu]"
)
"""Of HTML and SVG: they end no word."""
_OFFICE_TAGS = (
    rb"[wa]:(?!(?:p|tc|tr|tbl)[ />])[A-Za-z]{1,30}|text:(?:span|s|a|soft-page-break|bookmark[-a-z]{0,12})"
    rb"|r|t|rPr|sz|color|rFont|family|scheme|charset|br"
)
"""Of the runs of a document or of a cell, and a line's end. Between them blanks mean nothing."""
_MARKED = (
    rb"(?:(?:\x1b|\\{1,2}(?:u001b|x1b|033|e))\[[0-9;]{0,20}[A-Za-z]|<!--[^<>]{0,80}-->"
    rb"|</?(?:%b)(?:[ /][^<>]{0,200})?>|</?(?:%b)(?:[ /][^<>]{0,200})?>[ \t\r\n]{0,40}+"
    rb"|&shy;|&zwnj;|&\#(?:8203|[xX]200[bB]);|\\u200[bBcCdD]"
    rb"|\xc2\xad|\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf){1,60}+" % (_INLINE_TAGS, _OFFICE_TAGS)
)
"""Marks of colours or of an office file's runs, where a text may be wrapped."""

_WRAPPED = re.compile(rb"[ \t]{0,8}(?:\r?\n|%b)[ \t]{0,120}(?:[-+>|#*;%%!]|//|--)?[ \t>|*#]{0,8}" % _LINE_END)
"""A line broken by a mail program, an editor or a patch, which may have put a mark before the next."""

_KERNED = rb"\)[ ]{0,2}-?[0-9.]{1,10}[ ]{0,2}\("
"""Between the strings of a line in a PDF, moved together or apart."""

_GAP = re.compile(b"|".join(b"(?:%b)" % each for each in (_JOINED, _CONTINUED, _MARKED, _WRAPPED.pattern, _KERNED)))
"""Any of them, the first that fits."""

_SHORT_REST = 4
"""Fewer digits than this on a wrapped line are the rest of a key only where nothing else stands there."""
_WRAP_END = re.compile(rb"[\"'`)\],;.}>]{0,3}[ \t]*(?:\r?\n|%b|\Z)" % _LINE_END)

_LONGEST_PREFIX = 400
"""Bytes within which a prefix in two pieces must begin."""


class KeyText(Record):
    """One place that reads as a key, or nearly."""

    __slots__ = ("end", "split", "start", "text")

    def __init__(self, start: int, end: int, text: str, *, split: bool) -> None:
        """Hold a place and its reading: prefix and body without cuts."""
        self.start = start
        self.end = end
        self.text = text
        self.split = split


class _Shape:
    """A key format as bytes and patterns."""

    def __init__(self, key_format: KeyFormat) -> None:
        self.prefix = key_format.prefix.encode()
        self.first, self.second = split_needles(self.prefix)
        self.quoted = tuple(each for each in QUOTED_NEEDLES if each[1:-1] == (parts_of(key_format) or (b"",))[0])
        self.body_length = key_format.body_length
        self.digits = re.compile(rb"[%b]+" % key_format.character_class.encode())
        self.body = re.compile(rb"(?:(?!%b)[0-9A-Za-z])+" % re.escape(self.first))


_SHAPES = [_Shape(each) for each in FORMATS]


def read_all(data: bytes, candidates: Sequence[int]) -> Iterator[KeyText]:
    """Yield every spelling of a key, and every body after a prefix.

    `candidates` are the places of needles in `data` (`prefilter.candidate_offsets`).
    """
    for shape in _SHAPES:
        reach = 0
        for start in _starts(shape, data, candidates):
            if start < reach:
                continue
            text = _read_whole(shape, data, start) or _read_split(shape, data, start) or _read_body(shape, data, start)
            if text is not None:
                reach = text.end
                yield text


def end_of_key(data: bytes, offset: int) -> int:
    """Return the end of the key at `offset`; `offset` if there is none."""
    for shape in _SHAPES:
        start = _start_at(shape, data, offset)
        key_text = None if start is None else _read_whole(shape, data, start) or _read_split(shape, data, start)
        if key_text is not None:
            return key_text.end
    return offset


def _starts(shape: _Shape, data: bytes, candidates: Sequence[int]) -> list[int]:
    """Return the places of the first letters of prefixes, or of what may be some."""
    starts = {_start_at(shape, data, offset) for offset in candidates}
    return sorted(start for start in starts if start is not None)


def _start_at(shape: _Shape, data: bytes, offset: int) -> int | None:
    """Return the start of the prefix with a piece at `offset`, or None."""
    if data.startswith(shape.first, offset):
        return offset
    if shape.quoted and data.startswith(shape.quoted, offset):
        return offset + 1
    return _start_before(shape, data, offset) if data.startswith(shape.second, offset) else None


def _start_before(shape: _Shape, data: bytes, offset: int) -> int | None:
    """Return the start of the prefix whose second piece is at `offset`."""
    prefix = shape.prefix
    missing = len(prefix) - len(shape.second)
    if data.endswith(prefix[:missing], 0, offset):
        return None
    joined = 0
    while joined < missing and data[offset - joined - 1 : offset - joined] == prefix[missing - joined - 1 :][:1]:
        joined += 1
    rest = prefix[: missing - joined]
    if not rest:
        return None
    cut = offset - joined
    start = data.rfind(rest, max(0, cut - _LONGEST_PREFIX), cut)
    if start < 0 or _gap_end(data, start + len(rest)) != cut:
        return None
    return start


def _read_whole(shape: _Shape, data: bytes, start: int) -> KeyText | None:
    body = start + len(shape.prefix)
    if not data.startswith(shape.prefix, start):
        return None
    end = body + shape.body_length
    run = shape.digits.match(data, body, end + _MORE_DIGITS + 1)
    if run is None or run.end() < end:
        return None
    if run.end() > end and is_low_variety(run[0].decode("ascii")):
        return None
    if run.end() > end + _MORE_DIGITS and not (_ends_by_case(run[0], shape.body_length) or _is_field(data, start, end)):
        return None
    return KeyText(start, end, data[start:end].decode("ascii"), split=False)


_MORE_DIGITS = 8
"""Hex digits behind a key that are the next word's first letters, where a line's end or a separator was lost."""


def _ends_by_case(run: bytes, length: int) -> bool:
    """Return True for digits before the capital of another word."""
    return len(run) > length and run[:length].islower() and run[length:].isupper()


_LENGTH_BEFORE = (b"I", b"73:")
"""73, the length of a key, as a byte and as digits."""
_NO_TEXT = re.compile(rb"[\0\2-\x08\x0e-\x19\x1c-\x1f]")
"""Bytes that no text holds; layers put 1 between joined parts."""
_NEAR = 256
"""Bytes."""


def _is_field(data: bytes, start: int, end: int) -> bool:
    """Return True for a field of a binary format."""
    return (
        data.endswith(_LENGTH_BEFORE, 0, start)
        or _NO_TEXT.search(data, max(0, start - _NEAR), start) is not None
        or _NO_TEXT.search(data, end, end + _NEAR) is not None
    )


def _read_split(shape: _Shape, data: bytes, start: int) -> KeyText | None:
    """Return the key at `start` with at least one gap, or None."""
    body = _read_prefix(shape, data, start)
    if body is None:
        return None
    place = body
    pieces: list[bytes] = []
    length = 0
    wrapped = False
    while True:
        run = shape.digits.match(data, place, place + shape.body_length + 1)
        if run is not None:
            pieces.append(run[0])
            length += len(run[0])
            place = run.end()
            if length >= shape.body_length:
                break
        elif place != body:
            return None
        gap = _gap_end(data, place)
        if gap is None:
            return None
        wrapped = _WRAPPED.fullmatch(data, place, gap) is not None
        place = gap
    if length > shape.body_length or (wrapped and len(pieces[-1]) < _SHORT_REST and not _WRAP_END.match(data, place)):
        return None
    return KeyText(start, place, (shape.prefix + b"".join(pieces)).decode("ascii"), split=True)


def _read_prefix(shape: _Shape, data: bytes, start: int) -> int | None:
    """Return the start of the body after a prefix at `start`, or None."""
    if data.startswith(shape.prefix, start):
        return start + len(shape.prefix)
    place = start
    for index in range(len(shape.prefix)):
        letter = shape.prefix[index : index + 1]
        if not data.startswith(letter, place):
            gap = _gap_end(data, place)
            if gap is None or not data.startswith(letter, gap):
                return None
            place = gap
        place += 1
    return place


def _read_body(shape: _Shape, data: bytes, start: int) -> KeyText | None:
    """A whole prefix and the letters and digits after it, however many."""
    if not data.startswith(shape.prefix, start):
        return None
    run = shape.body.match(data, start + len(shape.prefix))
    if run is None:
        return None
    return KeyText(start, run.end(), data[start : run.end()].decode("ascii"), split=False)


def _gap_end(data: bytes, place: int) -> int | None:
    """Return where a gap that begins at `place` ends."""
    gap = _GAP.match(data, place)
    return None if gap is None else gap.end()
