"""Line numbers of the few matches in objects of git that are reported.

A history may hold thousands of versions of a file with the same key, of which one is reported; counting all their lines
would take longer than reading them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openrouter_preflight.git.errors import DAMAGED, GitError
from openrouter_preflight.git.listing import in_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import IO

    from _typeshed import WriteableBuffer

    from openrouter_preflight.detect.matches import Match
    from openrouter_preflight.git.process import Git
    from openrouter_preflight.git.spawn import Process


def count_lines(git: Git, seen: Sequence[tuple[str, Match]]) -> list[Match]:
    """Return the matches with all lines before them counted. Raises GitError."""
    wanted: dict[str, set[int]] = {}
    for oid, match in seen:
        if match.uncounted:
            wanted.setdefault(oid, set()).add(match.uncounted)
    before = dict(_count(git, wanted)) if wanted else {}
    return [match.moved(0, before[oid, match.uncounted]) if match.uncounted else match for oid, match in seen]


def _count(git: Git, wanted: Mapping[str, Iterable[int]]) -> Iterator[tuple[tuple[str, int], int]]:
    """For every offset in every object the lines before it."""
    oids = in_chunks(oid.encode() for oid in wanted)
    with (
        git.start("cat-file", "--batch", "--buffer", feed=oids) as process,
        io.BufferedReader(_Output(process)) as output,
    ):
        for oid, offsets in wanted.items():
            content = _next_content(output)
            lines = counted = 0
            for offset in sorted(offsets):
                lines += content.count(b"\n", counted, offset)
                counted = offset
                yield (oid, offset), lines


class _Output(io.RawIOBase):
    """Output of a process for Python's own streams."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read some of it."""
        return self._process.readinto(memoryview(buffer).cast("B"))


def _next_content(output: IO[bytes]) -> bytes:
    words = output.readline().split()
    if len(words) != 3:
        raise GitError("git could not read an object again in which something was found", DAMAGED)
    content = output.read(int(words[2]))
    output.read(1)
    return content
