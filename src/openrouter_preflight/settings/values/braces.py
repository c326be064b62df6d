"""Braces of a glob: `*.{env,txt}` stands for two globs. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ALTERNATIVES: Final = 1000
"""Globs that one may stand for."""


def alternatives(glob: str) -> list[str]:
    """Return the globs of `glob`. Raises ValueError for more than 1,000."""
    found = [""]
    for part in _braced(glob):
        inner = part if isinstance(part, list) else [part]
        found = [before + after for before in found for after in inner]
        if len(found) > MOST_ALTERNATIVES:
            raise ValueError
    return found


def _braced(glob: str) -> Iterator[str | list[str]]:
    """Return the glob in parts: plain text, and alternatives of braces."""
    start = 0
    while (opened := glob.find("{", start)) >= 0:
        ends = _ends(glob, opened)
        if len(ends) < 2:
            yield glob[start : opened + 1]
            start = opened + 1
            continue
        yield glob[start:opened]
        bounds = [opened, *ends]
        yield [one for left, right in pairwise(bounds) for one in alternatives(glob[left + 1 : right])]
        start = ends[-1] + 1
    yield glob[start:]


def _ends(glob: str, opened: int) -> list[int]:
    """Return the commas and the end of the brace at `opened`."""
    depth = 0
    ends: list[int] = []
    for index in range(opened, len(glob)):
        depth += {"{": 1, "}": -1}.get(glob[index], 0)
        if depth == 0:
            return [*ends, index]
        if depth == 1 and glob[index] == ",":
            ends.append(index)
    return []
