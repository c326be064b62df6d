"""Expected spending of each key, and of all keys of its account. Pure.

Activity (a management key) tells what the account spends; what each key spends is its part of that, by its own usage.
Without activity each key's own usage is all there is, and the account is drained by the keys of the workspace where
those were listed, else by the keys that are checked. A key that is checked under two names spends once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from openrouter_preflight.health.money import spend_rate
from openrouter_preflight.health.money.burn_rate import NOTHING, Spending, overridden
from openrouter_preflight.health.money.runway import Week, even

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.openrouter.answers import Credits, KeyInfo, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """Recent spending of one key. None: nothing is known."""

    key: Week | None = None
    key_byok: Week = NOTHING
    account: Week | None = None
    """By the account's activity, or by all keys of the key's workspace; None where neither was told."""
    account_byok: Week = NOTHING
    basis: str = ""
    days: tuple[tuple[date, Decimal], ...] = ()
    usage: Usage | None = None
    byok_usage: Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """One key of an account, with its past and what is expected of it."""

    past: _Past
    expected: Week | None
    is_told: bool
    """True where --expected-spend overrides the past."""


def spending_of(gathered: Sequence[Facts], now: datetime) -> tuple[Spending, ...]:
    """Return the expected spending of each key, in order, beside the others."""
    members = [_member(facts, now) for facts in gathered]
    accounts: dict[object, dict[object, _Member]] = defaultdict(dict)
    for facts, member in zip(gathered, members, strict=True):
        accounts[_account_of(facts)].setdefault(_identity(facts), member)
    return tuple(
        _in_company(member, tuple(accounts[_account_of(facts)].values()), now)
        for facts, member in zip(gathered, members, strict=True)
    )


def _member(facts: Facts, now: datetime) -> _Member:
    past, daily = _past(facts, now), facts.target.gates.expected_spend
    return _Member(past=past, expected=past.key if daily is None else even(daily), is_told=daily is not None)


def _in_company(mine: _Member, workspace_keys: Sequence[_Member], now: datetime) -> Spending:
    past = mine.past
    seen = next((member.past for member in (mine, *workspace_keys) if member.past.account is not None), None)
    account = seen.account if seen is not None else None
    byok = seen.account_byok if seen is not None else _sum(member.past.key_byok for member in workspace_keys)
    told = tuple(
        (member.past.key or NOTHING, member.expected)
        for member in workspace_keys
        if member.is_told and member.expected is not None
    )
    return Spending(
        now=now,
        key=mine.expected,
        past=past.key,
        key_byok=past.key_byok,
        account=_sum(member.expected for member in workspace_keys) if account is None else overridden(account, told),
        account_byok=byok or NOTHING,
        account_past=account,
        told=told,
        basis="as --expected-spend says" if mine.is_told else past.basis,
        days=past.days,
        usage=past.usage,
        byok_usage=past.byok_usage,
    )


def _sum(weeks: Iterable[Week | None]) -> Week | None:
    """The sum of what is known; None where nothing is."""
    known = [week for week in weeks if week is not None]
    return sum(known[1:], start=known[0]) if known else None


def _past(facts: Facts, now: datetime) -> _Past:
    info = facts.key_info
    if info is None:
        return _Past()
    activity = (facts.activity.data if facts.activity is not None else None) or ()
    spent = spend_rate.history({day.day: day.spent for day in activity}, now)
    account = spend_rate.week_of(spent)
    if account is None:
        return _by_own_usage(facts, info, tuple(spent.items()), now)
    byok = spend_rate.history({day.day: day.byok for day in activity}, now)
    account_byok = spend_rate.week_of(byok) or NOTHING
    return _Past(
        key=account.scaled(_share(info.usage, spent, now, facts.account.data if facts.account else None)),
        key_byok=account_byok.scaled(_share(info.byok_usage, byok, now)),
        account=account,
        account_byok=account_byok,
        basis=f"by the account's last {len(spent)} days",
        days=tuple(spent.items()),
        usage=info.usage,
        byok_usage=info.byok_usage,
    )


def _share(usage: Usage, series: spend_rate.Series, now: datetime, account: Credits | None = None) -> Decimal:
    """The key's part of the account's spending; all of it where nothing tells.

    On a first of a month that is a Monday no window has a completed day: then its part of all that was ever spent
    stands in, or its pace of today where that is faster.
    """
    part = spend_rate.share(usage, series, now)
    if part is not None:
        return part
    pace = spend_rate.pace(usage, series, now)
    if account is None or account.used <= 0 or usage.total is None or pace is None:
        return Decimal(1)
    return min(max(usage.total / account.used, pace), Decimal(1))


def _by_own_usage(facts: Facts, info: KeyInfo, days: tuple[tuple[date, Decimal], ...], now: datetime) -> _Past:
    created_at = facts.record.data.created_at if facts.record is not None and facts.record.data is not None else None
    key, byok = _own_rates(info.usage, info.byok_usage, created_at, now)
    living = [each for each in facts.workspace_keys or () if not each.disabled and (each.expires_at or now) >= now]
    workspace_keys = [_own_rates(each.usage, each.byok_usage, each.created_at, now) for each in living]
    return _Past(
        key=key,
        key_byok=byok,
        account=_sum(rate for rate, _ in workspace_keys),
        account_byok=_sum(rate for _, rate in workspace_keys) or NOTHING,
        basis="by what the keys of its workspace spent of late" if workspace_keys else "by what the key spent of late",
        days=days,
        usage=info.usage,
        byok_usage=info.byok_usage,
    )


def _own_rates(usage: Usage, byok_usage: Usage, created_at: datetime | None, now: datetime) -> tuple[Week | None, Week]:
    """Return one key's expected rates here and at providers, or None."""
    rate = spend_rate.own_rate(usage, now, created_at=created_at)
    byok = spend_rate.own_rate(byok_usage, now, created_at=created_at)
    # A key that spends at providers only is known to spend nothing here.
    here = None if rate is None and byok is None else even(rate or Decimal(0))
    return here, NOTHING if byok is None else even(byok)


def _account_of(facts: Facts) -> object:
    """Return the common name of keys of one account."""
    info = facts.key_info
    if facts.account_is_certain:
        return True
    return info.account if info is not None and info.account is not None else _identity(facts)


def _identity(facts: Facts) -> object:
    """Equal for a key that is checked under two names."""
    return facts.target.diagnosis.key or facts.target.name
