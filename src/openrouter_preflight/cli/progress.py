"""Progress of a long scan: one line on a terminal's standard error."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from openrouter_preflight.clock import Clock

_PATIENCE: Final = 1.0
"""Seconds that a scan may take unremarked."""
_BETWEEN: Final = 0.2
"""Seconds from one look to the next."""


Describe = Callable[[int, int | None, float], str]
"""Words for how much of how much is done, after so many seconds."""


class ProgressLine:
    """Show a scan's progress when called, at a readable pace; cleans up in a `with`."""

    def __init__(
        self, stream: TextIO, clock: Clock, environ: Mapping[str, str], describe: Describe | None = None
    ) -> None:
        """Write to `stream` if it is a terminal; `describe` words the progress."""
        self._describe = describe or progress_text
        self._stream = stream
        self._clock = clock
        self._shown = stream.isatty() and environ.get("TERM") != "dumb"
        self._started = clock.monotonic()
        self._due = self._started + _PATIENCE
        self._width = 0
        self._done = 0

    def __call__(self, done: int, total: int | None) -> None:
        """Show that `done` objects, of `total` where known, have been read."""
        now = self._clock.monotonic()
        if not self._shown or now < self._due:
            return
        self._due = now + _BETWEEN
        self._done = max(self._done, done)
        self._write(self._describe(self._done, total and max(self._done, total), now - self._started))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            self._write("")
            with suppress(OSError):
                self._stream.write("\r")
                self._stream.flush()

    def _write(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        with suppress(OSError):  # nobody can be told
            self._stream.write(f"\r{text:<{self._width}}")
            self._stream.flush()
        self._width = len(text)


def workspaces_text(done: int, total: int | None, seconds: float) -> str:
    """`read the keys of 12 of 20 workspaces, 4 s`."""
    return f"read the keys of {done:,} of {total or done:,} workspaces, {_duration(seconds)}"


def progress_text(done: int, total: int | None, seconds: float) -> str:
    """`scanned 12,000 of 850,000 objects, 45,000 a second, 19 s left`, in ASCII."""
    rate = done / seconds if seconds > 0 else 0.0
    of_total = f" of {total:,}" if total else ""
    text = f"scanned {done:,}{of_total} objects, {rate:,.0f} a second"
    if total and rate and done < total:
        text += f", {_duration((total - done) / rate)} left"
    return text


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
