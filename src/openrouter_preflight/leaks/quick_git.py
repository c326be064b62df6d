"""Git for the quick ways: what it lists and the objects it prints, searched as they come.

Every commit waits for this import: no subprocess, dataclasses, enum or re. Whatever is unusual (a candidate, an
archive, a git that fails or prints too much) is doubt, which the full scan resolves; complaints are its own too.
"""

from __future__ import annotations

import os

from openrouter_preflight.leaks.detection.prefilter import (
    HEAD_LENGTH,
    NAME_NEEDLES,
    NEEDLES,
    candidate_offsets,
    is_archive,
)
from openrouter_preflight.leaks.environment import OPTIONS, find_git, hardened_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

READ_OBJECTS = ("cat-file", "--batch", "--buffer")
_MOST_BYTES = 64 * 1024 * 1024
_BLOCK = 1024 * 1024
_LONGEST_HEADER = 256
_NARROW_PIPE = 64 * 1024
"""Bytes that a pipe holds, where we cannot ask for more."""

_STALLED = 30.0
"""Seconds without a byte."""


_SETTINGS = "OPENROUTER_PREFLIGHT_"


class DoubtError(Exception):
    """Only the full scan can tell."""


def is_possible() -> bool:
    """Whether this system can start programs quickly, and no setting in the environment could change the answer."""
    return hasattr(os, "posix_spawn") and not any(name.startswith(_SETTINGS) for name in os.environ)


class Pipeline:
    """Running gits, each of which reads what the one before it prints. A context manager that leaves none behind."""

    def __init__(self, *commands: tuple[str, ...], stdin: bytes = b"") -> None:
        """Start them. The first reads `stdin`. Raises DoubtError or OSError."""
        program = find_git(os.environ)
        if program is None:
            raise DoubtError
        self._children: list[int] = []
        self.output, feed = os.pipe()
        try:
            _fill(feed, stdin)
            for arguments in commands:
                self._add(program, arguments)
        except BaseException:
            self.__exit__()
            raise
        finally:
            os.close(feed)

    def _add(self, program: str, arguments: tuple[str, ...]) -> None:
        """Start a git that reads what came out so far."""
        output, exit_ = os.pipe()
        widen(output)
        actions = (
            (os.POSIX_SPAWN_DUP2, self.output, 0),
            (os.POSIX_SPAWN_DUP2, exit_, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        )
        environ = hardened_environment(os.environ)
        try:
            child = os.posix_spawn(program, ["git", *OPTIONS, *arguments], environ, file_actions=actions)
        except OSError:
            os.close(output)
            raise
        finally:
            os.close(exit_)
        self._children.append(child)
        os.close(self.output)
        self.output = output

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.output)
        for child in self._children:
            os.kill(child, 9)
            os.waitpid(child, 0)
        self._children.clear()

    def end(self) -> None:
        """Wait for the end of all of them. Raises DoubtError where one failed."""
        while self._children:
            if os.waitpid(self._children.pop(), 0)[1]:
                raise DoubtError


def ask_git(*arguments: str) -> bytes | None:
    """What git prints; None where it fails, or prints a candidate. Raises DoubtError or OSError."""
    with Pipeline(arguments) as pipeline:
        return read_listing(pipeline)


def read_listing(pipeline: Pipeline) -> bytes | None:
    """What these print; None where one fails, or they print a candidate. Raises DoubtError or OSError."""
    data = bytearray()
    while block := _next_block([pipeline.output])[1]:
        data += block
        if len(data) > _MOST_BYTES:
            raise DoubtError
    try:
        pipeline.end()
    except DoubtError:
        return None
    return None if next(candidate_offsets(data), None) is not None else bytes(data)


def read_objects(*pipelines: Pipeline) -> tuple[int, int, int]:
    """Objects, bytes and commits in what these print side by side, as READ_OBJECTS does. Raises DoubtError or OSError.

    TimeoutError, one of the latter, where nothing comes, as of a git that opened a FIFO in place of a file.
    """
    readers = {pipeline.output: ObjectReader() for pipeline in pipelines}
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


class ObjectReader:
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
        if kind == b"blob" and is_archive(bytes(content[:HEAD_LENGTH])):
            raise DoubtError
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


def _fill(pipe: int, data: bytes) -> None:
    """Write what fits into a pipe that nobody reads yet. Raises DoubtError where it does not."""
    if len(data) > widen(pipe):
        raise DoubtError
    os.write(pipe, data)


def widen(pipe: int) -> int:
    """Let git run ahead while we search, where the system can. How many bytes the pipe holds."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl

        return fcntl(pipe, F_SETPIPE_SZ, _BLOCK)
    except (ImportError, OSError):
        return _NARROW_PIPE
