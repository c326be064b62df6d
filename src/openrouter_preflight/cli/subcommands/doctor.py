"""`openrouter-preflight doctor`: what would fail on this machine, before it does."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.subcommands.install_hook import launcher
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.doctor.line import Status
from openrouter_preflight.doctor.machine import look_at_machine
from openrouter_preflight.doctor.project import look_at_project
from openrouter_preflight.doctor.service import look_at_service
from openrouter_preflight.doctor.variables import look_at_variables
from openrouter_preflight.findings.outcome import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.doctor.line import Line

_INDENT = " " * 6


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight doctor              everything
      openrouter-preflight doctor --offline    without a request

    Nothing is changed, and no key is sent or shown. Exit code 1: something would
    fail.
    """,
)
@click.option("--offline", is_flag=True, help="Make no request.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=10.0, show_default=True, help="Seconds for the request."
)
def doctor(*, offline: bool, timeout: float) -> int:
    """Look at this machine: what would fail, and why."""
    failed = False
    for line in _lines(offline=offline, timeout=timeout):
        failed = failed or line.status is Status.FAIL
        click.echo(f"{line.status:<6}{line.topic}: {line.text}")
        if line.hint:
            click.echo(textwrap.indent(line.hint, _INDENT))
    return ExitCode.FAIL if failed else ExitCode.PASS


def _lines(*, offline: bool, timeout: float) -> Iterator[Line]:
    yield from look_at_machine(os.environ)
    yield from look_at_project(Path.cwd(), os.environ, launcher())
    yield from look_at_variables(os.environ)
    if not offline:
        yield from look_at_service(os.environ, SystemClock(), timeout=timeout)
