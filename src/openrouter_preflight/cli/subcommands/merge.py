"""`openrouter-preflight merge`: one verdict from many machines."""

from __future__ import annotations

import os
from pathlib import Path

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import merge_options
from openrouter_preflight.cli.output import report
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.commands.merge import merge as merge_reports
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.resolve import resolve_output


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight merge share-*.json                     shares of one history: --shard 1/4, 2/4, ...
      openrouter-preflight merge */report.json --report html=all.html    many repositories

    \b
    A share that is missing, or that was scanned in another state of the repository, makes the outcome incomplete (3).
    """,
)
@click.argument("reports", nargs=-1, required=True, metavar="REPORT.json...")
@merge_options
def merge(reports: tuple[str, ...], **given: object) -> int:
    """Join JSON reports of shards, repositories or keys into one outcome."""
    asked = read_request("merge", given, os.environ)
    output = resolve_output("merge", asked, os.environ)
    outcome = merge_reports([Path(path) for path in reports], strict=bool(asked.get("strict")))
    return report(outcome, output, SystemClock().now())
