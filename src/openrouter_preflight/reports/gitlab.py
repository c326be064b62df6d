"""The GitLab Code Quality report: a JSON list of issues with fingerprints."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.reports import summary
from openrouter_preflight.reports.identity import FALLBACK_PATH, identities, path_of
from openrouter_preflight.reports.json.as_json import as_json

if TYPE_CHECKING:
    from openrouter_preflight.findings import Finding, Outcome
    from openrouter_preflight.reports.interface import ReportContext

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(outcome: Outcome, context: ReportContext) -> str:  # noqa: ARG001 - every format is called alike
    """The whole report, in ASCII; an empty list where nothing was found."""
    return as_json([*_said_of_the_run(outcome), *_issues(outcome)], indent=2)


def _issues(outcome: Outcome) -> list[dict[str, Any]]:
    findings = outcome.ordered_findings
    prefix = "SIMULATED: " if outcome.simulated is not None else ""
    return [
        {
            "description": f"{prefix}{finding.message} {finding.help}".strip(),
            "check_name": finding.rule.name,
            "fingerprint": sha256(f"{digest}:{number}".encode()).hexdigest(),
            "severity": _severity(finding),
            "location": {
                "path": path_of(finding).removeprefix("./"),
                "lines": {"begin": finding.line if finding.line and not finding.member else 1},
            },
        }
        for finding, (digest, number) in zip(findings, identities(findings), strict=True)
    ]


def _severity(finding: Finding) -> str:
    """Return GitLab's severity: a leak blocks, an undecided check is major."""
    if finding.severity is Severity.ERROR and finding.rule.undecided:
        return "major"
    if finding.severity is Severity.ERROR and finding.has_place:
        return "blocker"
    return _SEVERITIES[finding.severity]


def _said_of_the_run(outcome: Outcome) -> list[dict[str, Any]]:
    """Yield issues that say that the run was simulated or partial."""
    said = {summary.banner_name(outcome): summary.answered_by(outcome), "share": summary.share(outcome)}
    return [
        {
            "description": text,
            "check_name": name,
            "fingerprint": sha256(name.encode()).hexdigest(),
            "severity": "info",
            "location": {"path": FALLBACK_PATH, "lines": {"begin": 1}},
        }
        for name, text in said.items()
        if text
    ]
