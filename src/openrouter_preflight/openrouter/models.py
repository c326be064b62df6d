"""Typed models of OpenRouter's lists. Field meanings: API.md §5.

As in `answers`, a reader returns None where the body is not that kind of answer at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.openrouter import json_fields as fields

if TYPE_CHECKING:
    from decimal import Decimal

    from openrouter_preflight.openrouter.json_fields import Json


_TIMES: Final = ("utc_start", "utc_end", "utc_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The highest price that can apply."""

    usd: Decimal
    """For one token. A discount is left out of it: `pricing.discount` makes a price lower, if anything."""
    condition: str = ""
    """When it applies, as the end of a sentence; empty where it always does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A row of `GET /models/user` or `GET /models`."""

    id: str
    canonical_slug: str | None
    context_length: int | None
    prompt_price: Decimal | None
    """USD for one token; None for a router."""
    completion_price: Decimal | None
    """USD for one token; None for a router."""
    supported_parameters: tuple[str, ...]
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    expiration_date: str | None
    """YYYY-MM-DD: it may be removed after that day."""
    alias_target: str | None
    """The id of the row that a `~author/family-latest` row stands for."""
    max_completion_tokens: int | None = None
    highest_prompt_price: Price | None = None
    """The prompt's price where it is dearest; None for a router."""
    highest_completion_price: Price | None = None
    """The completion's price where it is dearest; None for a router."""
    created: int | None = None
    """Seconds since 1970."""


def read_models(body: Json) -> tuple[Model, ...] | None:
    """`GET /models/user` and `GET /models`; a row without an id is no model."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    return tuple(_read_model(row, name) for row in rows if (name := fields.text(row, "id")))


def read_model(body: Json) -> Model | None:
    """`GET /model/{author}/{slug}`."""
    data = fields.record(body, "data")
    name = fields.text(data, "id") if data is not None else None
    return None if data is None or name is None else _read_model(data, name)


def _read_model(row: Json, name: str) -> Model:
    pricing = fields.record(row, "pricing") or {}
    provider = fields.record(row, "top_provider") or {}
    target = fields.record(row, "alias_target") or {}
    architecture = fields.record(row, "architecture") or {}
    return Model(
        id=name,
        canonical_slug=fields.text(row, "canonical_slug"),
        context_length=fields.whole(row, "context_length"),
        prompt_price=_price(pricing, "prompt"),
        completion_price=_price(pricing, "completion"),
        supported_parameters=fields.texts(row, "supported_parameters") or (),
        input_modalities=fields.texts(architecture, "input_modalities") or (),
        output_modalities=fields.texts(architecture, "output_modalities") or (),
        expiration_date=fields.text(row, "expiration_date"),
        alias_target=fields.text(target, "slug") or fields.text(row, "alias_target"),
        max_completion_tokens=fields.whole(provider, "max_completion_tokens"),
        highest_prompt_price=highest_price(pricing, "prompt"),
        highest_completion_price=highest_price(pricing, "completion"),
        created=fields.whole(row, "created"),
    )


def _price(pricing: Json, name: str) -> Decimal | None:
    """Return USD for one token; None for a router's price, which is -1."""
    price = fields.number(pricing, name)
    return None if price is None or price < 0 else price


def highest_price(pricing: Json, kind: str) -> Price | None:
    """Return the highest price of `kind`; None for a router's, which is -1.

    Of the overrides whose conditions hold the last one wins; one that a later one always replaces never applies.
    """
    base = fields.number(pricing, kind)
    if base is None or base < 0:
        return None
    highest = Price(usd=base)
    entries = [entry for entry in fields.records(pricing, "overrides") or () if fields.number(entry, kind) is not None]
    for place, entry in enumerate(entries):
        price = fields.number(entry, kind)
        is_replaced = any(_holds_whenever(later, entry) for later in entries[place + 1 :])
        if price is not None and price > highest.usd and not is_replaced:
            highest = Price(usd=price, condition=_condition(entry))
    return highest


def _holds_whenever(later: Json, earlier: Json) -> bool:
    """Return True where `later` holds wherever `earlier` does."""
    least, most = fields.number(later, "min_prompt_tokens"), fields.number(earlier, "min_prompt_tokens")
    covers_tokens = least is None or (most is not None and least <= most)
    same_times = all(later.get(name) is None or later.get(name) == earlier.get(name) for name in _TIMES)
    return covers_tokens and same_times


def _condition(entry: Json) -> str:
    parts = []
    tokens = fields.whole(entry, "min_prompt_tokens")
    if tokens is not None:
        parts.append(f"for prompts over {tokens:,} tokens")
    start, end = fields.whole(entry, "utc_start"), fields.whole(entry, "utc_end")
    if start is not None and end is not None:
        parts.append(f"from {start // 100:02}:{start % 100:02} to {end // 100:02}:{end % 100:02} UTC")
    if entry.get("utc_days"):
        parts.append("on some days")
    return " ".join(parts) or "under a condition"
