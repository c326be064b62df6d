"""The room's front door: one request in, findings and a summary out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openrouter_preflight.findings.outcome import ScanSummary
from openrouter_preflight.scan.findings import findings_of
from openrouter_preflight.scan.job import silent
from openrouter_preflight.scan.read import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.findings.finding import Finding
    from openrouter_preflight.keys.api_key import ApiKey
    from openrouter_preflight.scan.findings import Policy
    from openrouter_preflight.scan.job import Progress, ScanJob
    from openrouter_preflight.scan.locations import LocatedMatch
    from openrouter_preflight.scan.scan_data import ScanData


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The findings and the extent of a scan."""

    findings: tuple[Finding, ...]
    summary: ScanSummary
    keys: Mapping[str, ApiKey]
    """Every key found that chance made, by its fingerprint: no published example, no dummy."""


def scan(request: ScanJob, policy: Policy, progress: Progress = silent, *, data: ScanData | None = None) -> ScanResult:
    """Scan what `request` names, or continue with `data`. Raises UsageError."""
    data = read(request, progress) if data is None else data
    findings = findings_of(data, policy, strict=request.strict, is_push=request.mode == "push")
    summary = ScanSummary(
        mode=request.mode,
        objects=data.objects,
        bytes=data.size,
        commits=data.commits,
        complete=not any(finding.rule.undecided for finding in findings),
        shard=None if request.shard == (1, 1) else request.shard,
        refs=data.refs,
    )
    keys = {find.match.key.fingerprint: find.match.key for find in data.finds if _is_real(find) and find.match.key}
    return ScanResult(findings, summary, keys)


def _is_real(find: LocatedMatch) -> bool:
    from openrouter_preflight.detect.classify import MatchKind  # hits are rare, and its import is felt

    return find.match.kind is MatchKind.KEY
