"""The glance: candidates that are no key in any reading, without a pattern.

Placeholders (`sk-or-v1-your-key-here`) and words (`task-order`) are the rule of people who use
OpenRouter, and loading the second look would be felt in a hook. In doubt a candidate stays one; `detector.examine`
decides.
"""

from __future__ import annotations

from openrouter_preflight.detect.needles import NEEDLES, split_needles
from openrouter_preflight.detect.prefilter import candidate_offsets
from openrouter_preflight.keys.key_format import OPENROUTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LITERAL = OPENROUTER.prefix.encode()
_FIRST, _SECOND = split_needles(LITERAL)
_DIGITS = frozenset("".join(OPENROUTER.alphabet).encode())
_ALPHANUMERIC = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_BEGINS_NO_GAP = _ALPHANUMERIC | frozenset(b"_.-*")
"""No gap in a key that is cut (`split_keys`) begins with one of these."""

_SHORTEST_BODY = 32
"""Letters and digits: fewer are neither a key nor like one (`classify.is_suspicious`), also in base64."""

_LONGEST_PREFIX = 400
"""Bytes within which a prefix in two pieces must begin (`split_keys`)."""


def suspects(
    buffer: bytes | bytearray, start: int = 0, end: int | None = None, *, needles: Sequence[bytes] = NEEDLES
) -> list[int]:
    """The offsets of `candidate_offsets` at which there may be a key, ascending."""
    end = len(buffer) if end is None else end
    return [
        offset
        for offset in candidate_offsets(buffer, start, end, needles=needles)
        if _may_be_key(buffer, offset, start, end)
    ]


def first_suspect(
    buffer: bytes | bytearray, start: int = 0, end: int | None = None, *, needles: Sequence[bytes] = NEEDLES
) -> bool:
    """Return True where one window of a stream may hold a key."""
    end = len(buffer) if end is None else end
    return any(
        offset + _LONGEST_PREFIX > end or offset - _LONGEST_PREFIX < start or _may_be_key(buffer, offset, start, end)
        for offset in candidate_offsets(buffer, start, end, needles=needles)
    )


def _may_be_key(buffer: bytes | bytearray, offset: int, start: int, end: int) -> bool:
    if buffer.startswith(_FIRST, offset):
        return _may_begin(buffer, offset, end)
    if buffer.startswith(_SECOND, offset):
        return _may_go_on(buffer, offset, start)
    return True


def _may_begin(buffer: bytes | bytearray, offset: int, end: int) -> bool:
    """Return True where a prefix and a body may follow at `offset`."""
    place = offset
    for letter in LITERAL:
        if place >= end or buffer[place] != letter:
            return place < end and buffer[place] not in _BEGINS_NO_GAP
        place += 1
    body = place
    while place < end and place - body < _SHORTEST_BODY and buffer[place] in _ALPHANUMERIC:
        place += 1
    if place - body >= _SHORTEST_BODY:
        letters = set(buffer[body:place])
        return len(letters) > 2 or not letters.isdisjoint(_DIGITS)  # `xxxx…` is a placeholder
    digits = body
    while digits < place and buffer[digits] in _DIGITS:
        digits += 1
    return digits == place and place < end and buffer[place] not in _BEGINS_NO_GAP


def _may_go_on(buffer: bytes | bytearray, offset: int, start: int) -> bool:
    """Return True where a first piece may precede the one at `offset`."""
    missing = len(LITERAL) - len(_SECOND)
    if buffer.endswith(LITERAL[:missing], start, offset):
        return False  # `_may_begin` has seen it whole
    joined = 0
    while joined < missing and offset - joined > start and buffer[offset - joined - 1] == LITERAL[missing - joined - 1]:
        joined += 1
    cut = offset - joined
    return cut > start and buffer.rfind(LITERAL[: missing - joined], max(start, cut - _LONGEST_PREFIX), cut) >= 0
