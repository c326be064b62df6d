"""A pace: requests evenly apart over all threads, below any rate limit."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.clock import Clock


class Pace:
    """So many requests a second at most. Safe to use from several threads."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        """Let the first request go at once."""
        self._step = 1 / per_second
        self._clock = clock
        self._next = clock.monotonic()
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = self._clock.monotonic()
            due = max(now, self._next)
            self._next = due + self._step
        if due > now:
            self._clock.sleep(due - now)
