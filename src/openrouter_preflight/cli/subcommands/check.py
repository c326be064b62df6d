"""`openrouter-preflight check`: is the key healthy and funded?"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from openrouter_preflight.ci.proposal import proposal_base
from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import check_options
from openrouter_preflight.cli.stderr import say
from openrouter_preflight.cli.wait_notice import WaitNotice
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.commands.check import check as run_check
from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.config.config_file import load_config
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.resolve import resolve_check, resolve_config_path, resolve_output

if TYPE_CHECKING:
    from openrouter_preflight.settings.model import Config, OutputSettings


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight check                              OPENROUTER_API_KEY is valid and not spent
      openrouter-preflight check --min-balance 5              and can still spend $5
      openrouter-preflight check --key-env PROD_KEY --expires-within 7d
      openrouter-preflight check --min-runway 7d --require-model openai/gpt-4.1-mini
      openrouter-preflight check --config gates.yml --report json=check.json
      openrouter-preflight check --simulate low-balance --min-balance 5
      vault read -field=key secret/openrouter | openrouter-preflight check -

    \b
    Keys come from the environment, from a file or from standard input, never from a flag.
    """,
)
@click.argument("argument", metavar="[-]", required=False)
@check_options
def check(argument: str | None, **given: object) -> int:
    """Check that keys are valid, funded, and fit for what is about to be deployed.

    With - the key is read from standard input.
    """
    given["key_file"] = _with_standard_input(argument, given["key_file"])
    requested = read_request("check", given, os.environ)
    output = resolve_output("check", requested, os.environ)
    named = resolve_config_path("check", requested, os.environ)
    config = _config(named, requested.get("policy_from"))
    settings = resolve_check(requested, os.environ, config, config_is_named=named is not None)
    clock = SystemClock()
    stdin = sys.stdin.buffer if sys.stdin else io.BytesIO()  # None where it was closed, as daemons do
    outcome = run_check(
        settings,
        environ=os.environ,
        stdin=stdin,
        clock=clock,
        notify=_notify,
        while_waiting=lambda: _load_report(output),
        on_wait=WaitNotice(sys.stderr, clock) if sys.stderr and not output.quiet else lambda _message: None,
    )
    from openrouter_preflight.cli.output import report

    return report(outcome, output, clock.now())


def _config(named: Path | None, policy_from: str | None) -> Config:
    """Return the config file; a proposal's comes from its base revision."""
    base = proposal_base(os.environ)
    if policy_from is None and base is None:
        return load_config(named, Path.cwd())
    from openrouter_preflight.commands.config import config_of_proposal, config_of_revision

    if policy_from is not None:
        return config_of_revision(policy_from, named, Path.cwd(), os.environ)
    return config_of_proposal(base or "", named, Path.cwd(), os.environ)


def _with_standard_input(argument: str | None, key_files: object) -> object:
    """Return the key files, with `-` for standard input. Raises UsageError."""
    if argument is None:
        return key_files
    if argument != "-":
        raise UsageError(
            "check takes no argument but -, for standard input: a key never stands on a command line.",
            "Keep it in OPENROUTER_API_KEY, or give its variable's name with --key-env.",
        )
    return (*cast("tuple[Path, ...]", key_files), Path(argument))


def _load_report(output: OutputSettings) -> None:
    """Import the report's modules while answers are awaited."""
    import openrouter_preflight.cli.output  # noqa: F401
    from openrouter_preflight.reports.interface import load

    load(output.format)


def _notify(message: str) -> None:
    say(message)
