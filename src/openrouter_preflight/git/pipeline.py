"""Starting gits for the quick ways: before anything else is loaded, since git is what they wait for.

No subprocess, dataclasses, enum or re: every commit waits for this import.
"""

from __future__ import annotations

import os

from openrouter_preflight.git.environment import OPTIONS, find_git, hardened_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

_WIDE = 1024 * 1024
_NARROW = 64 * 1024
"""Bytes that a pipe holds, where we cannot ask."""

MANY = 64
"""Files or objects from which a second process saves more time than it takes to start."""

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
        self.complaints, self._complain = os.pipe()
        try:
            _fill(feed, stdin)
            for arguments in commands:
                self._add(program, arguments)
        except BaseException:
            self.__exit__()
            raise
        finally:
            os.close(feed)
            os.close(self._complain)

    def _add(self, program: str, arguments: tuple[str, ...]) -> None:
        """Start a git that reads what came out so far."""
        output, exit_ = os.pipe()
        widen(output)
        actions = (
            (os.POSIX_SPAWN_DUP2, self.output, 0),
            (os.POSIX_SPAWN_DUP2, exit_, 1),
            (os.POSIX_SPAWN_DUP2, self._complain, 2),
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
        os.close(self.complaints)
        for child in self._children:
            os.kill(child, 9)
            os.waitpid(child, 0)
        self._children.clear()

    def end(self) -> None:
        """Wait for the end of all of them. Raises DoubtError where one failed, or complained."""
        while self._children:
            if os.waitpid(self._children.pop(), 0)[1]:
                raise DoubtError
        if os.read(self.complaints, 1):  # a folder that cannot be opened is no failure to git
            raise DoubtError


def _fill(pipe: int, data: bytes) -> None:
    """Write what fits into a pipe that nobody reads yet. Raises DoubtError where it does not."""
    if len(data) > widen(pipe):
        raise DoubtError
    os.write(pipe, data)


def widen(pipe: int) -> int:
    """Let git run ahead while we search, where the system can. How many bytes the pipe holds."""
    try:
        from fcntl import F_GETPIPE_SZ, F_SETPIPE_SZ, fcntl
    except ImportError:
        return _NARROW
    try:
        return fcntl(pipe, F_SETPIPE_SZ, _WIDE)
    except OSError:  # this user has as many pages in pipes as one may have, and new pipes are narrower
        return fcntl(pipe, F_GETPIPE_SZ)
