"""The keys of an account as rows, the biggest spender first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import KeyState
from openrouter_preflight.reports import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from openrouter_preflight.findings import KeyStatus, Outcome

COMMAND: Final = "audit"
"""The command whose report is this table."""
HEADINGS: Final = (
    *("KEY", "FINGERPRINT", "WORKSPACE", "STATE", "THIS MONTH", "SHARE", "TOTAL"),
    *("LIMIT", "LAST USED", "AGE", "EXPIRES"),
)
SHARE: Final = HEADINGS.index("SHARE")
_RIGHT: Final = frozenset({"THIS MONTH", "TOTAL", "AGE"})
_DISPENSABLE: Final = ("AGE", "WORKSPACE", "LIMIT", "EXPIRES", "TOTAL", "STATE")
"""Columns that go, the first one first, where a terminal is too narrow for all."""
_GAP: Final = "  "
_LONGEST_NAME: Final = 32
_SHORT: Final = 12
"""Digits of a fingerprint: enough for `revoke`."""
_BLOCKS: Final = 8


def shares(keys: Sequence[KeyStatus]) -> list[Decimal]:
    """Return each key's share, 0 to 1, of this month's spend, or of all spend."""
    months = [_month(key) for key in keys]
    spent = months if sum(months) > 0 else [_total(key) for key in keys]
    whole = sum(spent)
    return [each / whole if whole > 0 else Decimal(0) for each in spent]


def cells(key: KeyStatus, share: Decimal, now: datetime) -> tuple[str, ...]:
    """One key's cells under HEADINGS; empty where nothing is known."""
    return (
        key.name,
        (key.fingerprint or "")[:_SHORT],
        key.workspace or "",
        "disabled" if key.disabled else key.state.value,
        words.usd(_month(key)),
        f"{bar(share)} {percent(share)}",
        words.usd(_total(key)),
        _limit(key),
        _last_used(key, now),
        words.count((now - key.created_at).days, "day") if key.created_at else "",
        _expiry(key, now),
    )


def bar(share: Decimal) -> str:
    """Return eight blocks, full by the share; one at least for anything at all."""
    full = max(round(share * _BLOCKS), 1) if share > 0 else 0
    return "█" * full + "░" * (_BLOCKS - full)


def percent(share: Decimal) -> str:
    """`62 %`; what is less than one is not nothing."""
    return "<1 %" if 0 < share < Decimal("0.005") else f"{round(share * 100)} %"


def table(keys: Sequence[KeyStatus], now: datetime, width: int, most: int | None = None) -> list[str]:
    """Return a heading and an aligned row for each of the first `most` keys.

    Shares are of all keys. Columns in which nothing is known, and those with no room, are left out.
    """
    shown = zip(keys[:most], shares(keys), strict=False)
    rows = [HEADINGS, *(_shortened(cells(key, share, now)) for key, share in shown)]
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    one_workspace = len({key.workspace for key in keys}) == 1
    columns = [column for column in columns if not (one_workspace and column[0] == "WORKSPACE")]
    for heading in _DISPENSABLE:
        if _width(columns) <= width:
            break
        columns = [column for column in columns if column[0] != heading]
    padded = [_padded(column) for column in columns]
    return [_GAP.join(row).rstrip() for row in zip(*padded, strict=True)]


def account(outcome: Outcome) -> str:
    """Return the account's balance and this month's spend in one sentence."""
    month = sum(map(_month, outcome.keys), Decimal(0))
    spent = f"{words.count(len(outcome.keys), 'key')} spent {words.usd(month)} this month"
    known = outcome.account
    if known is None or known.balance_usd is None or known.credits_usd is None:
        return f"{spent[:1].upper()}{spent[1:]}."
    return f"The account has {words.usd(known.balance_usd)} left of {words.usd(known.credits_usd)} bought; {spent}."


def _padded(column: Sequence[str]) -> list[str]:
    size = max(map(len, column))
    return [cell.rjust(size) if column[0] in _RIGHT else cell.ljust(size) for cell in column]


def _width(columns: Sequence[Sequence[str]]) -> int:
    return sum(max(map(len, column)) for column in columns) + len(_GAP) * (len(columns) - 1)


def _shortened(row: tuple[str, ...]) -> tuple[str, ...]:
    name, *rest = row
    return (name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…", *rest)


def _month(key: KeyStatus) -> Decimal:
    return key.usage.month or Decimal(0) if key.usage is not None else Decimal(0)


def _total(key: KeyStatus) -> Decimal:
    return key.usage.total or Decimal(0) if key.usage is not None else Decimal(0)


def _limit(key: KeyStatus) -> str:
    ceiling = next((each for each in key.ceilings if each.limit is not None), None)
    if ceiling is None or ceiling.limit is None:
        return "none"
    return f"{words.usd(ceiling.limit)} {ceiling.reset_interval or 'in all'}"


def _last_used(key: KeyStatus, now: datetime) -> str:
    """Return the last use; spend tells of uses before 2026."""
    if key.last_used_at is not None:
        return "today" if key.last_used_at.date() == now.date() else words.until(key.last_used_at, now)
    return "before 2026" if _total(key) > 0 else "never"


def _expiry(key: KeyStatus, now: datetime) -> str:
    if key.expires_at is None:
        return "never"
    return "expired" if key.state is KeyState.EXPIRED else words.until(key.expires_at, now)
