"""Typed answers of OpenRouter: a dataclass for each, and its reader.

A reader returns None where the body is not that kind of answer at all (a captive portal, a proxy): then nothing in it
is believed. Amounts are USD as Decimal, times are aware UTC. Field meanings: API.md §1, §2, §6. Models have a
module of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrouter_preflight.openrouter import json_fields as fields

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from openrouter_preflight.openrouter.json_fields import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One layer of spending that enforcement checks (API.md §1)."""

    scope: str
    """Such as `workspace` or `key_limit`; an open set."""
    limit: Decimal | None
    spent: Decimal | None
    remaining: Decimal | None
    """Zero or less: requests get 403 until it resets."""
    reset_interval: str | None
    """None: a lifetime budget."""
    resets_at: datetime | None
    include_byok: bool = False
    """True where spending through providers' own keys counts, too."""
    id: str | None = field(default=None, repr=False)
    """Its guardrail's or its own, only ever compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeQuota:
    """The account's daily requests to `:free` models."""

    used: int | None
    limit: int | None
    remaining: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Spend so far: in all, and in the current UTC day, week and month."""

    total: Decimal | None
    daily: Decimal | None
    weekly: Decimal | None
    monthly: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """`GET /key`: what a key may tell of itself."""

    limit: Decimal | None
    """The key's own cap; None: it has none."""
    limit_remaining: Decimal | None
    limit_reset: str | None
    """None: the cap never resets."""
    include_byok_in_limit: bool
    usage: Usage
    byok_usage: Usage
    is_free_tier: bool | None
    is_management_key: bool | None
    expires_at: datetime | None
    """None: it never expires, or that is not told."""
    tells_expiry: bool
    """False where `expires_at` is missing, or cannot be read."""
    budgets: tuple[Budget, ...]
    free_quota: FreeQuota | None
    allowed_data_regions: tuple[str, ...] | None
    """Empty: no region is permitted. None: not told."""
    account: str | None = field(repr=False)
    """Who owns the key, only ever compared with another key's, never shown."""
    workspace: str | None = field(default=None, repr=False)
    """As `account`."""
    in_organization: bool = False
    """True where an organization owns the key."""
    label: str = field(default="", repr=False)
    """The masked key, only ever compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """`GET /credits`: what the account bought and what it used."""

    total: Decimal
    used: Decimal

    @property
    def balance(self) -> Decimal:
        """The balance; grants are invisible, so it can be zero or less (API.md §2)."""
        return self.total - self.used


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A row of `GET /keys`: what a management key may tell of another."""

    hash: str
    name: str | None
    disabled: bool | None
    limit: Decimal | None
    limit_remaining: Decimal | None
    limit_reset: str | None
    usage: Usage
    byok_usage: Usage
    created_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    """None: unused since the end of 2025, or not told."""
    tells_expiry: bool = True
    label: str | None = None
    include_byok_in_limit: bool = False
    updated_at: datetime | None = None
    creator_user_id: str | None = field(default=None, repr=False)
    """Who made it, only ever compared or passed on; None: it belongs to the workspace."""
    workspace_id: str | None = field(default=None, repr=False)
    """As `creator_user_id`."""
    external_user: str | None = field(default=None, repr=False)


def read_key_info(body: Json) -> KeyInfo | None:
    """`GET /key`, in its present shape and in the old one of seven fields."""
    data = fields.record(body, "data")
    if data is None or not fields.text(data, "label"):
        return None
    management = fields.flag(data, "is_management_key")
    return KeyInfo(
        limit=fields.number(data, "limit"),
        limit_remaining=fields.number(data, "limit_remaining"),
        limit_reset=fields.word(data, "limit_reset"),
        include_byok_in_limit=fields.flag(data, "include_byok_in_limit") or False,
        usage=_read_usage(data, "usage"),
        byok_usage=_read_usage(data, "byok_usage"),
        is_free_tier=fields.flag(data, "is_free_tier"),
        is_management_key=fields.flag(data, "is_provisioning_key") if management is None else management,
        expires_at=fields.moment(data, "expires_at"),
        tells_expiry=_tells(data, "expires_at"),
        budgets=_read_budgets(data),
        free_quota=_read_free_quota(data),
        allowed_data_regions=_read_regions(data),
        account=fields.text(data, "organization_id") or fields.text(data, "creator_user_id"),
        workspace=fields.text(data, "workspace_id"),
        in_organization=fields.text(data, "organization_id") is not None,
        label=fields.text(data, "label") or "",
    )


def read_credits(body: Json) -> Credits | None:
    """`GET /credits`."""
    data = fields.record(body, "data")
    if data is None:
        return None
    total, used = fields.number(data, "total_credits"), fields.number(data, "total_usage")
    return None if total is None or used is None else Credits(total=total, used=used)


def read_key_record(body: Json) -> KeyRecord | None:
    """`GET /keys/{hash}`."""
    data = fields.record(body, "data")
    return None if data is None else _read_key_record(data)


def read_key_records(body: Json) -> tuple[KeyRecord, ...] | None:
    """`GET /keys`: one page of them; a row without a hash is no key's."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    return tuple(record for row in rows if (record := _read_key_record(row)) is not None)


def _read_key_record(data: Json) -> KeyRecord | None:
    name = fields.text(data, "hash")
    if name is None:
        return None
    return KeyRecord(
        hash=name,
        name=fields.text(data, "name"),
        disabled=fields.flag(data, "disabled"),
        limit=fields.number(data, "limit"),
        limit_remaining=fields.number(data, "limit_remaining"),
        limit_reset=fields.text(data, "limit_reset"),
        usage=_read_usage(data, "usage"),
        byok_usage=_read_usage(data, "byok_usage"),
        created_at=fields.moment(data, "created_at"),
        expires_at=fields.moment(data, "expires_at"),
        last_used_at=fields.moment(data, "last_used_at"),
        tells_expiry=_tells(data, "expires_at"),
        label=fields.text(data, "label"),
        include_byok_in_limit=fields.flag(data, "include_byok_in_limit") or False,
        updated_at=fields.moment(data, "updated_at"),
        creator_user_id=fields.text(data, "creator_user_id"),
        workspace_id=fields.text(data, "workspace_id"),
        external_user=fields.text(data, "external_user"),
    )


def _tells(data: Json, name: str) -> bool:
    """True where the time of that name is given, as a moment or as null."""
    return name in data and (data[name] is None or fields.moment(data, name) is not None)


def _read_usage(data: Json, name: str) -> Usage:
    return Usage(
        total=fields.number(data, name),
        daily=fields.number(data, f"{name}_daily"),
        weekly=fields.number(data, f"{name}_weekly"),
        monthly=fields.number(data, f"{name}_monthly"),
    )


def _read_budgets(data: Json) -> tuple[Budget, ...]:
    """Read every budget; the effective one joins them where it is lower."""
    listed = tuple(map(_read_budget, fields.records(data, "budgets") or ()))
    effective = fields.record(data, "effective_budget")
    if effective is None:
        return listed
    first = _read_budget(effective)
    known = [budget.remaining for budget in listed if budget.remaining is not None]
    is_lower = first.remaining is not None and (not known or first.remaining < min(known))
    return (*listed, first) if is_lower or not listed else listed


def _read_regions(data: Json) -> tuple[str, ...] | None:
    """Read the regions; an undocumented form counts as absent."""
    regions = fields.texts(data, "allowed_data_regions")
    return regions if regions or data.get("allowed_data_regions") == [] else None


def _read_budget(data: Json) -> Budget:
    return Budget(
        scope=fields.word(data, "scope") or "budget",
        limit=fields.number(data, "limit_usd"),
        spent=fields.number(data, "spend_usd"),
        remaining=fields.number(data, "remaining_usd"),
        reset_interval=fields.word(data, "reset_interval"),
        resets_at=fields.moment(data, "resets_at"),
        include_byok=fields.flag(data, "include_byok") or False,
        id=fields.text(data, "guardrail_id") or fields.text(data, "budget_id"),
    )


def _read_free_quota(data: Json) -> FreeQuota | None:
    quota = fields.record(data, "free_model_daily_requests")
    if quota is None:
        return None
    return FreeQuota(
        used=fields.whole(quota, "used"), limit=fields.whole(quota, "limit"), remaining=fields.whole(quota, "remaining")
    )
