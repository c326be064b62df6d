"""The way in: `openrouter-preflight` and `python -m openrouter_preflight`."""

from __future__ import annotations

import gc
import os
import sys

_INTERRUPTED = 130
_OBJECTS_BEFORE_COLLECTION = 50_000
"""Python's own few hundred make it search for garbage time and again while modules load, where there is none."""


def main() -> None:
    """Run the command that argv names and leave with its exit code."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    try:
        code = _run_quickly() if sys.argv[1:2] == ["scan"] else None
        if code is None:
            from openrouter_preflight.cli.main import run

            code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the run could say so itself: while modules are loaded
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        # CPython ends by SIGINT where an interrupt met an `exec`, as dataclasses use, although it was handled.
        os._exit(code)
    sys.exit(code)


def _run_quickly() -> int | None:
    from openrouter_preflight.cli.quick import scan_quickly

    return scan_quickly(sys.argv[1:])


if __name__ == "__main__":
    main()
