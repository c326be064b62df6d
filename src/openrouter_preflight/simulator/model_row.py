"""Model: one row of the catalogue, and its form in the API (API.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openrouter_preflight.simulator.clock import midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUFFIXES = (":nitro", ":floor", ":exacto", ":online")
"""Variants that may follow any model and are not rows of their own (API.md §5)."""

CHAT = ("max_tokens", "temperature", "top_p", "stop", "seed", "response_format", "structured_outputs")
TOOLS = (*CHAT, "tools", "tool_choice")
REASONING = (*TOOLS, "reasoning", "include_reasoning")

_PER_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model, with prices in USD per million tokens; the API has them per token."""

    id: str
    name: str
    prompt: Decimal | None
    """None for a router, whose price depends on where it sends a request."""
    completion: Decimal | None
    context: int = 128_000
    max_output: int = 16_384
    parameters: tuple[str, ...] = TOOLS
    inputs: tuple[str, ...] = ("text",)
    outputs: tuple[str, ...] = ("text",)
    provider: str = "Simulated"
    created: date = date(2025, 4, 14)
    expires: date | None = None
    """The last day on which it is sure to be there."""
    alias_of: str | None = None
    """The row that a `~author/family-latest` row stands for."""
    overrides: tuple[Mapping[str, Any], ...] = ()
    """Prices that hold under conditions, as the API writes them."""
    private: bool = False
    """In the public list, but kept from this account by its privacy or guardrail settings."""
    gone: str | None = None
    """The availability code of a model that left the catalogue, such as `model_deprecated`."""

    def listed(self, today: date) -> bool:
        """True where the public list still has it."""
        return self.gone is None and (self.expires is None or today <= self.expires)

    @property
    def permaslug(self) -> str:
        """The slug with its version's day, which stays when the name moves on."""
        return f"{self.id.partition(':')[0].lstrip('~')}-{self.created.isoformat()}"


def find(models: Iterable[Model], wanted: str) -> Model | None:
    """Return the row for `wanted`: by name, alias, or name before a suffix."""
    rows = {model.id: model for model in models}
    row = rows.get(wanted) or rows.get(_without_suffix(wanted))
    return rows.get(row.alias_of) if row and row.alias_of else row


def _without_suffix(wanted: str) -> str:
    stem, colon, suffix = wanted.rpartition(":")
    return stem if colon + suffix in SUFFIXES else wanted


def row(model: Model, names: dict[str, str]) -> dict[str, Any]:
    """Return the model as `/models` shows it, with alias targets by `names`."""
    shown: dict[str, Any] = {
        "id": model.id,
        "canonical_slug": model.permaslug,
        "hugging_face_id": None,
        "name": model.name,
        "created": int(midnight(model.created).timestamp()),
        "description": f"{model.name}, as the simulator knows it.",
        "context_length": model.context,
        "architecture": {
            "modality": f"{'+'.join(model.inputs)}->{'+'.join(model.outputs)}",
            "input_modalities": list(model.inputs),
            "output_modalities": list(model.outputs),
            "tokenizer": "Router" if model.prompt is None else "Other",
            "instruct_type": None,
        },
        "pricing": {
            "prompt": _per_token(model.prompt),
            "completion": _per_token(model.completion),
            "request": "0",
            "image": "0",
            **({"overrides": [dict(each) for each in model.overrides]} if model.overrides else {}),
        },
        "top_provider": {
            "context_length": model.context,
            "max_completion_tokens": model.max_output,
            "is_moderated": False,
        },
        "per_request_limits": None,
        "supported_parameters": list(model.parameters),
        "supported_voices": None,
        "default_parameters": None,
        "knowledge_cutoff": None,
        "expiration_date": None if model.expires is None else model.expires.isoformat(),
        "links": {"details": f"/api/v1/models/{model.id}/endpoints"},
    }
    if model.alias_of is not None:
        shown["alias_target"] = {"slug": model.alias_of, "name": names[model.alias_of]}
    return shown


def _per_token(price: Decimal | None) -> str:
    """USD per token as a string; a router's price is written -1."""
    return "-1" if price is None else f"{(price / _PER_MILLION).normalize():f}"


def per_token(price: Decimal) -> Decimal:
    """USD per token of a price in USD per million."""
    return price / _PER_MILLION
