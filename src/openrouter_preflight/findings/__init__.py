"""Findings, their rules and the outcome of a run: all that a report may see."""

from openrouter_preflight.findings.catalogue import RULES, rule
from openrouter_preflight.findings.finding import Finding
from openrouter_preflight.findings.key_state import KeyState
from openrouter_preflight.findings.outcome import (
    SCHEMA,
    AccountStatus,
    Ceiling,
    ExitCode,
    FreeRequests,
    KeyStatus,
    KeyUsage,
    Outcome,
    RefTips,
    ScanSummary,
    Verdict,
    WriteRow,
)
from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

__all__ = [
    "RULES",
    "SCHEMA",
    "AccountStatus",
    "Ceiling",
    "ExitCode",
    "Finding",
    "FreeRequests",
    "KeyState",
    "KeyStatus",
    "KeyUsage",
    "Outcome",
    "RefTips",
    "Rule",
    "ScanSummary",
    "Severity",
    "Verdict",
    "WriteRow",
    "rule",
]
