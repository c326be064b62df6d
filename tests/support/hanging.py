"""A guard for tests of code that could hang. It measures nothing: a busy machine is slow, and not at fault."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_GENEROUS = 60
"""Seconds: many times what the slowest machine takes for what is guarded, and far less than what it guards against."""


@contextmanager
def ends() -> Iterator[None]:
    """Fail the test if its block hangs. Linux and macOS interrupt it; elsewhere the runner's own limit has to."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def fail(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still running after {_GENEROUS} s")

    previous = signal.signal(signal.SIGALRM, fail)
    signal.alarm(_GENEROUS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
