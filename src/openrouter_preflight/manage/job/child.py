"""The command of a job: its key in the environment, and its signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

_NAMES: Final = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_SIGNALS: Final = tuple(signal.Signals[name] for name in _NAMES if hasattr(signal, name))
_OF_THE_TERMINAL: Final = ("SIGINT", "SIGQUIT")
"""A terminal sends these to every process in its foreground, the command included."""
NOT_STARTED: Final = 125


class Child:
    """Pass signals on to the command for as long as the `with` lasts.

    A signal that comes before the command is started is kept: then it is not started at all.
    """

    def __init__(self) -> None:
        """Nothing is started yet."""
        self.stopped_by: signal.Signals | None = None
        """The signal that came before the command was started."""
        self._process: subprocess.Popen[bytes] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for each in _SIGNALS:
            self._before[each] = signal.signal(each, self._pass_on)
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def run(self, command: Sequence[str], environ: Mapping[str, str]) -> int | None:
        """Return the exit code, 128 and more for a signal, None if not started."""
        if self.stopped_by is not None:
            return None
        try:
            self._process = subprocess.Popen(list(command), env=dict(environ))
        except (OSError, ValueError):
            return None
        self._send_early()
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        arrived = signal.Signals(number)
        if self._process is None:
            self.stopped_by = arrived
        elif not (arrived.name in _OF_THE_TERMINAL and _is_in_foreground()):
            self._send(arrived)

    def _send_early(self) -> None:
        """Pass on what came while the process was being made."""
        if self.stopped_by is not None:
            self._send(self.stopped_by)

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(OSError):
                self._process.send_signal(number)


def _is_in_foreground() -> bool:
    """Return True where the terminal sent the signal to the command too."""
    for stream in (sys.stdin, sys.stderr):
        with suppress(OSError, AttributeError, ValueError):
            return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    return False
