"""Typed answers about spending: an account's activity, and a completion."""

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
    """Spending of an account in one completed UTC day."""

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
    error_status: int | None = None
    """The code of an error that ended it (0 where it has none): then it is not an answer (API.md §3)."""


def read_activity(body: Json) -> tuple[ActivityDay, ...] | None:
    """Read `GET /activity`: days with spending, oldest first."""
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
    choices = fields.records(body, "choices")
    if not choices:
        return None
    usage = fields.record(body, "usage") or {}
    error = fields.record(choices[0], "error") or fields.record(body, "error")
    failed = error is not None or fields.text(choices[0], "finish_reason") == "error"
    return Completion(
        model=fields.text(body, "model"),
        cost=fields.number(usage, "cost"),
        error_status=(fields.whole(error or {}, "code") or 0) if failed else None,
    )
