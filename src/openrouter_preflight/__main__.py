"""The way in: `openrouter-preflight` and `python -m openrouter_preflight`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that argv names and leave with its exit code."""
    try:
        from openrouter_preflight.cli.quick import scan_quickly

        code = scan_quickly(sys.argv[1:])
        if code is None:
            from openrouter_preflight.cli.main import run

            code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the run could say so itself: while modules are loaded
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
