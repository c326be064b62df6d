"""The wing's front door: one request in, findings and a summary out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS, Limits
from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings.outcome import ScanSummary
from openrouter_preflight.git.process import GitError
from openrouter_preflight.scan.findings import findings_of
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.settings.model import ScanMode, ScanRequest

if TYPE_CHECKING:
    from openrouter_preflight.findings.finding import Finding
    from openrouter_preflight.keys.api_key import ApiKey
    from openrouter_preflight.scan.findings import Policy
    from openrouter_preflight.scan.locations import LocatedMatch


Progress = Callable[[int, int | None], None]
"""Told now and then how many objects were read, and of how many, where that is known."""


class _Closed(BytesIO):
    """Standard input that is none."""

    def read(self, _size: int | None = -1, /) -> bytes:
        """Raise UsageError: nothing is not the same as empty."""
        raise UsageError("standard input is closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanJob(ScanRequest):
    """A request with the surroundings that it is carried out in."""

    folder: Path = field(default_factory=Path)
    shown_path: Callable[[str], str] = str
    """The path by which reports call a file, of the path by which `folder` does."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    stdin: IO[bytes] = field(default_factory=lambda: sys.stdin.buffer if sys.stdin else _Closed())
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What was found, and what was read."""

    findings: tuple[Finding, ...]
    summary: ScanSummary
    keys: Mapping[str, ApiKey]
    """Every key found that chance made, by its fingerprint: no published example, no dummy."""


def scan(request: ScanJob, policy: Policy, progress: Progress | None = None) -> ScanResult:
    """Scan what `request` names. Raises UsageError where the user's words make no sense here."""
    try:
        data_read = _gather(request, progress or _silent)
    except GitError as error:
        data_read = ScanData(incomplete=[Incomplete.from_error(error)])
    findings = findings_of(data_read, policy, strict=request.strict, is_push=request.mode is ScanMode.PUSH)
    summary = ScanSummary(
        mode=request.mode.value,
        objects=data_read.objects,
        bytes=data_read.size,
        commits=data_read.commits,
        complete=not any(finding.rule.undecided for finding in findings),
        shard=None if request.shard == (1, 1) else request.shard,
        refs=data_read.refs,
    )
    keys = {find.match.key.fingerprint: find.match.key for find in data_read.finds if _is_real(find) and find.match.key}
    return ScanResult(findings, summary, keys)


def _is_real(find: LocatedMatch) -> bool:
    from openrouter_preflight.detect.classify import MatchKind  # hits are rare, and its import is felt

    return find.match.kind is MatchKind.KEY


def _silent(done: int, total: int | None) -> None:
    """Nobody watches."""


def _gather(request: ScanJob, progress: Progress) -> ScanData:
    """Let the source that the mode names read; sources are imported when they are needed."""
    from importlib import import_module

    name = "worktree" if request.mode is ScanMode.TREE else request.mode.value
    module = import_module(f"openrouter_preflight.scan.sources.{name}")
    data_read: ScanData = module.read(request, progress)
    return data_read
