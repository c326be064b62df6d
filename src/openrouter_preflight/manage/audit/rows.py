"""Rows of an audit's report: a KeyStatus for each key, biggest spender first."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from openrouter_preflight.findings import AccountStatus, Ceiling, KeyState, KeyStatus, KeyUsage
from openrouter_preflight.manage.audit.looks import spent
from openrouter_preflight.manage.found import SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from openrouter_preflight.manage.audit.audited_key import AuditedKey
    from openrouter_preflight.openrouter.answers import Credits

_KEY_LIMIT = "key_limit"


def by_spend(keys: Sequence[AuditedKey]) -> list[AuditedKey]:
    """Sort by this month's spend, then by all spend, then as listed."""
    return sorted(keys, key=lambda key: (-spent(key, "monthly"), -spent(key, "total")))


def names_of(keys: Sequence[AuditedKey]) -> dict[str, str]:
    """Return names by fingerprint, distinct also where keys share one."""
    given = {key.record.hash: (key.record.name or "").strip() or (key.record.label or "unnamed") for key in keys}
    counts = Counter(given.values())
    return {
        fingerprint: name if counts[name] == 1 else f"{name} ({fingerprint[:SHOWN]})"
        for fingerprint, name in given.items()
    }


def row_of(key: AuditedKey, name: str, now: datetime) -> KeyStatus:
    """One key's row."""
    record = key.record
    left = record.limit_remaining
    ceiling = _limit(key)
    return KeyStatus(
        name=name,
        source="account",
        state=_state(key, now),
        kind="inference",
        fingerprint=record.hash,
        label=record.label,
        spendable_usd=left if record.limit is not None else None,
        binding_ceiling=_KEY_LIMIT if record.limit is not None and left is not None else None,
        ceilings=(ceiling,) if ceiling is not None else (),
        expires_at=record.expires_at,
        usage=KeyUsage(
            total=spent(key, "total"), day=spent(key, "daily"), week=spent(key, "weekly"), month=spent(key, "monthly")
        ),
        name_at_openrouter=record.name,
        workspace=key.workspace,
        created_at=record.created_at,
        last_used_at=record.last_used_at,
        disabled=record.disabled,
    )


def account_of(credits_: Credits | None) -> AccountStatus | None:
    """The account's money."""
    if credits_ is None:
        return None
    return AccountStatus(balance_usd=credits_.balance, credits_usd=credits_.total, usage_usd=credits_.used)


def _limit(key: AuditedKey) -> Ceiling | None:
    record = key.record
    if record.limit is None or record.limit_remaining is None:
        return None
    return Ceiling(
        name=_KEY_LIMIT,
        remaining=record.limit_remaining,
        limit=record.limit,
        spent=record.limit - record.limit_remaining,
        reset_interval=record.limit_reset,
        include_byok=record.include_byok_in_limit,
    )


def _state(key: AuditedKey, now: datetime) -> KeyState:
    """A disabled key is answered 401, as `rejected` says."""
    if key.is_expired(now):
        return KeyState.EXPIRED
    if key.record.disabled:
        return KeyState.REJECTED
    left = key.record.limit_remaining
    is_spent = key.record.limit is not None and left is not None and left <= Decimal(0)
    return KeyState.EXHAUSTED if is_spent else KeyState.VALID
