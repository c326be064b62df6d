"""What is known of each key before it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openrouter_preflight.findings import Finding, Severity, rule
from openrouter_preflight.keys.diagnosis import Fault

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.keys.diagnosis import Diagnosis
    from openrouter_preflight.openrouter.answers import Credits, KeyInfo
    from openrouter_preflight.openrouter.client import Answer
    from openrouter_preflight.settings.model import Gates, Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One key to check, read from where it is kept and diagnosed, and not yet asked about."""

    name: str
    source: str
    diagnosis: Diagnosis
    gates: Gates
    policies: Policies
    allow_any_shape: bool = False

    @property
    def key_to_ask(self) -> ApiKey | None:
        """The key that may be sent to OpenRouter; None where the value is to be sent nowhere."""
        if self.diagnosis.fault is Fault.ODD_SHAPE and not self.allow_any_shape:
            return None
        return self.diagnosis.key

    def finding(
        self, rule_name: str, message: str, help_: str | None = None, severity: Severity | None = None
    ) -> Finding:
        """A finding about this key; the rule's own next step and severity stand in for what is not given."""
        found = rule(rule_name)
        return Finding(
            rule=found,
            severity=severity or found.severity,
            message=message,
            help=help_ or found.fix,
            key=self.name,
            fingerprint=self.key_to_ask.fingerprint if self.key_to_ask else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A subject and what OpenRouter said of it."""

    subject: Subject
    info: Answer[KeyInfo] | None = None
    """`GET /key`; None where it was not asked."""
    account: Answer[Credits] | None = None
    """`GET /credits`; None where it was not asked."""
    account_is_certain: bool = False
    """It was told to a management key, not to an ordinary one."""
