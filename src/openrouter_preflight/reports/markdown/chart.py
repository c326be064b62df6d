"""Small charts of block characters, which every Markdown renderer shows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.reports import words
from openrouter_preflight.reports.markdown.inline import code, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.findings import Ceiling, KeyStatus

_BLOCKS: Final = 20
_LEVELS: Final = "▁▂▃▄▅▆▇█"
_DAYS: Final = 30
_CEILINGS: Final = 10


def charts(keys: Sequence[KeyStatus]) -> list[str]:
    """Tables of budgets and of spend by day; empty where neither is known."""
    budgets = [row for key in keys for row in _budgets(key)]
    spends = [row for key in keys for row in _spend(key)]
    drawn = [table(["Key", "Ceiling", "", "Left", "Spent", "Resets", ""], budgets)] if budgets else []
    return [*drawn, *([table(["Key", "Spend by day", "", "Highest day"], spends)] if spends else [])]


def _budgets(key: KeyStatus) -> Iterable[list[str]]:
    binds = words.binding_ceiling(key)
    for ceiling in key.ceilings[:_CEILINGS]:
        of = f" of {words.usd(ceiling.limit)}" if ceiling.limit is not None else ""
        yield [
            code(key.name),
            plain(words.ceiling_name(ceiling.name)),
            f"`{_bar(ceiling)}`" if ceiling.limit is not None and ceiling.limit > 0 else "",
            plain(f"{words.left(ceiling)}{of}"),
            plain(words.usd(ceiling.spent)) if ceiling.spent is not None else "-",
            plain(words.reset_of(ceiling)) or "-",
            "**applies**" if ceiling is binds else "",
        ]


def _bar(ceiling: Ceiling) -> str:
    """Return full blocks for what is left: none only when nothing is."""
    share = ceiling.remaining / ceiling.limit if ceiling.limit else 0
    full = min(_BLOCKS, max(0, int(share * _BLOCKS)))
    full = 1 if ceiling.remaining > 0 and not full else full
    return "█" * full + "░" * (_BLOCKS - full)


def _spend(key: KeyStatus) -> Iterable[list[str]]:
    days = key.daily_spend_usd[-_DAYS:]
    if not days:
        return
    day, most = max(days, key=lambda spend: spend[1])
    line = "".join(_level(spent, most) for _, spent in days)
    span = f"{days[0][0]:%Y-%m-%d} to {days[-1][0]:%Y-%m-%d}"
    yield [code(key.name), f"`{line}`", span, plain(f"{words.usd(most)} on {day:%Y-%m-%d}")]


def _level(spent: Decimal, most: Decimal) -> str:
    """Return a block for the day's share of the highest day."""
    share = max(spent, Decimal(0)) / most if most > 0 else 0
    return _LEVELS[int(share * (len(_LEVELS) - 1))]
