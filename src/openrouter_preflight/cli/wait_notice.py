"""Notices on a terminal of requests that are sent again."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import TextIO

    from openrouter_preflight.clock import Clock

_BETWEEN: Final = 0.5
"""Seconds in which one line speaks for all: a hundred keys wait together."""


class WaitNotice:
    """Print notices on a terminal. Thread-safe."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        """Write to `stream` if it is a terminal."""
        self._stream = stream
        self._clock = clock
        self._is_shown = stream.isatty()
        self._next = clock.monotonic()
        self._lock = Lock()

    def __call__(self, message: str) -> None:
        """Print the message, unless another one was printed just now."""
        with self._lock:
            now = self._clock.monotonic()
            if not self._is_shown or now < self._next:
                return
            self._next = now + _BETWEEN
            with suppress(OSError):  # nobody can be told
                self._stream.write(f"{message}\n")
                self._stream.flush()
