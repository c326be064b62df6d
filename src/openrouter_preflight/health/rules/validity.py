"""Rules about the kind of a key and its expiry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.address import HOST_BY_REGION
from openrouter_preflight.health.labels import is_about
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
    yield from _label(facts, info)
    yield from _expiry(facts, info, now)
    yield from _region(facts, info)
    if facts.target.gates.require_limit and not _has_limit(info):
        message = f"{facts.target.name} has no spending limit of its own, and --require-limit asks for one."
        yield facts.target.finding("key-has-no-limit", message)
    if info.is_free_tier:
        yield facts.target.finding("free-tier", f"{facts.target.name} belongs to an account that never bought credit.")


def _expiry(facts: Facts, info: KeyInfo, now: datetime) -> Iterator[Finding]:
    gates = facts.target.gates
    expires_at, is_told = _expiry_of(facts, info)
    if expires_at is None:
        if gates.expires_within is not None and not is_told:
            message = f"{facts.target.name}: when it expires is not known: OpenRouter's answer does not say."
            yield facts.target.finding("key-expiry-unknown", message)
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


def _expiry_of(facts: Facts, info: KeyInfo) -> tuple[datetime | None, bool]:
    """Return the key's expiry, and True where it is known."""
    record = facts.record.data if facts.record is not None else None
    if not info.tells_expiry and record is not None:
        return record.expires_at, record.tells_expiry
    return info.expires_at, info.tells_expiry


def _label(facts: Facts, info: KeyInfo) -> Iterator[Finding]:
    key = facts.target.key_to_ask
    if key is not None and is_about(info, key) is False:
        message = f"{facts.target.name}: the label in the answer is another key's{facts.address.remark}."
        yield facts.target.finding("answer-for-another-key", message)


def _region(facts: Facts, info: KeyInfo) -> Iterator[Finding]:
    """Return the finding about a key at another region's host."""
    allowed, region = info.allowed_data_regions, facts.address.region
    if allowed is None:
        return
    if allowed == ():
        message = f"{facts.target.name} may use no data region, so no request can be routed."
        yield facts.target.finding("key-region-blocked", message)
    elif region is not None and region not in allowed:
        hosts = " or ".join(HOST_BY_REGION[each] for each in allowed if each in HOST_BY_REGION)
        message = (
            f"{facts.target.name} may not be used at {HOST_BY_REGION[region]}: "
            f"its data regions are {', '.join(map(ascii, allowed)).replace(chr(39), '')}."
        )
        help_ = f"Send its requests to {hosts} (OPENROUTER_BASE_URL)." if hosts else None
        yield facts.target.finding("key-region-blocked", message, help_)


def _has_limit(info: KeyInfo) -> bool:
    return info.limit is not None or any(budget.scope in KEYS_OWN_SCOPES for budget in info.budgets)
