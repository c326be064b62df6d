"""`openrouter-preflight rotate`: replace a key everywhere."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import rotate_options
from openrouter_preflight.cli.prompt import is_terminal
from openrouter_preflight.cli.stderr import sanitize, say
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.config.config_file import load_config
from openrouter_preflight.settings.manage.model import RotateMode
from openrouter_preflight.settings.manage.resolve import resolve_rotate
from openrouter_preflight.settings.resolve import resolve_config_path, resolve_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openrouter_preflight.settings.manage.model import RotateSettings


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight rotate FINGERPRINT --to gh:OPENROUTER_API_KEY@production
      openrouter-preflight rotate --key-env OPENROUTER_API_KEY --to file:.env#OPENROUTER_API_KEY --dry-run
      openrouter-preflight rotate FINGERPRINT --to 'exec:vault kv put -mount=secret ci/openrouter key=-' --ttl 90d
      openrouter-preflight rotate FINGERPRINT --status
      openrouter-preflight rotate FINGERPRINT --finish --delete

    \b
    It needs a management key, in OPENROUTER_MANAGEMENT_KEY, and can be run again at any point: the account is the
    journal. The new key goes to the destinations and nowhere else.
    """,
)
@click.argument("fingerprints", metavar="[FINGERPRINT]", nargs=-1)
@rotate_options
def rotate(**given: object) -> int:
    """Replace a key, hand it over, and switch the old one off once it is silent."""
    from openrouter_preflight.cli.output import report
    from openrouter_preflight.commands.rotate import rotate as run_rotate

    output = resolve_output("rotate", given, os.environ)
    load_config(resolve_config_path("rotate", given, os.environ), Path.cwd())  # one that does not parse is exit 2
    settings = resolve_rotate(given, os.environ)
    if not (settings.yes or settings.dry_run or settings.mode is RotateMode.STATUS or is_terminal()):
        raise UsageError("rotate asks before it writes, and there is no terminal to ask on.", "Say so with --yes.")
    clock = SystemClock()
    outcome = run_rotate(
        settings,
        environ=os.environ,
        clock=clock,
        notify=say,
        confirm=partial(_confirm, settings),
    )
    return report(outcome, output, clock.now())


def _confirm(settings: RotateSettings, lines: Sequence[str]) -> bool:
    """Show the plan on standard error and return the person's answer."""
    for line in lines:
        say(sanitize(line))
    return settings.yes or click.confirm("Go on?", default=False, err=True)
