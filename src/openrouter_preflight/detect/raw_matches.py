"""Raw matches: keys, or nearly, in bytes and their encodings, by offset.

Lines, files and archives come later; here is only what stands between which two bytes.
"""

from __future__ import annotations

from functools import lru_cache

from openrouter_preflight.detect.classify import MatchKind, classify, is_suspicious
from openrouter_preflight.detect.encodings.decode import decode_all
from openrouter_preflight.detect.prefilter import candidate_offsets
from openrouter_preflight.detect.record import Record
from openrouter_preflight.detect.split_keys import read_all
from openrouter_preflight.keys.api_key import ApiKey
from openrouter_preflight.keys.key_format import format_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openrouter_preflight.detect.split_keys import KeyText

_DEEPEST = 3
"""Encodings inside one another that are undone."""


class RawMatch(Record):
    """A stretch of bytes that holds a key, or nearly."""

    __slots__ = ("encodings", "end", "key", "kind", "start")

    def __init__(self, kind: MatchKind, key: ApiKey | None, start: int, end: int, encodings: tuple[str, ...]) -> None:
        self.kind = kind
        self.key = key
        self.start = start
        self.end = end
        self.encodings = encodings


def find_raw_matches(data: bytes, candidates: Sequence[int]) -> list[RawMatch]:
    """Return one match for each place, ascending, the plainest of several.

    `candidates` are those of `prefilter.candidate_offsets` in `data`.
    """
    kept: list[RawMatch] = []
    for hit in sorted(_hits(data, candidates, 0), key=lambda hit: (hit.start, hit.key is None, len(hit.encodings))):
        told = kept and hit.start < kept[-1].end and (hit.key is None or hit.key == kept[-1].key)
        if not told:
            kept.append(hit)
    return kept


def _hits(data: bytes, candidates: Sequence[int], depth: int) -> Iterator[RawMatch]:
    for spelling in read_all(data, candidates):
        hit = _judge(spelling)
        if hit is not None:
            yield hit
    if depth == _DEEPEST:
        return
    for layer in decode_all(data, candidates):
        for inner in _hits(layer.data, list(candidate_offsets(layer.data)), depth + 1):
            start, end = sorted((layer.origin(inner.start), layer.origin(inner.end)))  # reversed text ends first
            yield RawMatch(
                kind=inner.kind,
                key=inner.key,
                start=start,
                end=end,
                encodings=(layer.encoding, *inner.encodings),
            )


def _judge(spelling: KeyText) -> RawMatch | None:
    judgement = _judge_text(spelling.text)
    if judgement is None:
        return None
    kind, key = judgement
    return RawMatch(kind, key, spelling.start, spelling.end, ("split",) if spelling.split else ())


@lru_cache(maxsize=1024)
def _judge_text(text: str) -> tuple[MatchKind, ApiKey | None] | None:
    """Return kind and key of `text`, cached: examples are frequent."""
    key = ApiKey(text)
    if key.is_well_formed:
        return classify(key), key
    shape = format_of(text)
    body = text.removeprefix(shape.prefix) if shape else text
    return (MatchKind.SUSPICIOUS, None) if is_suspicious(body) else None
