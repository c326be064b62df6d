"""The findings of one revocation, as they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openrouter_preflight.manage.found import found, reason

if TYPE_CHECKING:
    from openrouter_preflight.findings import Finding
    from openrouter_preflight.manage.revoke.lookup import Lookup
    from openrouter_preflight.manage.writes import WriteResult


@dataclass(slots=True)
class Notes:
    """Findings in order."""

    findings: list[Finding] = field(default_factory=list)

    def say(self, rule: str, lookup: Lookup, what: str) -> None:
        """One sentence about a key, without its stop."""
        target = lookup.target
        self.findings.append(found(rule, f"{what}.", key=target.name, fingerprint=target.fingerprint))

    def undecided(self, lookup: Lookup, what: str) -> None:
        """Note an unknown result."""
        self.say("revoke-undecided", lookup, what)


def why(result: WriteResult[Any]) -> str:
    """The reason why a write is not known to hold."""
    return reason(result.answer) if result.answer is not None else "no answer came"
