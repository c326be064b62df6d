"""Git for the quick ways: what it lists and the objects it prints, searched as they come.

Every commit waits for this import: no subprocess, dataclasses, enum or re. Whatever is unusual (a candidate, an
archive, a git that fails or prints too much) is doubt, which the full scan resolves; complaints are its own too.
"""

from __future__ import annotations

import os

from openrouter_preflight.detect.prefilter import (
    NAME_NEEDLES,
    NEEDLES,
    candidate_offsets,
    is_archive,
)
from openrouter_preflight.git.pipeline import DoubtError, Pipeline

READ_OBJECTS = ("cat-file", "--batch", "--buffer")
_MOST_BYTES = 64 * 1024 * 1024
_BLOCK = 1024 * 1024
_LONGEST_HEADER = 256
_STALLED = 30.0
"""Seconds without a byte."""


def ask_git(*arguments: str) -> bytes | None:
    """What git prints; None where it fails or complains, or prints a candidate. Raises DoubtError or OSError."""
    with Pipeline(arguments) as pipeline:
        return read_listing(pipeline)


def read_listing(pipeline: Pipeline) -> bytes | None:
    """What these print; None where one fails or complains, or they print a candidate. Raises DoubtError or OSError."""
    data = bytearray()
    running = [pipeline.output, pipeline.complaints]
    while pipeline.output in running:
        source, block = _next_block(running)
        if not block:
            running.remove(source)
        elif source == pipeline.complaints:  # of which there may be more than a pipe holds
            return None
        data += block
        if len(data) > _MOST_BYTES:
            raise DoubtError
    try:
        pipeline.end()
    except DoubtError:
        return None
    return None if next(candidate_offsets(data), None) is not None else bytes(data)


def read_printed(*pipelines: Pipeline) -> tuple[int, int, int]:
    """Objects, bytes and commits in what these print side by side, as READ_OBJECTS does. Raises DoubtError or OSError.

    TimeoutError, one of the latter, where nothing comes, as of a git that opened a FIFO in place of a file.
    """
    readers = {pipeline.output: QuickReader() for pipeline in pipelines}
    running = list(readers)
    while running:
        output, block = _next_block(running)
        if block:
            readers[output].feed(block)
        else:
            readers[output].finish()
            running.remove(output)
    for pipeline in pipelines:
        pipeline.end()
    objects, size, commits = (sum(counts) for counts in zip(*(each.counts() for each in readers.values()), strict=True))
    return objects, size, commits


class QuickReader:
    """Takes apart and searches what `git cat-file --batch` prints, piece by piece. In doubt it raises DoubtError."""

    def __init__(self) -> None:
        self._objects = 0
        self._size = 0
        self._commits = 0
        self._rest = bytearray()
        self._awaited = 0
        """Bytes of `_rest` without which its first object is not whole."""
        self._contents = bytearray()
        self._trees = bytearray()
        """Searched for less: all that they can hold are names."""

    def counts(self) -> tuple[int, int, int]:
        """Objects, bytes and commits so far."""
        return self._objects, self._size, self._commits

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        self._rest += block
        if len(self._rest) > self._awaited:
            self._take_whole_objects()
        if len(self._contents) + len(self._trees) > _BLOCK:
            self._search()
        if self._size + len(self._rest) > _MOST_BYTES:
            raise DoubtError

    def finish(self) -> None:
        """Search what is left. Raises DoubtError where that ends in the middle of an object."""
        if self._rest:
            raise DoubtError
        self._search()

    def _take_whole_objects(self) -> None:
        rest, position, self._awaited = self._rest, 0, 0
        with memoryview(rest) as view:
            while (line_end := rest.find(b"\n", position, position + _LONGEST_HEADER)) >= 0:
                kind, length = _kind_and_length(rest[position:line_end])
                start, end = line_end + 1, line_end + 1 + length
                if end >= len(rest):
                    self._awaited = end - position
                    break
                if kind == b"blob" and is_archive(rest, start, end):
                    raise DoubtError
                self._take(kind, view[start:end])
                position = end + 1
        del rest[:position]

    def _take(self, kind: bytearray, content: memoryview) -> None:
        self._objects += 1
        self._size += len(content)
        if kind == b"tree":
            self._trees += content
            return
        self._commits += kind == b"commit"
        self._contents += content

    def _search(self) -> None:
        for data, needles in ((self._contents, NEEDLES), (self._trees, NAME_NEEDLES)):
            if next(candidate_offsets(data, needles=needles), None) is not None:
                raise DoubtError
            data.clear()


def _kind_and_length(header: bytearray) -> tuple[bytearray, int]:
    """What an object's header says. Raises DoubtError for `missing`."""
    words = header.split(b" ")
    if len(words) != 3:
        raise DoubtError
    return words[1], int(words[2])


def _next_block(descriptors: list[int]) -> tuple[int, bytes]:
    """The next bytes of whichever has some, and which it was. Raises TimeoutError where none has for long."""
    from select import select

    ready = select(descriptors, [], [], _STALLED)[0]
    if not ready:
        raise TimeoutError
    return ready[0], os.read(ready[0], _BLOCK)
