"""What to do with a standard stream that nobody reads. What is written to it belongs elsewhere."""

from __future__ import annotations

import os
import sys


def silence_stdout() -> None:
    """Lead standard output nowhere, so that the interpreter does not fail on flushing what is left of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
