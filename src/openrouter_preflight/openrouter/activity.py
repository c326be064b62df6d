"""What money was spent on, typed as in `answers`: the account's activity, and the answer to one completion."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from openrouter_preflight.openrouter import json_fields as fields

if TYPE_CHECKING:
    from datetime import date

    from openrouter_preflight.openrouter.json_fields import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDay:
    """What an account spent in one completed UTC day, over all its keys and models."""

    day: date
    spent: Decimal
    """USD drawn from the account's credit."""
    byok: Decimal
    """USD paid to providers with the account's own keys there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The answer to a tiny completion: only what it cost is of interest."""

    model: str | None
    cost: Decimal | None
    """USD."""


def read_activity(body: Json) -> tuple[ActivityDay, ...] | None:
    """`GET /activity`: the days that have any, oldest first; each comes as a row for every model and endpoint."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    spent: dict[date, Decimal] = {}
    byok: dict[date, Decimal] = {}
    for row in rows:
        at = fields.moment(row, "date")
        if at is not None:
            spent[at.date()] = spent.get(at.date(), Decimal(0)) + (fields.number(row, "usage") or 0)
            byok[at.date()] = byok.get(at.date(), Decimal(0)) + (fields.number(row, "byok_usage_inference") or 0)
    return tuple(ActivityDay(day=day, spent=spent[day], byok=byok[day]) for day in sorted(spent))


def read_completion(body: Json) -> Completion | None:
    """`POST /chat/completions`, where it holds at least one choice."""
    if not fields.records(body, "choices"):
        return None
    usage = fields.record(body, "usage") or {}
    return Completion(model=fields.text(body, "model"), cost=fields.number(usage, "cost"))
