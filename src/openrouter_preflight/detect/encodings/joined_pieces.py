"""Pieces that a program joins: `["sk", "or", "v1", "…"].join("-")`.

A prefix above a digest in a list, in a row or among arguments is no key: the join itself must be seen.
"""

from __future__ import annotations

import re
from functools import partial

from openrouter_preflight.detect.encodings.layer import Decoded, traced
from openrouter_preflight.detect.needles import ESCAPE_NEEDLES, QUOTED_NEEDLES, SPLIT_NEEDLES, parts_of
from openrouter_preflight.keys.key_format import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.keys.key_format import KeyFormat

NEEDLES = QUOTED_NEEDLES + SPLIT_NEEDLES[::2] + ESCAPE_NEEDLES

_QUOTE = rb"\\{0,3}[\"'`]"
_NEXT = rb"%b(?:\.to_?string\(\))?(?:[ \t]*[,;](?:\s|\\n){0,60}|[ \t]+)[a-zA-Z]{0,2}%b" % (_QUOTE, _QUOTE)
_HYPHEN = rb"%b-%b" % (_QUOTE, _QUOTE)
_WORD = rb"(?i:join|implode|concat|intercalate|mkstring|paste|collapse|\bsep\b)"
_JOIN_BEFORE = re.compile(rb"%b[^;]{0,100}\Z" % _WORD)
_JOIN_BEHIND = re.compile(rb"\A[\s,\])}]{0,40}(?:[^;\n]{0,40}?%b|\*)[^;\n]{0,40}?%b" % (_WORD, _HYPHEN))
_HYPHEN_BEFORE = re.compile(rb"(?:%b[^;]{0,60}?%b|%b\.join)[^;]{0,60}\Z" % (_WORD, _HYPHEN, _HYPHEN))
_HYPHEN_BEHIND = re.compile(rb"\A[\s,\])}]{0,40}[^;\n]{0,20}?%b" % _HYPHEN)
_PLACE = rb"(?:%[sv]|\{\w{0,12}\})"
_FORMAT = re.compile(rb"%b%b(?:-%b){1,3}%b[^;]{0,20}\Z" % (_QUOTE, _PLACE, _PLACE, _QUOTE))
"""`"%s-%s" % (`, `"{}-{}".format(`, `Sprintf("%s-%s-%s-%s", `: a list that is formatted."""

_AROUND = 160
"""Bytes beside a list in which the join is looked for."""


def _pieces(shape: KeyFormat) -> re.Pattern[bytes]:
    hyphen = b"(?:-|%b)" % _NEXT
    prefix = hyphen.join(map(re.escape, parts_of(shape)))
    body = b"([%b]{%d})" % (shape.character_class.encode(), shape.body_length)
    return re.compile(prefix + hyphen + body + _QUOTE)


_PIECES = [(shape, _pieces(shape)) for shape in FORMATS if parts_of(shape)]


def joined_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield each key that is joined from pieces near `offsets`."""
    for offset in offsets:
        for shape, pattern in _PIECES:
            found = pattern.match(data, offset + (not data.startswith(parts_of(shape)[0], offset)))
            if found and _is_joined(data, found):
                starts = [found.start()] * len(shape.prefix)
                yield Decoded(
                    shape.prefix.encode() + found[1],
                    "joined",
                    partial(traced, [*starts, *range(found.start(1), found.end(1) + 1)]),
                )


def _is_joined(data: bytes, found: re.Match[bytes]) -> bool:
    before = data[max(0, found.start() - _AROUND) : found.start()]
    behind = data[found.end() : found.end() + _AROUND]
    if _JOIN_BEHIND.search(behind) or _HYPHEN_BEFORE.search(before) or _FORMAT.search(before):
        return True
    return _JOIN_BEFORE.search(before) is not None and _HYPHEN_BEHIND.search(behind) is not None
