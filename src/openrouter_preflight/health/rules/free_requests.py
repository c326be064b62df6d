"""Rules about the account's daily requests to `:free` models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.health import wording
from openrouter_preflight.health.models.free import free_models_needed
from openrouter_preflight.health.money.ceilings import free_requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Facts


def free_request_findings(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Return the finding about a spent quota that is needed."""
    info = facts.key_info
    free = free_requests(info, now) if info is not None and not info.is_management_key else None
    if free is None or free.remaining > 0 or not free_models_needed(facts):
        return
    message = f"{facts.target.name} cannot use :free models until {wording.date(free.resets_at)}: the account's"
    used = f"{free.limit} free requests" if free.limit else "free requests"
    yield facts.target.finding("free-requests-exhausted", f"{message} {used} of today are used up.")
