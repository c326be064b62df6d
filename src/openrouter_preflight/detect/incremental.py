"""The second look at a large text, only around its candidates.

A file with thousands of versions may hold the same example key in each: looking at all of each again would take as
long as reading the history. The answer is that of `detector.examine` on the whole.
"""

from __future__ import annotations

from functools import lru_cache

from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.matches import Match, MatchResult
from openrouter_preflight.detect.prefilter import is_archive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openrouter_preflight.detect.archives.budget import Limits

_AROUND = 2048
"""Bytes to either side of a candidate, then on to the ends of the lines: far more than most keys need."""

_WORTH_IT = 8192

_COUNTED = 16 * 1024
"""Bytes in which lines are counted at once: reading an object again takes longer."""

_REMEMBERED = 16 * 1024
"""Bytes of the largest window that is remembered."""


def examine_near(data: bytes, candidates: Sequence[int], limits: Limits) -> MatchResult:
    """Return the matches in `data`, given its candidates.

    Archives, and what may be wide text (a zero byte), are looked at as a whole: a part of them means something else.
    Counting many lines before what is looked at takes longer than all else: that is left to `scan.lines`.
    """
    if len(data) < _WORTH_IT or b"\0" in data or is_archive(data):
        return examine(data, limits)
    matches: list[Match] = []
    for start, end in _windows(data, candidates):
        look = _examine_again if end - start <= _REMEMBERED else examine
        seen = look(data[start:end], limits).matches
        uncounted = start if start > _COUNTED else 0
        lines = data.count(b"\n", 0, start) if seen and not uncounted else 0
        matches += [each.moved(start, lines, uncounted) for each in seen]
    return MatchResult(tuple(matches))


@lru_cache(maxsize=512)
def _examine_again(window: bytes, limits: Limits) -> MatchResult:
    """Examine with a memory: versions of a file are alike around a key."""
    return examine(window, limits)


def _windows(data: bytes, candidates: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield whole lines around the candidates, none twice."""
    from openrouter_preflight.detect.split_keys import end_of_key  # archives need it not, and it takes time to load

    start: int | None = None
    reach = 0
    for candidate in sorted(candidates):
        if candidate < reach - _AROUND:
            continue  # inside the key before it
        if start is not None and candidate - _AROUND > reach:
            end = _line_end(data, reach)
            if candidate - _AROUND > end:
                yield start, end
                start = None
        if start is None:
            start = data.rfind(b"\n", 0, max(0, candidate - _AROUND)) + 1
        reach = max(reach, end_of_key(data, candidate) + _AROUND)
    if start is not None:
        yield start, _line_end(data, reach)


def _line_end(data: bytes, offset: int) -> int:
    newline = data.find(b"\n", offset)
    return len(data) if newline < 0 else newline + 1
