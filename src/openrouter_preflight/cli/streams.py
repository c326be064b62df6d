"""What to do with a standard stream that nobody reads. What is written to it belongs elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def silence_stdout() -> None:
    """Lead standard output nowhere, so that the interpreter does not fail on flushing what is left of it."""
    with suppress(AttributeError, OSError, ValueError):  # there is none, or it is closed, or no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
