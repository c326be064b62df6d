"""The way in: `openrouter-preflight` and `python -m openrouter_preflight`."""

from __future__ import annotations

import gc
import os
import sys

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

    After the quick way all is said, and Python's clearing up would take as long as a tenth of it. And CPython ends by
    SIGINT where an interrupt met an `exec`, as dataclasses use, although it was handled.
    """
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    _replace_closed_streams()
    try:
        code = _run_quickly() if sys.argv[1:2] == ["scan"] else None
        if code is not None:
            return code, True
        from openrouter_preflight.cli.main import run as run_command

        code = run_command(sys.argv[1:])
    except KeyboardInterrupt:  # before the run could say so itself: while modules are loaded
        code = _INTERRUPTED
    return code, code == _INTERRUPTED


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


def _run_quickly() -> int | None:
    from openrouter_preflight.cli.quick import scan_quickly

    return scan_quickly(sys.argv[1:])


if __name__ == "__main__":
    main()
