"""Writes the pages of docs/ that are made from the program's own tables; the tests say when they are out of date."""

from __future__ import annotations

import json
from pathlib import Path

from openrouter_preflight.settings.reference import options_page
from openrouter_preflight.settings.schema import config_schema

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    """Write every page."""
    DOCS.mkdir(exist_ok=True)
    pages = {"config.schema.json": json.dumps(config_schema(), indent=2) + "\n", "options.md": options_page()}
    for name, text in pages.items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
