"""Standard streams that nobody reads."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO


def silence_stdout() -> None:
    """Point standard output at the null device, so that no flush fails."""
    _silence(sys.stdout)


def silence_stderr() -> None:
    """Point standard error at the null device, so that no flush fails."""
    _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    with suppress(AttributeError, OSError, ValueError):  # there is none, or it is closed, or no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
