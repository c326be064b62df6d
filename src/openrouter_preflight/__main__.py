"""The way in: `openrouter-preflight` and `python -m openrouter_preflight`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that argv names and leave with its exit code."""
    from openrouter_preflight.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
