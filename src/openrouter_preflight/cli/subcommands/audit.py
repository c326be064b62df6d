"""`openrouter-preflight audit`: is every key of the account in order?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import audit_options
from openrouter_preflight.cli.progress import ProgressLine, workspaces_text
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.settings.config.config_file import load_config
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.manage.resolve import resolve_audit
from openrouter_preflight.settings.resolve import resolve_config_path, resolve_output


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight audit                                  every key, what it spends, and what to look at
      openrouter-preflight audit --max-key-age 180d --require-limit
      openrouter-preflight audit --report json=audit.json --compare last-week.json
      openrouter-preflight audit --format markdown >> "$GITHUB_STEP_SUMMARY"
      openrouter-preflight audit --simulate neglected-keys

    \b
    It needs a management key, in OPENROUTER_MANAGEMENT_KEY. What a flag or the config file's `audit:` requires is an
    error; the same looks are warnings where nothing requires them. It writes nothing.
    """,
)
@audit_options
def audit(**given: object) -> int:
    """Audit every key of the account: age, use, limits, expiry, spend."""
    from openrouter_preflight.cli.output import report
    from openrouter_preflight.commands.audit import audit as run_audit

    requested = read_request("audit", given, os.environ)
    output = resolve_output("audit", requested, os.environ)
    config = load_config(resolve_config_path("audit", requested, os.environ), Path.cwd())
    settings = resolve_audit(requested, os.environ, config)
    clock = SystemClock()
    with ProgressLine(sys.stderr, clock, os.environ, describe=workspaces_text) as progress:
        outcome = run_audit(settings, environ=os.environ, clock=clock, progress=progress)
    return report(outcome, output, clock.now())
