"""`openrouter-preflight schema`: the JSON Schema of the config file."""

from __future__ import annotations

import json

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.settings.config.editor_schema import config_schema


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Example:
      openrouter-preflight schema > openrouter-preflight.schema.json
    """,
)
def schema() -> int:
    """Print the JSON Schema of the config file."""
    click.echo(json.dumps(config_schema(), indent=2))
    return 0
