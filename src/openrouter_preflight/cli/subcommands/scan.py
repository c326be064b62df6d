"""`openrouter-preflight scan`: is a key committed?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import scan_options
from openrouter_preflight.cli.output import report
from openrouter_preflight.cli.progress import ProgressLine
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.commands.scan import scan as run_scan
from openrouter_preflight.errors import UsageError
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.redact import shown
from openrouter_preflight.settings.resolve import resolve_config_path, resolve_output, resolve_scan, resolve_verify

_NAMING = {"json", "markdown", "html"}
"""Formats that tell one repository from another."""


class _Scan(FittedCommand):
    """Refuses the names of files that would be read as options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Accept file names behind the hook's words, as pre-commit and prek pass them."""
        are_parted = "--" in args and not os.path.lexists("--")
        for word in args if "PRE_COMMIT" in os.environ and not are_parted else ():
            if word.startswith("-") and os.path.lexists(word):
                raise UsageError(
                    f"{shown(word)} is an option or a file: both are there",
                    "End the hook's arguments with `--`, so that what comes after it is files: `args: [--strict, --]`.",
                )
        return super().parse_args(ctx, args)


def _already_read() -> ScanData | None:
    """Return the fast lane's result for this command, if there is one."""
    data = click.get_current_context().find_root().obj
    return data if isinstance(data, ScanData) else None


def _paths(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[Path, ...]:
    if "" in given:
        raise UsageError("an empty path was given", "See that the variable it stands for is set.")
    return tuple(map(Path, given))


@click.command(
    cls=_Scan,
    epilog="""
    \b
    Examples:
      openrouter-preflight scan                       the working tree: tracked and untracked, not ignored
      openrouter-preflight scan --staged              what is about to be committed
      openrouter-preflight scan --range main..HEAD    all that a pull request adds
      openrouter-preflight scan --history             everything ever committed, reachable or not
      openrouter-preflight scan dist/app.whl          files and folders, archives too
      openrouter-preflight scan --history --verify    and ask OpenRouter which of the keys found are alive

    \b
    With --staged, paths narrow the scan to what the index and the working tree hold there. With --push, the arguments
    are those of git's pre-push hook: the remote's name and URL.
    """,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", callback=_paths)
@scan_options
def scan(**given: object) -> int:
    """Scan files, the index, a range or the history for OpenRouter keys."""
    requested = read_request("scan", given, os.environ)
    output = resolve_output("scan", requested, os.environ)
    settings = resolve_scan(requested, os.environ)
    config_path = resolve_config_path("scan", requested, os.environ)
    clock = SystemClock()
    with ProgressLine(sys.stderr, clock, os.environ) as progress:
        outcome = run_scan(
            settings,
            config_path=config_path,
            folder=Path.cwd(),
            environ=os.environ,
            clock=clock,
            progress=progress,
            verify=resolve_verify(requested, os.environ),
            data=_already_read(),
            is_named=bool(_NAMING & {output.format, *(name for name, _ in output.reports)}),
        )
    return report(outcome, output, clock.now())
