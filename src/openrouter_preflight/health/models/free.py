"""Free models among those that a run needs, however each of them is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.models.matching import resolve, without_preset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.openrouter.models import Model

_ROUTER: Final = "openrouter/free"
"""It spends the same quota as `:free` models (API.md §3)."""


def free_models_needed(facts: Facts) -> list[str]:
    """The names of the free models that the run needs."""
    return [name for name, row in _needed(facts) if _is_free(name, row)]


def needs_only_free_models(facts: Facts) -> bool:
    """True where models are named and every one of them is free."""
    needed = list(_needed(facts))
    return bool(needed) and all(_is_free(name, row) for name, row in needed)


def is_free(name: str, rows: Mapping[str, Model]) -> bool:
    """Return True for a `:free` model, and for the router to them."""
    return _is_free(name, resolve(name, rows))


def _is_free(name: str, row: Model | None) -> bool:
    names = (name, row.id) if row is not None else (name,)
    return any(each == _ROUTER or each.endswith(":free") for each in names)


def _needed(facts: Facts) -> Iterator[tuple[str, Model | None]]:
    """Yield models of flags, config and probe, and usable ones of files."""
    target, rows = facts.target, facts.models.usable if facts.models is not None else {}
    gates = target.gates
    named = [*(wanted.id for wanted in gates.models), *gates.require_models, *([gates.probe] if gates.probe else [])]
    for name in dict.fromkeys(plain for each in named if (plain := without_preset(each))):
        yield name, resolve(name, rows)
    for name, _ in target.named_models.places:
        row = resolve(name, rows)
        if row is not None:
            yield name, row
