"""`openrouter-preflight scan`: is a key committed?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.deployed import deployed_keys, mark_deployed
from openrouter_preflight.cli.options import scan_options
from openrouter_preflight.cli.output import report
from openrouter_preflight.cli.progress import ProgressLine
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.findings import Finding, Outcome, ScanSummary, Severity, rule
from openrouter_preflight.leaks.git import Git, GitError
from openrouter_preflight.leaks.policy import ProjectPolicy, every_comment
from openrouter_preflight.leaks.policy_source import RevisionPolicy
from openrouter_preflight.leaks.scan import Mode, ScanRequest
from openrouter_preflight.leaks.scan import scan as run_scan
from openrouter_preflight.settings.config_file import load_config
from openrouter_preflight.settings.model import ScanMode
from openrouter_preflight.settings.resolve import resolve_config_path, resolve_output, resolve_scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from openrouter_preflight.settings.model import Config, ScanSettings


@click.command(
    epilog="""
    \b
    Examples:
      openrouter-preflight scan                       the working tree: tracked and untracked, not ignored
      openrouter-preflight scan --staged              what is about to be committed
      openrouter-preflight scan --range main..HEAD    all that a pull request adds
      openrouter-preflight scan --history             everything ever committed, reachable or not
      openrouter-preflight scan dist/app.whl          files and folders, archives too

    \b
    With --staged, paths narrow the scan to what the index holds there. With --push, the arguments are those of git's
    pre-push hook: the remote's name and URL.
    """
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@scan_options
def scan(**given: object) -> int:
    """Look for OpenRouter keys: in files, in what is about to be committed, in a range or the whole history."""
    output = resolve_output("scan", given, os.environ)
    settings = resolve_scan(given, os.environ)
    named_config = resolve_config_path("scan", given, os.environ)
    clock = SystemClock()
    try:
        config, comment_counts = _permissions(settings, named_config)
    except GitError as error:
        return report(_undecided(settings, error), output, clock.now())
    policy = ProjectPolicy(config.scan, clock.now().date(), comment_counts)
    with ProgressLine(sys.stderr, clock, os.environ) as progress:
        result = run_scan(_request(settings), policy, progress)
    findings = mark_deployed(policy.explain(result.findings), deployed_keys(os.environ, config))
    return report(Outcome(command="scan", findings=findings, scan=result.summary), output, clock.now())


def _permissions(settings: ScanSettings, named_config: Path | None) -> tuple[Config, Callable[[str], bool]]:
    """The config file, and whether a comment beside a key counts. Raises GitError where a revision is not there."""
    if settings.policy_from is None:
        return load_config(named_config, Path.cwd()), every_comment
    revision = RevisionPolicy(Git(Path.cwd(), os.environ), settings.policy_from)
    return revision.config(named_config), revision.comment_counts


def _request(settings: ScanSettings) -> ScanRequest:
    return ScanRequest(
        mode=Mode("worktree" if settings.mode is ScanMode.TREE else settings.mode.value),
        paths=tuple(map(str, settings.paths)),
        range=settings.range,
        strict=settings.strict,
        max_file_size=settings.max_file_size,
        shard=settings.shard,
    )


def _undecided(settings: ScanSettings, error: GitError) -> Outcome:
    """Nothing was scanned: without the policy, what is allowed would be called a leak."""
    finding = Finding(
        rule=rule("scan-incomplete"), severity=Severity.ERROR, message=f"nothing was scanned: {error}", help=error.hint
    )
    summary = ScanSummary(mode=settings.mode.value, objects=0, bytes=0, complete=False)
    return Outcome(command="scan", findings=(finding,), scan=summary)
