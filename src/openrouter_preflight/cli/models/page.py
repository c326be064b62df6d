"""The listing of `models` as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from openrouter_preflight.reports.escape import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from openrouter_preflight.commands.models import Listing
    from openrouter_preflight.health.models.successors import Succession
    from openrouter_preflight.openrouter.models import Model, Price
    from openrouter_preflight.settings.models_options import ModelsSettings

SCHEMA: Final = "openrouter-preflight/models/1"
_MILLION: Final = 1_000_000
_HEAD: Final = ("model", "context", "prompt $/M", "completion $/M", "modalities", "expires")
_NUMBERS: Final = (1, 2, 3)
"""Columns that are aligned on the right."""


def text_page(listing: Listing, settings: ModelsSettings) -> str:
    """Return a table, or a paragraph for each model whose successors were requested."""
    if settings.successors:
        return "".join(f"{line}\n" for each in listing.successions for line in _succession_lines(each))
    return "".join(f"{line}\n" for line in _table([_HEAD, *map(_cells, listing.models)])) if listing.models else ""


def json_page(listing: Listing, settings: ModelsSettings, default_base_url: str) -> str:
    """Return one JSON document; prices are the highest, in USD for a million tokens."""
    shown_models = [] if settings.successors else [_row(model) for model in listing.models]
    document = {
        "schema": SCHEMA,
        "command": "models",
        "source": "public" if listing.key_env is None else "key",
        "key": None if listing.key_env is None else {"name": listing.key_env, "fingerprint": listing.fingerprint},
        "base_url": settings.base_url if settings.base_url != default_base_url else None,
        "simulated": settings.simulate is not None,
        "models": shown_models,
        "successions": [
            {
                "id": clean(each.id),
                "state": each.state.value,
                "expires_on": _cleaned(each.expires_on),
                "successors": [_row(model) for model in each.successors],
            }
            for each in listing.successions
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _row(model: Model) -> dict[str, object]:
    dear = [price for price in (model.highest_prompt_price, model.highest_completion_price) if price is not None]
    return {
        "id": clean(model.id),
        "context_length": model.context_length,
        "prompt_usd_per_million": _per_million(model.highest_prompt_price),
        "completion_usd_per_million": _per_million(model.highest_completion_price),
        "highest_price_applies": next((price.condition for price in dear if price.condition), None),
        "input_modalities": [clean(each) for each in model.input_modalities],
        "output_modalities": [clean(each) for each in model.output_modalities],
        "expires_on": _cleaned(model.expiration_date),
        "alias_of": _cleaned(model.alias_target),
    }


def _cleaned(text: str | None) -> str | None:
    """Return a service's text without keys and escape codes."""
    return None if text is None else clean(text)


def _cells(model: Model) -> tuple[str, ...]:
    return (
        clean(model.id),
        "" if model.context_length is None else f"{model.context_length:,}",
        _shown_price(model.highest_prompt_price),
        _shown_price(model.highest_completion_price),
        clean(f"{'+'.join(model.input_modalities)}->{'+'.join(model.output_modalities)}"),
        clean(model.expiration_date or (f"= {model.alias_target}" if model.alias_target else "")),
    )


def _table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if place in _NUMBERS else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _succession_lines(each: Succession) -> Iterable[str]:
    states = {
        "available": "is available and has no end date",
        "expires": f"may be removed after {each.expires_on}",
        "renamed": "has a new name",
        "gone": "is not among these models",
    }
    yield f"{clean(each.id)} {clean(states[each.state.value])}" + (
        "; move to:" if each.successors else "." if each.state.value == "available" else "; no successor is known."
    )
    if each.successors:
        yield from (f"  {line}" for line in _table([_cells(model) for model in each.successors]))


def _shown_price(price: Price | None) -> str:
    shown = _per_million(price)
    if shown is None:
        return "varies"
    return f"{shown}*" if price is not None and price.condition else shown


def _per_million(price: Price | None) -> str | None:
    return None if price is None else _plain(price.usd * _MILLION)


def _plain(amount: Decimal) -> str:
    shown = f"{amount.normalize():f}"
    whole, _, cents = shown.partition(".")
    return f"{whole}.{cents.ljust(2, '0')}"
