"""The way in: `openrouter-preflight` and `python -m openrouter_preflight`."""

from __future__ import annotations

import gc
import os
import sys
from _signal import SIGTERM, signal  # type: ignore[import-not-found]  # `signal` takes an enum to load

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NoReturn

_INTERRUPTED = 130
_OBJECTS_BEFORE_COLLECTION = 50_000
"""Python's own few hundred make it search for garbage time and again while modules load, where there is none."""


def main() -> NoReturn:
    """Run the command that argv names and leave with its exit code."""
    code, is_over = _run()
    if is_over:
        os._exit(code)
    sys.exit(code)


def run() -> int:
    """Run the command that argv names. Its exit code."""
    return _run()[0]


def _run() -> tuple[int, bool]:
    """The exit code, and whether to leave at once.

    After the fast lane all is said, and Python's clearing up would take as long as a tenth of it. And CPython ends by
    SIGINT where an interrupt met an `exec`, as dataclasses use, although it was handled.
    """
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    _replace_closed_streams()
    signal(SIGTERM, _interrupt)
    data = None
    try:
        if sys.argv[1:2] == ["scan"]:
            from openrouter_preflight.fast_lane import scan

            code, data = scan(sys.argv[1:])
            if code is not None:
                return code, True
        from openrouter_preflight.cli.main import run as run_command

        code = run_command(sys.argv[1:], data=data)
    except KeyboardInterrupt:  # before the run could say so itself: in the fast lane, or while modules are loaded
        code = _INTERRUPTED
        try:  # noqa: SIM105 - contextlib takes time to load
            sys.stderr.write("openrouter-preflight: interrupted: nothing was decided\n")
        except OSError:  # nobody can be told
            pass
    return code, code == _INTERRUPTED


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    """End by TERM as by an interrupt, so that every `finally` cleans up."""
    raise KeyboardInterrupt


def _replace_closed_streams() -> None:
    """Point closed standard streams at the null device.

    Otherwise the next pipe would get their number, and git's messages would be lost.

    Without standard output Python has none, which the commands know.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives


if __name__ == "__main__":
    main()
