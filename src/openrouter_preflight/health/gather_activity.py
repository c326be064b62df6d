"""When the account's activity is worth a request: a key that is asked five things may need only four of them.

Activity makes the expected rate better than a key's own usage does. Where the key's record is asked for as well, it
waits for a second round trip, and is left out if it could not change what the runway gate says: the key is what its
account spends by, and lasts far longer than asked at the rate of its own usage.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.ceilings import ceilings_of

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.health.facts import Facts, Subject

_MOST_OF_IT: Final = Decimal("0.8")
"""From this share of the account's whole spending on, a key stands for its account."""
_FAR_LONGER: Final = 4
"""Times the runway that was asked for: own usage is not off by that much."""


def needs_activity(subject: Subject) -> bool:
    """Whether the settings ask for a rate of spending."""
    return subject.gates.min_runway is not None and subject.gates.expected_spend is None


def needs_record(subject: Subject) -> bool:
    """Whether the settings ask what only a key's record tells."""
    gates = subject.gates
    return gates.hygiene or gates.max_key_age is not None or bool(gates.rotated_from)


def activity_may_decide(facts: Facts, now: datetime) -> bool:
    """Whether activity, which was put off, could change what the runway gate says of this key."""
    info, account = facts.key_info, facts.account.data if facts.account is not None else None
    asked = facts.subject.gates.min_runway
    if info is None or info.is_management_key or asked is None or not needs_activity(facts.subject):
        return False
    if account is None or not info.usage.total or info.usage.total < _MOST_OF_IT * account.used:
        return True
    from openrouter_preflight.health.runway import first_failure
    from openrouter_preflight.health.spending import spending_of

    spending = spending_of([facts], now)[0]
    drains = [
        (ceiling, spending.drain_of(ceiling))
        for ceiling in ceilings_of(info, account, account_is_certain=True, now=now)
    ]
    known = [(ceiling, week) for ceiling, week in drains if week is not None]
    failure = first_failure(known, now)
    return len(known) < len(drains) or (failure is not None and failure[0] - now < _FAR_LONGER * asked)
