"""The state of a small OpenRouter account: keys, budgets, credit, a ledger.

Every figure that any endpoint shows is worked out of this state by `simulator.spending`, so that they all agree.
Frozen data only: no HTTP, no JSON, and no secret (a key is known by its hash, as the service knows it).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from openrouter_preflight.simulator.equipment import Equipment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

    from openrouter_preflight.simulator.clock import Interval

Scope = Literal["workspace_default_member", "workspace_default_key", "member", "api_key", "workspace"]
"""The layers of budgets in the order in which enforcement checks them; the key's own limit comes after (API.md §1)."""

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One API key as the account knows it. Money is USD."""

    hash: str
    """SHA-256 of the key, lower-case hex (API.md §4)."""
    label: str
    name: str
    created_at: datetime
    workspace_id: str
    management: bool = False
    oauth: bool = False
    """Made by OAuth: like a management key it is in no list, and no look-up by hash finds it (API.md §6)."""
    has_creator: bool = True
    updated_at: datetime | None = None
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    disabled: bool = False
    limit: Decimal | None = None
    limit_reset: Interval | None = None
    include_byok_in_limit: bool = False

    @property
    def is_listed(self) -> bool:
        """True where the management API lists it."""
        return not (self.management or self.oauth)

    def outlives(self, lifetime: timedelta | None) -> bool:
        """True where it lives longer than the account's maximum key lifetime."""
        if lifetime is None or self.management:
            return False
        return self.expires_at is None or self.expires_at - self.created_at > lifetime

    def expired(self, now: datetime) -> bool:
        """True once its expiry date has come."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A ceiling of a guardrail or a workspace, shared by the keys it covers."""

    scope: Scope
    limit: Decimal
    id: str
    reset: Interval | None = None
    include_byok: bool = False
    keys: frozenset[str] | None = None
    """Hashes of the keys it covers; None covers every key of the account."""

    def covers(self, key_hash: str) -> bool:
        """True where that key's spending counts, and is stopped by it."""
        return self.keys is None or key_hash in self.keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """Spending of one key on one model in one UTC day, the unit of every window."""

    day: date
    key: str
    """The key's hash."""
    model: str
    usd: Decimal
    byok_usd: Decimal = ZERO
    """Paid to the provider directly; never drawn from the account's credit."""
    requests: int = 1
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0

    def plus(self, other: Spend) -> Spend:
        """Both rows of the same day, key and model in one."""
        return replace(
            self,
            usd=self.usd + other.usd,
            byok_usd=self.byok_usd + other.byok_usd,
            requests=self.requests + other.requests,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a key, or a day's uses in the past: what `/analytics/query` counts."""

    at: datetime
    key: str
    """The key's hash."""
    model: str
    usd: Decimal
    requests: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace; the first of an account is its default."""

    id: str
    name: str
    slug: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Everything the service knows of one account. Changes make a new one."""

    user_id: str
    workspaces: tuple[Workspace, ...]
    credits: Decimal
    """Everything ever bought."""
    keys: Mapping[str, Key] = field(default_factory=dict)
    """By hash, oldest first."""
    budgets: tuple[Budget, ...] = ()
    """In the order in which enforcement checks them."""
    ledger: tuple[Spend, ...] = ()
    uses: tuple[Use, ...] = ()
    equipment: Equipment = field(default_factory=Equipment)
    max_lifetime: timedelta | None = None
    """The longest that a key may live; None: the account has no such policy."""
    regions: tuple[str, ...] = ("global",)

    def with_key(self, key: Key) -> Account:
        """The account with `key` added, or changed where its hash is known."""
        return replace(self, keys={**self.keys, key.hash: key})

    def without_key(self, key_hash: str) -> Account:
        """The account after that key was deleted; what it spent stays spent."""
        kept = {known: key for known, key in self.keys.items() if known != key_hash}
        return replace(self, keys=kept, equipment=self.equipment.without_key(key_hash))

    def charged(self, spend: Spend, now: datetime) -> Account:
        """The account after `spend`, which also counts as a use of its key."""
        same = [row for row in self.ledger if (row.day, row.key, row.model) == (spend.day, spend.key, spend.model)]
        rest = tuple(row for row in self.ledger if row not in same)
        use = Use(at=now, key=spend.key, model=spend.model, usd=spend.usd, requests=spend.requests)
        for row in same:
            spend = row.plus(spend)
        used = replace(self.keys[spend.key], last_used_at=now)
        return replace(self.with_key(used), ledger=(*rest, spend), uses=(*self.uses, use))

    def last_used(self, key: Key, seen_until: datetime) -> datetime | None:
        """When `key` was last used, as far as uses up to that moment are recorded."""
        if key.last_used_at is None or key.last_used_at <= seen_until:
            return key.last_used_at
        return max((use.at for use in self.uses if use.key == key.hash and use.at <= seen_until), default=None)
