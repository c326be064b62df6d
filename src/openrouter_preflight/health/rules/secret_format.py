"""Rules about the stored value itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import SET_KEY
from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.keys.diagnosis import SecretProblem
from openrouter_preflight.settings.model import OnMissing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Target


_ENV_FILE: Final = (
    "Give it with --env-file FILE, and the variable's name with --key-env NAME where that is not OPENROUTER_API_KEY."
)


def format_findings(target: Target, *, is_accepted: bool, now: datetime) -> Iterator[Finding]:
    """Return missing, malformed, or wrapped in something.

    `is_accepted`: OpenRouter accepts the key without what surrounds it, so that nothing but the secret is wrong.
    """
    diagnosis, name = target.diagnosis, target.name
    if diagnosis.fault is SecretProblem.MISSING and target.policies.on_missing is OnMissing.SKIP:
        message = f"{name} {diagnosis.message}; its check was skipped, as --on-missing skip asks."
        yield target.finding("key-missing", message, severity=Severity.NOTE)
    elif diagnosis.fault is SecretProblem.MISSING:
        yield _missing(target)
    elif target.is_env_file:
        yield target.finding("key-malformed", f"{name} is a .env file, not a file that holds one key.", _ENV_FILE)
        return
    elif diagnosis.fault is not None and target.key_to_ask is not None:
        message = f"{name} {diagnosis.message}; it was asked about all the same, as --allow-any-shape asks."
        yield target.finding("key-malformed", message, diagnosis.fix, Severity.WARNING)
    elif diagnosis.fault is not None:
        fix = SET_KEY if diagnosis.is_unexpanded else diagnosis.fix
        yield target.finding("key-malformed", f"{name} {diagnosis.message}.", fix)
    elif diagnosis.token is not None and diagnosis.token.expires_at is not None:
        yield _token(target, diagnosis.token.expires_at, now)
    if diagnosis.around and target.key_to_ask is not None:
        message = f"{name} {diagnosis.around}: the program that is deployed would send that along and fail."
        message += " The key itself is fine: OpenRouter accepts it." if is_accepted else ""
        yield target.finding("key-whitespace", message)


def _missing(target: Target) -> Finding:
    message = f"{target.name} {target.diagnosis.message}"
    if not target.also_in:
        return target.finding("key-missing", f"{message}.")
    names = " and ".join(target.also_in)
    verb = "holds" if len(target.also_in) == 1 else "hold"
    help_ = f"Give that name with --key-env {target.also_in[0]}, or set {target.name}."
    return target.finding("key-missing", f"{message}; {names} {verb} an OpenRouter key.", help_)


def _token(target: Target, expires_at: datetime, now: datetime) -> Finding:
    left = expires_at - now
    said = f"{target.name} is a workload-identity token"
    if left <= timedelta():
        message = f"{said} that expired on {wording.date(expires_at)}."
        return target.finding(
            "key-expired", message, "Exchange the job's identity for a new token right before its use."
        )
    return target.finding("key-is-token", f"{said} with {wording.duration(left)} left.")
