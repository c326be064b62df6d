"""`openrouter-preflight revoke`: switch keys off."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import revoke_options
from openrouter_preflight.cli.prompt import is_terminal
from openrouter_preflight.cli.stderr import sanitize, say
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.manage.resolve import resolve_revoke
from openrouter_preflight.settings.resolve import resolve_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openrouter_preflight.settings.manage.model import RevokeSettings


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight revoke 85660b16…e99a              one key, by its fingerprint
      openrouter-preflight revoke --key-env LEAKED_KEY       the key in that variable; it is seen refused, too
      openrouter-preflight revoke --from-report scan.json    every leaked key that a scan found
      openrouter-preflight revoke --from-report scan.json --dry-run

    \b
    It needs a management key, in OPENROUTER_MANAGEMENT_KEY. Disabling is reversible; --delete is final. Exit code 0:
    all are off; 1: one is not to be found; 3: not decided. Of a fingerprint, 12 digits are enough.
    """,
)
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@revoke_options
def revoke(fingerprints: tuple[str, ...], **given: object) -> int:
    """Disable keys, read the change back, and with the key at hand see it refused."""
    from openrouter_preflight.cli.output import report
    from openrouter_preflight.commands.revoke import revoke as run_revoke

    requested = read_request("revoke", given, os.environ)
    output = resolve_output("revoke", requested, os.environ)
    settings = resolve_revoke(requested, os.environ, fingerprints)
    if not (settings.yes or settings.dry_run or is_terminal()):
        raise UsageError(
            "There is no terminal to ask on, and --yes was not given: nothing was written.",
            "Look at what would be written with --dry-run, then run it with --yes.",
        )
    clock = SystemClock()
    outcome = run_revoke(settings, environ=os.environ, clock=clock, confirm=partial(_confirm, settings))
    return report(outcome, output, clock.now())


def _confirm(settings: RevokeSettings, plan: Sequence[str]) -> None:
    """Show the plan; ask, where nothing else says yes. Raises click.Abort for a no."""
    for line in plan:
        say(f"about to {sanitize(line)}")
    if plan and not (settings.yes or settings.dry_run):
        click.confirm("Go on?", abort=True, err=True)
