"""What the stored value itself is guilty of, before and whatever OpenRouter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings import Severity
from openrouter_preflight.keys.diagnosis import SecretProblem
from openrouter_preflight.settings.model import OnMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Target


def format_findings(target: Target, *, is_accepted: bool) -> Iterator[Finding]:
    """Missing, malformed, or wrapped in something that the deployed program would send along.

    `is_accepted`: OpenRouter accepts the key without what surrounds it, so that nothing but the secret is wrong.
    """
    diagnosis, name = target.diagnosis, target.name
    if diagnosis.fault is SecretProblem.MISSING and target.policies.on_missing is OnMissing.SKIP:
        message = f"{name} {diagnosis.message}; its check was skipped, as --on-missing skip asks."
        yield target.finding("key-missing", message, severity=Severity.NOTE)
    elif diagnosis.fault is SecretProblem.MISSING:
        yield target.finding("key-missing", f"{name} {diagnosis.message}.")
    elif diagnosis.fault is not None and target.key_to_ask is not None:
        message = f"{name} {diagnosis.message}; it was asked about all the same, as --allow-any-shape asks."
        yield target.finding("key-malformed", message, diagnosis.fix, Severity.WARNING)
    elif diagnosis.fault is not None:
        yield target.finding("key-malformed", f"{name} {diagnosis.message}.", diagnosis.fix)
    if diagnosis.around and target.key_to_ask is not None:
        message = f"{name} {diagnosis.around}: the program that is deployed would send that along and fail."
        message += " The key itself is fine: OpenRouter accepts it." if is_accepted else ""
        yield target.finding("key-whitespace", message)
