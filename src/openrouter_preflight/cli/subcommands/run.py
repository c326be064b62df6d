"""`openrouter-preflight run`: a key that lives as long as its job."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import run_options
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.settings.config.config_file import load_config
from openrouter_preflight.settings.manage.resolve import resolve_run
from openrouter_preflight.settings.resolve import resolve_config_path, resolve_output

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.commands.run import JobResult
    from openrouter_preflight.settings.model import OutputSettings


@click.command(
    cls=FittedCommand,
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
    epilog="""
    \b
    Examples:
      openrouter-preflight run --limit 2 --ttl 2h -- python evaluate.py
      openrouter-preflight run --limit 0.50 --ttl 30m --name "pr-$PR" --report json=cost.json -- make evals
      openrouter-preflight run --limit 5 --ttl 1d --as OPENAI_API_KEY -- ./agent --fast
      openrouter-preflight run --sweep                      delete what dead jobs left

    \b
    It needs a management key, in OPENROUTER_MANAGEMENT_KEY, which the command never sees. It ends with the command's
    own exit code; 125: the command was not started.
    """,
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@run_options
def run(**given: object) -> int:
    """Run COMMAND with a key of its own: limited, expiring, deleted at its end."""
    from openrouter_preflight.commands.run import run_job, sweep

    output = resolve_output("run", given, os.environ)
    load_config(resolve_config_path("run", given, os.environ), Path.cwd())  # one that does not parse is exit 2
    settings = resolve_run(given, os.environ)
    clock = SystemClock()
    if settings.sweep:
        from openrouter_preflight.cli.output import report

        return report(sweep(settings, environ=os.environ, clock=clock), output, clock.now())
    return _report(run_job(settings, environ=os.environ, clock=clock), output, clock.now())


def _report(result: JobResult, output: OutputSettings, now: datetime) -> int:
    """Report on standard error and to files; standard output is the command's."""
    from openrouter_preflight.cli.output import report

    sys.stdout.flush()
    report(result.outcome, output, now, stream=sys.stderr)
    return result.code
