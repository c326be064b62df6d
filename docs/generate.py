"""Writes the pages of docs/ that are made from the program's own tables; a test says when they are out of date."""

from __future__ import annotations

import json
from pathlib import Path

from openrouter_preflight.findings.reference import rules_page
from openrouter_preflight.reports.json.report_schema import report_schema
from openrouter_preflight.settings.config.editor_schema import config_schema
from openrouter_preflight.settings.reference import options_page
from openrouter_preflight.simulator.reference import scenarios_page

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    return {
        "config.schema.json": json.dumps(config_schema(), indent=2) + "\n",
        "options.md": options_page(),
        "report.schema.json": json.dumps(report_schema(), indent=2) + "\n",
        "rules.md": rules_page(),
        "scenarios.md": scenarios_page(),
    }


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
