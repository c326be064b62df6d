"""The second look at a large text, only around the places that the first look named.

A file with thousands of versions may hold the same example key in each: looking at all of each again would take as
long as reading the history. The answer is that of `detector.examine` on the whole.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.detection.detector import examine
from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, is_archive
from openrouter_preflight.leaks.detection.sightings import Examination, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openrouter_preflight.leaks.detection.budget import Limits

_AROUND = 2048
"""Bytes to either side of a candidate, then on to the ends of the lines: far more than a split or wrapped key needs."""

_WORTH_IT = 8192

_REMEMBERED = 16 * 1024
"""Bytes of the largest window that is remembered."""


def examine_near(data: bytes, candidates: Sequence[int], limits: Limits) -> Examination:
    """What `examine` would see in `data`, the whole content of one file, given where its candidates are.

    Archives, and what may be wide text (a zero byte), are looked at as a whole: a part of them means something else.
    """
    if len(data) < _WORTH_IT or b"\0" in data or is_archive(data[:HEAD_LENGTH]):
        return examine(data, limits)
    sightings: list[Sighting] = []
    for start, end in _windows(data, candidates):
        lines = data.count(b"\n", 0, start)
        look = _examine_again if end - start <= _REMEMBERED else examine
        seen = look(data[start:end], limits).sightings
        sightings += [replace(each, offset=each.offset + start, line=each.line + lines) for each in seen]
    return Examination(tuple(sightings))


@lru_cache(maxsize=512)
def _examine_again(window: bytes, limits: Limits) -> Examination:
    """`examine`, remembering: from version to version of a file, what is around a key stays the same."""
    return examine(window, limits)


def _windows(data: bytes, candidates: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Whole lines around the candidates, none twice."""
    end = 0
    start = -1
    for candidate in sorted(candidates):
        if start >= 0 and candidate - _AROUND <= end:
            end = max(end, _line_end(data, candidate + _AROUND))
            continue
        if start >= 0:
            yield start, end
        start = data.rfind(b"\n", 0, max(0, candidate - _AROUND)) + 1
        end = _line_end(data, candidate + _AROUND)
    if start >= 0:
        yield start, end


def _line_end(data: bytes, offset: int) -> int:
    newline = data.find(b"\n", offset)
    return len(data) if newline < 0 else newline + 1
