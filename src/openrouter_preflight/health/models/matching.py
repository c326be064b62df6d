"""Matching of model names with rows, and of rows with requirements. Pure.

Names (API.md §5): `:free`, `:extended` and `:thinking` are rows of their own; `:nitro`, `:floor`, `:exacto` and
`:online` may follow any model and are none; `~author/family-latest` stands for another row; routers such as
`openrouter/auto` are rows without a price; presets are no rows at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from openrouter_preflight.openrouter.models import Model, Price
    from openrouter_preflight.settings.model import ModelRequirement

ROUTING_SUFFIXES: Final = (":nitro", ":floor", ":exacto", ":online")
_PRESET: Final = "@preset/"
_MOST_SUGGESTIONS: Final = 3
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """A requirement that a model does not meet, as the end of a sentence."""

    rule: str
    words: str


def without_preset(name: str) -> str | None:
    """The model of a name that may carry a preset; None for a preset alone."""
    return name.partition(_PRESET)[0] or None if _PRESET in name else name


def has_preset(name: str) -> bool:
    """Return True where the name refers to a preset."""
    return _PRESET in name


def rows_by_name(models: Iterable[Model]) -> dict[str, Model]:
    """Return rows by each of their names; a version's slug is the plain row."""
    rows: dict[str, Model] = {}
    known = tuple(models)
    for model in known:
        if model.canonical_slug and ":" not in model.id and model.alias_target is None:
            rows.setdefault(model.canonical_slug, model)
    return rows | {model.id: model for model in known}


def resolve(name: str, rows: Mapping[str, Model]) -> Model | None:
    """Return the row that serves a request for `name`, or None."""
    plain = name
    while plain not in rows:
        stem, colon, suffix = plain.rpartition(":")
        if colon + suffix not in ROUTING_SUFFIXES:
            return None
        plain = stem
    row = rows[plain]
    return rows.get(row.alias_target) if row.alias_target else row


def nearest(name: str, rows: Mapping[str, Model]) -> list[str]:
    """Return likely names: the plain model of a variant first, then near spellings."""
    from difflib import get_close_matches

    stem = name.partition(":")[0]
    plain = [stem] if stem != name and stem in rows else []
    alike = get_close_matches(name.lower(), [row.id for row in rows.values()], n=_MOST_SUGGESTIONS)
    return list(dict.fromkeys([*plain, *alike]))[:_MOST_SUGGESTIONS]


def shortcomings(model: Model, wanted: ModelRequirement) -> Iterator[Shortcoming]:
    """Return the requirements that `model` fails, or cannot be known to meet."""
    yield from _prices(model, wanted)
    if wanted.min_context is not None:
        if model.context_length is None:
            yield Shortcoming("model-unchecked", "does not tell how long its context is")
        elif model.context_length < wanted.min_context:
            had = f"has a context of {model.context_length:,} tokens"
            yield Shortcoming("model-lacks-capability", f"{had}, less than the {wanted.min_context:,} asked for")
    missing = [parameter for parameter in wanted.parameters if parameter not in model.supported_parameters]
    if missing:
        yield Shortcoming("model-lacks-capability", f"does not support {_listed(missing)}")
    missing = [modality for modality in wanted.modalities if not _has_modality(model, modality)]
    if missing:
        yield Shortcoming("model-lacks-capability", f"lacks the modality {_listed(missing)}")


def removal(model: Model) -> datetime | None:
    """From when on the model may be gone: the end of its expiration date, in UTC."""
    try:
        day = date.fromisoformat((model.expiration_date or "")[:10])
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)


def _prices(model: Model, wanted: ModelRequirement) -> Iterator[Shortcoming]:
    asked: tuple[tuple[str, Decimal | None, Price | None, Decimal | None], ...] = (
        ("prompt", model.prompt_price, model.highest_prompt_price, wanted.max_prompt_price),
        ("completion", model.completion_price, model.highest_completion_price, wanted.max_completion_price),
    )
    for kind, base, highest, most in asked:
        if most is None:
            continue
        price = base if base is None or highest is None else highest.usd
        if price is None:
            yield Shortcoming(
                "model-unchecked", f"has no {kind} price that could be compared; routers have none of their own"
            )
        elif price * _MILLION > most:
            when = f" {highest.condition}" if highest is not None and highest.condition else ""
            cost = f"costs ${_plain(price * _MILLION)} for a million {kind} tokens{when}"
            yield Shortcoming("model-over-price", f"{cost}, more than the ${_plain(most)} allowed")


def _has_modality(model: Model, wanted: str) -> bool:
    direction, _, modality = wanted.rpartition(":")
    return modality in (model.output_modalities if direction == "output" else model.input_modalities)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
