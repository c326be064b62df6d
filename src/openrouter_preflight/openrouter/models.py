"""Typed models of OpenRouter's lists. Field meanings: API.md §5.

As in `answers`, a reader returns None where the body is not that kind of answer at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openrouter_preflight.openrouter import json_fields as fields

if TYPE_CHECKING:
    from decimal import Decimal

    from openrouter_preflight.openrouter.json_fields import Json


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
    )


def _price(pricing: Json, name: str) -> Decimal | None:
    """Return USD for one token; None for a router's price, which is -1."""
    price = fields.number(pricing, name)
    return None if price is None or price < 0 else price
