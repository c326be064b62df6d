"""The hall where both wings meet: what was found, how bad it is, and the catalogue of rules."""

from openrouter_preflight.findings.catalogue import RULES, Rule, rule
from openrouter_preflight.findings.finding import Finding, Severity
from openrouter_preflight.findings.outcome import Ceiling, ExitCode, KeyState, KeyStatus, Outcome, ScanSummary, Verdict

__all__ = [
    "RULES",
    "Ceiling",
    "ExitCode",
    "Finding",
    "KeyState",
    "KeyStatus",
    "Outcome",
    "Rule",
    "ScanSummary",
    "Severity",
    "Verdict",
    "rule",
]
