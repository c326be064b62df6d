"""Questions before a write, on standard error."""

from __future__ import annotations

import sys


def is_terminal() -> bool:
    """Return True where somebody can be asked."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())
