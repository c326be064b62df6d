"""Rule: one situation that this tool can report; `catalogue` has them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.findings.key_state import KeyState
    from openrouter_preflight.findings.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One situation, by its permanent name."""

    name: str
    severity: Severity
    """The severity unless a policy says otherwise."""
    what: str
    """The situation in one sentence."""
    why: str
    """The reason why it matters to a deploy."""
    fix: str
    """The next step."""
    asserts: str = ""
    """The opposite, which a passing test case claims: `the key is accepted`."""
    undecided: bool = False
    """It reports that something could not be decided: an error makes the run incomplete (3), not failed (1)."""
    is_answer: bool = False
    """It answers what was asked for by name: people are shown it, note or not."""
    is_leak: bool = False
    """It says that a key is found where none should be."""
    holds_key: bool = False
    """The text at its place is a whole key."""
    is_about_money: bool = False
    """All ceilings of the key help to understand it."""
    score: str | None = None
    """GitHub's scale of security severity, where it has one: over 9.0 is critical, 4.0 to 6.9 medium."""
    changes_secret: bool = False
    """Its next step ends at the place where the secret is kept."""
    key_state: KeyState | None = None
    """The state that it puts the key in."""
    state_yields: bool = False
    """Any other state of the key is named before that one."""
