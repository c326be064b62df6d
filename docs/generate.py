"""Writes the pages of docs/ that are made from the program's own tables; a test says when they are out of date."""

from __future__ import annotations

import json
from pathlib import Path

import click
import yaml

from openrouter_preflight.cli.main import cli
from openrouter_preflight.errors import NAME
from openrouter_preflight.findings import RULES
from openrouter_preflight.findings.reference import rule_text, rules_index
from openrouter_preflight.reports.json.report_schema import report_schema
from openrouter_preflight.settings.config.editor_schema import config_schema
from openrouter_preflight.settings.reference import options_page
from openrouter_preflight.simulator.reference import scenarios_page

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    shown = examples()
    return {
        "config.schema.json": json.dumps(config_schema(), indent=2) + "\n",
        "reference/commands.md": commands_page(),
        "reference/options.md": options_page(),
        "reference/scenarios.md": scenarios_page(),
        "report.schema.json": json.dumps(report_schema(), indent=2) + "\n",
        "rules/index.md": rules_index(),
        **{f"rules/{rule.name}.md": rule_text(rule, _example(shown.get(rule.name))) for rule in RULES.values()},
    }


def examples() -> dict[str, dict[str, str]]:
    """What leads to each rule and what ends it, written by hand."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load((DOCS / "rules" / "examples.yml").read_text(encoding="utf-8"))
    return loaded


def _example(shown: dict[str, str] | None) -> str:
    if shown is None:
        return ""
    language = shown.get("language", "text")
    return "\n".join(f"{when.capitalize()}:\n\n```{language}\n{shown[when]}```\n" for when in ("before", "after"))


def commands_page() -> str:
    """The help of every command, as it is printed on a terminal of 80 columns."""
    top = click.Context(cli, info_name=NAME, terminal_width=80, **cli.context_settings)
    parts = ["# Commands\n\nThe help of every command, as the program prints it.\n", _help(NAME, cli, top)]
    for name in cli.list_commands(top):
        command = cli.get_command(top, name)
        if command is not None:
            parts.append(_help(name, command, click.Context(command, info_name=name, parent=top, terminal_width=80)))
    return "\n".join(parts)


def _help(name: str, command: click.Command, context: click.Context) -> str:
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    return f"## `{name}`\n\n```text\n" + "\n".join(lines) + "\n```\n"


def main() -> None:
    """Write every page, and remove those of rules that are gone."""
    made = pages()
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
    for path in (DOCS / "rules").glob("*.md"):
        if f"rules/{path.name}" not in made:
            path.unlink()


if __name__ == "__main__":
    main()
