"""Is it the right kind of key, and will it still be accepted when the release is used?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.money.ceilings import KEYS_OWN_SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.openrouter.answers import KeyInfo

_WARN_BEFORE_EXPIRY: Final = timedelta(days=7)
"""Unasked, an expiry this near is worth a warning."""


def validity_findings(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Kind, expiry, regions, limit and tier of a key that OpenRouter accepted."""
    info = facts.key_info
    if info is None:
        return
    if info.is_management_key:
        message = f"{facts.target.name} is a management key, which cannot be used for inference."
        yield facts.target.finding("key-is-management", message)
        return
    yield from _expiry(facts, info, now)
    if info.allowed_data_regions == ():
        message = f"{facts.target.name} may use no data region, so no request can be routed."
        yield facts.target.finding("key-region-blocked", message)
    if facts.target.gates.require_limit and not _has_limit(info):
        message = f"{facts.target.name} has no spending limit of its own, and --require-limit asks for one."
        yield facts.target.finding("key-has-no-limit", message)
    if info.is_free_tier:
        yield facts.target.finding("free-tier", f"{facts.target.name} belongs to an account that never bought credit.")


def _expiry(facts: Facts, info: KeyInfo, now: datetime) -> Iterator[Finding]:
    expires_at, gates = info.expires_at, facts.target.gates
    if expires_at is None:
        return
    left = expires_at - now
    if left <= timedelta():
        yield facts.target.finding("key-expired", f"{facts.target.name} expired on {wording.date(expires_at)}.")
        return
    message = f"{facts.target.name} expires in {wording.duration(left)} ({wording.date(expires_at)})"
    if gates.expires_within is not None and left <= gates.expires_within:
        message = f"{message}, within the {wording.duration(gates.expires_within)} of --expires-within."
        yield facts.target.finding("key-expires-soon", message)
    elif gates.min_runway is not None and left < gates.min_runway:
        message = f"{message}, sooner than the {wording.duration(gates.min_runway)} of --min-runway."
        yield facts.target.finding("key-expires-soon", message)
    elif gates.expires_within is None and left <= _WARN_BEFORE_EXPIRY:
        yield facts.target.finding("key-expires-soon", f"{message}.", severity=Severity.WARNING)


def _has_limit(info: KeyInfo) -> bool:
    return info.limit is not None or any(budget.scope in KEYS_OWN_SCOPES for budget in info.budgets)
