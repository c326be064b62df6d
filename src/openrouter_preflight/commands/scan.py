"""The `scan` command: policy, scan, and keys that are deployed."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from openrouter_preflight.commands.deployed import deployed_keys, mark_deployed
from openrouter_preflight.commands.repository_name import repository_name
from openrouter_preflight.findings import Finding, Outcome, ScanSummary, Severity, rule
from openrouter_preflight.git.errors import GitError
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.job import ScanJob, silent
from openrouter_preflight.scan.policy import ProjectPolicy, as_it_is, every_comment
from openrouter_preflight.scan.scan import scan as scan_for_leaks
from openrouter_preflight.settings.config.config_file import load_config, repository_root
from openrouter_preflight.settings.model import ScanMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.scan.job import Progress
    from openrouter_preflight.scan.scan_data import ScanData
    from openrouter_preflight.settings.model import Config, ScanRequest, VerifySettings


def scan(
    request: ScanRequest,
    *,
    config_path: Path | None,
    folder: Path,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress = silent,
    verify: VerifySettings | None = None,
    is_named: bool = False,
    data: ScanData | None = None,
) -> Outcome:
    """Scan from `folder` as the settings and config file say. Raises UsageError.

    `is_named`: the report tells the repository's name, for which git is asked once more. `data` is what was read of the
    same request already, by the fast lane.
    """
    try:
        config, comment_counts = _permissions(request, config_path, folder, environ)
    except GitError as error:
        return undecided(request.mode, f"nothing was scanned: {error}", error.hint)
    policy = ProjectPolicy(config.scan, clock.now().date(), comment_counts, _beneath(request, folder))
    job = ScanJob(
        mode=request.mode.value,
        paths=request.paths,
        range=request.range,
        strict=request.strict,
        max_file_size=request.max_file_size,
        shard=request.shard,
        folder=folder,
        environ=environ,
        shown_path=_from_root(request, folder),
    )
    result = scan_for_leaks(job, policy, progress, data=data)
    findings = mark_deployed(policy.explain(result.findings), deployed_keys(environ, config))
    if verify is not None:
        from openrouter_preflight.commands.verify import verify as ask_about

        findings = ask_about(findings, result.keys, verify, environ=environ, clock=clock)
    name = repository_name(folder, environ) if is_named else None
    return Outcome(command="scan", findings=findings, scan=replace(result.summary, repository=name))


def undecided(mode: ScanMode, message: str, fix: str) -> Outcome:
    """The outcome of a scan that read nothing."""
    finding = Finding(rule=rule("scan-incomplete"), severity=Severity.ERROR, what=message, help=fix)
    summary = ScanSummary(mode=mode.value, objects=0, bytes=0, complete=False)
    return Outcome(command="scan", findings=(finding,), scan=summary)


def _permissions(
    request: ScanRequest, named: Path | None, folder: Path, environ: Mapping[str, str]
) -> tuple[Config, Callable[[str], bool]]:
    """The config file, and whether a comment beside a key counts.

    Raises GitError where a revision is not there: without its policy, what is allowed would be called a leak.
    """
    if request.policy_from is None:
        return load_config(named, folder), every_comment
    from openrouter_preflight.scan.revision_policy import RevisionPolicy  # it reads a config file, few scans need it

    revision = RevisionPolicy(Git(folder, environ), request.policy_from)
    return revision.config(named), revision.comment_counts


def _from_root(request: ScanRequest, folder: Path) -> Callable[[str], str]:
    """Return the function from a named path to the path from the root."""
    root = repository_root(folder)
    if request.mode is not ScanMode.PATHS or root is None:
        return as_it_is

    def from_root(path: str) -> str:
        full = folder / path
        for file, top in ((full, root), (full.parent.resolve() / full.name, root.resolve())):
            try:
                shown = os.path.relpath(file, top).replace(os.sep, "/")
            except ValueError:  # on another drive of Windows
                return path
            if shown != ".." and not shown.startswith("../"):
                return shown
        return path

    return from_root


def _beneath(request: ScanRequest, folder: Path) -> Callable[[str], str]:
    """Return the function from a reported path to the path for globs."""
    if request.mode is not ScanMode.PATHS or repository_root(folder) is not None:
        return as_it_is

    def from_folder(path: str) -> str:
        try:
            return os.path.relpath(folder / path, folder).replace(os.sep, "/")
        except ValueError:  # on another drive of Windows
            return path.replace(os.sep, "/")

    return from_folder
