"""Escapes: percent, backslash, entities, look-alikes of hyphens, LaTeX."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import partial

from openrouter_preflight.detect.encodings.layer import REACH, Decoded, Pieces, regions
from openrouter_preflight.detect.needles import CODE_NEEDLES, ESCAPE_NEEDLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEEDLES = ESCAPE_NEEDLES + CODE_NEEDLES

_HYPHEN = ord("-")
_LOOK_ALIKE = (
    rb"\xe2(?:\x80[\x90-\x95]|\x88\x92|\x81\x83)"
    rb"|\\{1,4}(?:u(?:201[0-5]|2212)|u\{(?:201[0-5]|2212)\})|%[eE]2%(?:80%9[0-5]|88%92)"
    rb"|&(?:\#(?:820[89]|821[0-3]|8722|[xX](?:201[0-5]|2212))|hyphen|dash|[nm]dash|minus);"
)
"""U+2010 to U+2015, U+2212 and U+2043, which typesetters and chat programs put for a hyphen."""
_LATEX = (
    rb"\\(?:PYZhy|text(?:endash|emdash|hyphen|minus|normal\{-\}|tt\{-\})|hyphen(?:char)?|hyp|[mh]box\{-\}|nobreakdash-?"
    rb"|char(?:45|\"2D|`\\?-)|symbol\{45\})(?:\{\}|[ ](?=[0-9A-Za-z]))?"
)
_ESCAPE = re.compile(
    rb"%b|%b"
    rb"|(?:%%(?:25)?|\\{1,4}(?:u00|x))(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\{1,4}u\{(?:00)?(?P<braced>[0-9A-Fa-f]{2})\}"
    rb"|\\{1,4}(?:(?P<octal>[01]?[0-7]{2})|-)"
    rb"|&\#(?:[xX]0{0,4}(?P<entity>[0-9A-Fa-f]{2})|0{0,4}(?P<decimal>[0-9]{2}|1[0-9]{2}));?" % (_LOOK_ALIKE, _LATEX)
)


def escaped_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield the text around needles with its escapes undone, as one layer."""
    pieces = Pieces()
    for start, end in regions(offsets, REACH // 16, REACH, len(data)):
        pieces.add_apart(*_unescape(data, start, end))
    yield Decoded(pieces.join(), "escaped", pieces.origin)


def _unescape(data: bytes, start: int, end: int) -> tuple[bytes, Callable[[int], int]]:
    """Return the stretch with its escapes undone, and the way back."""
    text = bytearray()
    place = start
    begins, shifts = array("Q", [0]), array("Q", [start])
    for escape in _ESCAPE.finditer(data, start, end):
        text += data[place : escape.start()]
        text.append(_value(escape))
        place = escape.end()
        begins.append(len(text))
        shifts.append(place - len(text))
    text += data[place:end]
    return bytes(text), partial(_shifted, begins, shifts)


def _value(escape: re.Match[bytes]) -> int:
    digits = escape["hex"] or escape["braced"] or escape["entity"]
    if digits:
        return int(digits, 16)
    return int(escape["octal"], 8) if escape["octal"] else int(escape["decimal"] or _HYPHEN)


def _shifted(begins: array[int], shifts: array[int], index: int) -> int:
    """Return the place of the byte at `index` before unescaping."""
    return index + shifts[bisect_right(begins, index) - 1]
