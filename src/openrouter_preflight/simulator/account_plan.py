"""Accounts as scenarios describe them, in days ago and dollars left.

Plans hold no hash, no date and no secret, so that one plan holds whenever it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

from openrouter_preflight.simulator.account import ZERO, Account, Budget, Key, Scope, Spend, Use, Workspace
from openrouter_preflight.simulator.clock import Interval, midnight, window_start
from openrouter_preflight.simulator.equipment import EquipmentPlan, open_equipment, uuid
from openrouter_preflight.simulator.spending import total_usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from openrouter_preflight.keys import ApiKey

HISTORY = 30
"""Completed UTC days of activity, as many as `/activity` shows (API.md §6)."""

_CENT_OF_A_CENT = Decimal("0.0001")
_SHARES = {"anthropic/claude-sonnet-4.5": Decimal("0.7"), "openai/gpt-4o-mini": Decimal("0.3")}
_TOKENS_A_DOLLAR = 100_000
_REQUESTS_A_DOLLAR = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendPattern:
    """Spending day by day over the past, and over the part of today that is gone."""

    daily: Decimal
    """USD on a day whose factor is 1."""
    week: tuple[Decimal, ...] = (Decimal(1),) * 7
    """A factor for each day from Monday to Sunday."""
    extra: Mapping[int, Decimal] = field(default_factory=dict)
    """USD on top, by how many days ago."""
    from_days_ago: int = HISTORY
    to_days_ago: int = 0
    byok_share: Decimal = ZERO
    """Spending through providers' own keys, as a share of the spending."""

    def days(self, now: datetime) -> Iterator[tuple[date, Decimal]]:
        """Each day that has spending, and how much in USD."""
        gone_of_today = Decimal((now - midnight(now.date())) // timedelta(seconds=1)) / 86_400
        for back in range(self.from_days_ago, self.to_days_ago - 1, -1):
            day = now.date() - timedelta(days=back)
            usd = self.daily * self.week[day.weekday()] * (1 if back else gone_of_today)
            usd = (usd + self.extra.get(back, ZERO)).quantize(_CENT_OF_A_CENT)
            if usd:
                yield day, usd


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlan:
    """One key. Money is USD; times are relative to the moment the account is opened."""

    name: str = "CI key"
    management: bool = False
    limit: Decimal | None = None
    limit_reset: Interval | None = None
    include_byok_in_limit: bool = False
    spent: Decimal = ZERO
    """Spent so far in the current window of `limit_reset`, evenly over its days; over 30 days if it never resets."""
    spent_within: Interval | None = None
    """The window of `spent`, where it is not that of the limit."""
    spend_pattern: SpendPattern | None = None
    age: timedelta = timedelta(days=45)
    token_lifetime: timedelta | None = None
    """Given: the secret is a workload-identity token that acts as this key for so long."""
    expires_in: timedelta | None = None
    """Negative for a key that has expired."""
    disabled: bool = False
    deleted: bool = False
    """The key was made and is no more: the service does not know it."""
    oauth: bool = False
    """It was made by OAuth, so that no list and no look-up tells of it."""
    has_creator: bool = True
    workspace: str = "default"
    """The slug of its workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPlan:
    """One budget of a guardrail or a workspace."""

    scope: Scope
    limit: Decimal
    reset: Interval | None = None
    include_byok: bool = False
    keys: tuple[str, ...] | None = None
    """Names of the keys it covers; None covers all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPlan:
    """One account."""

    keys: Mapping[str, KeyPlan]
    balance: Decimal = Decimal(250)
    """Credit left, in USD: what was bought is this and everything spent."""
    never_paid: bool = False
    """The account never bought credit, and has none."""
    budgets: tuple[BudgetPlan, ...] = ()
    regions: tuple[str, ...] = ("global",)
    workspaces: tuple[str, ...] = ("Research",)
    """Names of the workspaces beside the default one; a slug is the name in lower case."""
    equipment: EquipmentPlan = field(default_factory=EquipmentPlan)
    max_lifetime: timedelta | None = None


def open_account(plan: AccountPlan, secrets: Mapping[str, ApiKey], rng: Random, now: datetime) -> Account:
    """Return the account that `plan` describes at `now`, with these keys."""
    workspaces = (
        Workspace(id=uuid(rng), name="Default", slug="default", created_at=now - timedelta(days=400)),
        *(
            Workspace(id=uuid(rng), name=name, slug=name.lower(), created_at=now - timedelta(days=90))
            for name in plan.workspaces
        ),
    )
    account = Account(
        user_id=f"user_{rng.getrandbits(128):032x}",
        workspaces=workspaces,
        credits=ZERO,
        budgets=tuple(_budget(budget, secrets, rng) for budget in sorted(plan.budgets, key=_order_of_enforcement)),
        regions=plan.regions,
        max_lifetime=plan.max_lifetime,
    )
    for name, key in plan.keys.items():
        if not key.deleted:
            account = with_planned_key(account, key, secrets[name], now)
    equipment = open_equipment(
        plan.equipment,
        {name: secret.fingerprint for name, secret in secrets.items()},
        {workspace.slug: workspace.id for workspace in workspaces},
        rng,
        now,
    )
    account = replace(account, equipment=equipment)
    return account if plan.never_paid else replace(account, credits=total_usage(account) + plan.balance)


def with_planned_key(account: Account, plan: KeyPlan, secret: ApiKey, now: datetime) -> Account:
    """The account with one more key and its past spending; the credit stays as it was."""
    spends = tuple(_spends(plan, secret.fingerprint, now))
    uses = tuple(_use(spend, now) for spend in spends)
    workspaces = {workspace.slug: workspace.id for workspace in account.workspaces}
    key = Key(
        hash=secret.fingerprint,
        label=secret.label,
        name=plan.name,
        created_at=now - plan.age,
        workspace_id=workspaces[plan.workspace],
        management=plan.management,
        oauth=plan.oauth,
        has_creator=plan.has_creator,
        last_used_at=max((use.at for use in uses), default=None),
        expires_at=None if plan.expires_in is None else now + plan.expires_in,
        disabled=plan.disabled,
        limit=plan.limit,
        limit_reset=plan.limit_reset,
        include_byok_in_limit=plan.include_byok_in_limit,
    )
    return replace(account.with_key(key), ledger=(*account.ledger, *spends), uses=(*account.uses, *uses))


def _use(spend: Spend, now: datetime) -> Use:
    """A day's uses, all of them at noon."""
    at = min(now, midnight(spend.day) + timedelta(hours=12))
    return Use(at=at, key=spend.key, model=spend.model, usd=spend.usd, requests=spend.requests)


def _order_of_enforcement(budget: BudgetPlan) -> int:
    return get_args(Scope).index(budget.scope)


def _budget(plan: BudgetPlan, secrets: Mapping[str, ApiKey], rng: Random) -> Budget:
    covered = None if plan.keys is None else frozenset(secrets[name].fingerprint for name in plan.keys)
    return Budget(
        scope=plan.scope,
        limit=plan.limit,
        id=uuid(rng),
        reset=plan.reset,
        include_byok=plan.include_byok,
        keys=covered,
    )


def _spends(plan: KeyPlan, key_hash: str, now: datetime) -> Iterator[Spend]:
    for day, usd in _evenly(plan.spent, plan.spent_within or plan.limit_reset, now):
        yield from _rows(key_hash, day, usd, ZERO)
    if plan.spend_pattern:
        for day, usd in plan.spend_pattern.days(now):
            yield from _rows(key_hash, day, usd, plan.spend_pattern.byok_share)


def _evenly(usd: Decimal, window: Interval | None, now: datetime) -> Iterator[tuple[date, Decimal]]:
    """Yield the window's days up to today, each with its part of `usd`."""
    if not usd:
        return
    today = now.date()
    first = max(window_start(window, now), today - timedelta(days=HISTORY - 1))
    days = (today - first).days
    part = (usd / (days + 1)).quantize(_CENT_OF_A_CENT)
    for back in range(days, 0, -1):
        yield today - timedelta(days=back), part
    yield today, usd - part * days


def _rows(key_hash: str, day: date, usd: Decimal, byok_share: Decimal) -> Iterator[Spend]:
    left = usd
    for number, (model, share) in enumerate(_SHARES.items(), start=1):
        part = left if number == len(_SHARES) else (usd * share).quantize(_CENT_OF_A_CENT)
        left -= part
        yield Spend(
            day=day,
            key=key_hash,
            model=model,
            usd=part,
            byok_usd=part * byok_share,
            requests=max(1, int(part * _REQUESTS_A_DOLLAR)),
            prompt_tokens=int(part * _TOKENS_A_DOLLAR * 3 // 4),
            completion_tokens=int(part * _TOKENS_A_DOLLAR // 4),
        )
