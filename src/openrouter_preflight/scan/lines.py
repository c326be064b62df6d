"""The lines before what was seen in objects of git, counted for the few sightings that are told.

A history may hold thousands of versions of a file with the same key, of which one is told; counting all their lines
would take longer than reading them.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from typing import IO, TYPE_CHECKING, cast

from openrouter_preflight.git.process import GitError
from openrouter_preflight.scan.incomplete import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from openrouter_preflight.detect.matches import Match
    from openrouter_preflight.git.process import Git


def count_lines(git: Git, seen: Sequence[tuple[str, Match]]) -> list[Match]:
    """The sightings, each seen in the object of that id, with all lines before them counted. Raises GitError."""
    wanted: dict[str, set[int]] = {}
    for oid, match in seen:
        if match.uncounted:
            wanted.setdefault(oid, set()).add(match.uncounted)
    before = dict(_count(git, wanted)) if wanted else {}
    return [match.moved(0, before[oid, match.uncounted]) if match.uncounted else match for oid, match in seen]


def _count(git: Git, wanted: Mapping[str, Iterable[int]]) -> Iterator[tuple[tuple[str, int], int]]:
    """For every offset in every object the lines before it."""
    with tempfile.TemporaryFile() as asked:
        asked.writelines(f"{oid}\n".encode() for oid in wanted)
        asked.seek(0)
        process = git.start("cat-file", "--batch", "--buffer", stdin=asked, stderr=subprocess.DEVNULL)
        with process, io.BufferedReader(cast("io.FileIO", process.stdout)) as output:
            for oid, offsets in wanted.items():
                content = _next_content(output)
                lines = counted = 0
                for offset in sorted(offsets):
                    lines += content.count(b"\n", counted, offset)
                    counted = offset
                    yield (oid, offset), lines


def _next_content(output: IO[bytes]) -> bytes:
    words = output.readline().split()
    if len(words) != 3:
        raise GitError("git could not read an object again in which something was found", DAMAGED)
    content = output.read(int(words[2]))
    output.read(1)
    return content
