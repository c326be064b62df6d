"""Questions before something is written, on standard error, so that a report can be redirected."""

from __future__ import annotations

import sys


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())
