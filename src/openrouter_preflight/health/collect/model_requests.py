"""Requests for the models of a release: one list for keys that are alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.facts import ModelFacts
from openrouter_preflight.health.models.matching import resolve, rows_by_name, without_preset
from openrouter_preflight.health.models.named_models import Certainty
from openrouter_preflight.openrouter.endpoints import all_models_for, embedding_models, model_named, public_models

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from openrouter_preflight.health.facts import Facts, Target
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.batch import Batch

_MOST_LOOKED_UP: Final = 10
_AUTHOR_AND_SLUG: Final = re.compile(r"~?[\w][\w.-]*/[\w][\w.:-]*", re.ASCII)


def needs_models(target: Target) -> bool:
    """Return True where the settings name any model."""
    gates = target.gates
    return bool(gates.require_models or gates.models or target.named_models.places or gates.probe) or (
        gates.probe_afford is not None
    )


def askers(gathered: Sequence[Facts]) -> list[ApiKey | None]:
    """Return for each key the first key that is alike; None without models."""
    first: dict[object, ApiKey] = {}
    return [
        first.setdefault(_likeness(each), key)
        if (key := each.target.key_to_ask) and each.key_info and needs_models(each.target)
        else None
        for each in gathered
    ]


def ask_missing(batch: Batch, facts: Facts, key: ApiKey | None) -> Callable[[], ModelFacts | None]:
    """Request with `key` each needed model that is not listed."""
    models = facts.models
    missing = _missing(facts)
    if models is None or key is None or not missing:
        return lambda: models
    of_all_kinds, public = batch.add(all_models_for(key)), batch.add(public_models(key))
    embeddings = batch.add(embedding_models(key))
    from openrouter_preflight.health.models.model_names import by_vendor

    known = by_vendor(row.id for row in models.listed.data or ())
    askable = [name for name in missing if _is_askable(name, facts.target, known)][:_MOST_LOOKED_UP]
    named = {name: batch.add(model_named(name, key)) for name in askable}

    def told() -> ModelFacts:
        return ModelFacts(
            listed=models.listed,
            of_all_kinds=of_all_kinds.answer,
            public=public.answer,
            embeddings=embeddings.answer,
            named={name: pending.answer for name, pending in named.items()},
        )

    return told


def _likeness(facts: Facts) -> object:
    """Return a value that is equal for keys that may use the same models.

    A guardrail without a budget is not seen there (API.md §1), so that keys which differ only in one count as alike.
    """
    info = facts.key_info
    if info is None or info.account is None:
        return facts.target.diagnosis.key
    return info.account, info.workspace, info.allowed_data_regions, frozenset(budget.id for budget in info.budgets)


def required_names(target: Target) -> tuple[str, ...]:
    """The models that the settings name, each once, without their presets."""
    gates = target.gates
    names = [*(wanted.id for wanted in gates.models), *gates.require_models]
    return tuple(dict.fromkeys(plain for name in names if (plain := without_preset(name))))


def _missing(facts: Facts) -> list[str]:
    if facts.models is None or facts.models.listed.data is None:
        return []
    rows = rows_by_name(facts.models.listed.data)
    named_models = facts.target.named_models
    named = [
        plain
        for name, _ in named_models.places
        if (plain := without_preset(name)) and named_models.certainty(name, ()) is not Certainty.OTHERS
    ]
    wanted = dict.fromkeys([*required_names(facts.target), *named])
    return [name for name in wanted if resolve(name, rows) is None]


def _is_askable(name: str, target: Target, known: Mapping[str, Collection[str]]) -> bool:
    """Return True for a likely model name that fits into a path."""
    if not _AUTHOR_AND_SLUG.fullmatch(name) or ".." in name:
        return False
    certainty = target.named_models.certainty(name, ())
    if name in required_names(target):
        return True
    from openrouter_preflight.health.models.model_names import Guess, guess

    return guess(name, known, certainty) is not Guess.OTHER
