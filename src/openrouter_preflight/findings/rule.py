"""Rule: one situation that this tool can report; `catalogue` holds them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.findings.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One situation, by its permanent name."""

    name: str
    severity: Severity
    """The severity, unless a policy changes it."""
    what: str
    """The situation in one sentence."""
    why: str
    """Why it matters to a deploy."""
    fix: str
    """The remedy."""
    undecided: bool = False
    """It reports that something could not be decided: an error makes the run incomplete (3), not failed (1)."""
    is_answer: bool = False
    """It answers what was asked for by name: people are shown it, note or not."""
