"""Standard streams that nobody reads."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def silence_stdout() -> None:
    """Point standard output at the null device, so that no flush fails."""
    with suppress(AttributeError, OSError, ValueError):  # there is none, or it is closed, or no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
