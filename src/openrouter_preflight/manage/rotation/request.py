"""The request of a rotation, and the successor's settings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openrouter_preflight.manage.rotation.steps import LEASE
from openrouter_preflight.manage.rotation.stop import NotReady
from openrouter_preflight.settings.manage.defaults import SuccessorLimit
from openrouter_preflight.settings.manage.model import DEFAULT_SILENCE

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from openrouter_preflight.openrouter.answers import KeyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationRequest:
    """One rotation."""

    fingerprint: str
    """Of the old key."""
    destinations_digest: str = ""
    """Of what `--to` names; empty where a rotation is only finished."""
    ttl: timedelta | None = None
    """Lifetime of the successor; None: that of the old key."""
    limit: SuccessorLimit = SuccessorLimit.SAME
    silence: timedelta = DEFAULT_SILENCE
    """Time without use before the old key is switched off; zero: no watch."""
    delete: bool = False
    lease: timedelta = LEASE


def successor_limit(old: KeyRecord, wanted: SuccessorLimit) -> Decimal | None:
    """The successor's spending limit in USD; None: it has none. Raises NotReady."""
    if wanted is SuccessorLimit.SAME or old.limit is None:
        return old.limit
    if old.limit_reset is not None:
        raise NotReady(
            f"the key's limit resets {old.limit_reset}: --limit remaining would lower every period to come",
            "Use --limit same.",
        )
    if old.limit_remaining is None or old.limit_remaining <= 0:
        raise NotReady("nothing remains of the key's limit: its successor could never spend", "Use --limit same.")
    return old.limit_remaining


def successor_expiry(old: KeyRecord, ttl: timedelta | None, now: datetime) -> datetime | None:
    """Return the successor's expiry, None: never. Raises NotReady."""
    if ttl is None and old.expires_at is not None:
        if old.created_at is None:
            raise NotReady("how long the key was made to live is not known", "Say how long with --ttl.")
        ttl = old.expires_at - old.created_at
    return None if ttl is None else (now + ttl).replace(microsecond=0)


def creation_payload(
    old: KeyRecord, name: str, expires_at: datetime | None, *, in_organization: bool
) -> dict[str, Any]:
    """Return the body of a successor that cannot spend yet.

    A creator is only meaningful in an organization; without one no member's guardrail would apply (API.md §6).
    """
    payload: dict[str, Any] = {"name": name, "limit": 0, "include_byok_in_limit": True}
    if expires_at is not None:
        payload["expires_at"] = expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if old.workspace_id is not None:
        payload["workspace_id"] = old.workspace_id
    if in_organization and old.creator_user_id is not None:
        payload["creator_user_id"] = old.creator_user_id
    return payload
