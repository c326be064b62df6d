"""Entry point of `action.yml`, run as `python3 -I -S` with this file's path.

Only the Action's own folder is added, never the folder that the step stands in: that holds whatever was checked out.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Run the Action. Returns the exit code."""
    sys.dont_write_bytecode = True  # with `uses: ./` this folder is what is scanned
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from openrouter_preflight.action.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
