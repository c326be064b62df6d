"""ScanJob: a request with its surroundings. Every commit pays for this import."""

from __future__ import annotations

import os
import sys

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from openrouter_preflight.detect.archives.budget import Limits

    Progress = Callable[[int, int | None], None]
    """Told now and then how many objects were read, and of how many, where that is known."""


def silent(_done: int, _total: int | None) -> None:
    """Tell nobody of progress."""


class ScanJob:
    """A request and its surroundings. It is not changed once it is made."""

    __slots__ = (
        "environ",
        "folder",
        "git_timeout",
        "limits",
        "max_file_size",
        "mode",
        "paths",
        "range",
        "shard",
        "shown_path",
        "stdin",
        "strict",
    )

    def __init__(
        self,
        *,
        mode: str,
        paths: tuple[str, ...] = (),
        range: str | None = None,  # noqa: A002 - the option's name
        strict: bool = False,
        max_file_size: int | None = None,
        shard: tuple[int, int] = (1, 1),
        folder: str | os.PathLike[str] = "",
        environ: Mapping[str, str] | None = None,
        stdin: IO[bytes] | None = None,
        shown_path: Callable[[str], str] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        git_timeout: float = 120.0,
    ) -> None:
        """Take what `settings.model.ScanRequest` asks for, and where.

        `stdin` is standard input where it is not this process's. `shown_path` makes the path by which reports call a
        file of the path by which `folder` does. A git that lists files and is silent for `git_timeout` seconds is
        given up: it may wait for a FIFO.
        """
        self.mode = mode
        self.paths = paths
        self.range = range
        self.strict = strict
        self.max_file_size = max_file_size
        self.shard = shard
        self.folder = os.fspath(folder)
        self.environ = os.environ if environ is None else environ
        self.stdin = stdin
        self.shown_path = shown_path
        self.limits = limits
        self.git_timeout = git_timeout

    def read_stdin(self, size: int = -1) -> bytes:
        """Return up to `size` bytes of standard input. Raises UsageError."""
        stream = self.stdin or (sys.stdin.buffer if sys.stdin else None)
        if stream is None:
            from openrouter_preflight.errors import UsageError

            raise UsageError("standard input is closed")
        return stream.read(size)
