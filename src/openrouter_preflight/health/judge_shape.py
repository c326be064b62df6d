"""What the stored value itself is guilty of, before and whatever OpenRouter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings import Severity
from openrouter_preflight.keys.diagnosis import Fault
from openrouter_preflight.settings.model import OnMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Subject


def judge_shape(subject: Subject, *, is_accepted: bool) -> Iterator[Finding]:
    """Missing, malformed, or wrapped in something that the deployed program would send along.

    `is_accepted`: OpenRouter accepts the key without what surrounds it, so that nothing but the secret is wrong.
    """
    diagnosis, name = subject.diagnosis, subject.name
    if diagnosis.fault is Fault.MISSING and subject.policies.on_missing is OnMissing.SKIP:
        message = f"{name} {diagnosis.message}; its check was skipped, as --on-missing skip asks."
        yield subject.finding("key-missing", message, severity=Severity.NOTE)
    elif diagnosis.fault is Fault.MISSING:
        yield subject.finding("key-missing", f"{name} {diagnosis.message}.")
    elif diagnosis.fault is not None and subject.key_to_ask is not None:
        message = f"{name} {diagnosis.message}; it was asked about all the same, as --allow-any-shape asks."
        yield subject.finding("key-malformed", message, diagnosis.fix, Severity.WARNING)
    elif diagnosis.fault is not None:
        yield subject.finding("key-malformed", f"{name} {diagnosis.message}.", diagnosis.fix)
    if diagnosis.around and subject.key_to_ask is not None:
        message = f"{name} {diagnosis.around}: the program that is deployed would send that along and fail."
        message += " The key itself is fine: OpenRouter accepts it." if is_accepted else ""
        yield subject.finding("key-whitespace", message)
