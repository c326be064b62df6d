"""Successors of a model that is gone or leaves. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.models.matching import resolve, without_preset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.openrouter.models import Model

_MOST: Final = 3
_WORD: Final = re.compile(r"[a-z]+[0-9]?")
_NO_FAMILY: Final = frozenset(
    {
        "preview",
        "beta",
        "alpha",
        "exp",
        "experimental",
        "latest",
        "instruct",
        "chat",
        "it",
        "turbo",
        "fast",
        "b",
        "v",
        "a",
    }
)
"""Words of names that many families share."""


class ModelState(StrEnum):
    """The state of a model."""

    AVAILABLE = "available"
    EXPIRES = "expires"
    RENAMED = "renamed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """A model and what to move to from it."""

    id: str
    state: ModelState
    expires_on: str | None = None
    successors: tuple[Model, ...] = ()
    """The best one first."""


def succession(name: str, rows: Mapping[str, Model], renamed: Model | None = None) -> Succession:
    """Return the state of `name`, and models to move to.

    `renamed` is the row that OpenRouter leads the name to, where it was asked.
    """
    plain = (without_preset(name) or name).removeprefix("openrouter:")
    if plain.count("/") == 2:
        plain = plain.removeprefix("openrouter/")
    row = resolve(plain, rows)
    if row is not None and row.expiration_date is None:
        return Succession(id=name, state=ModelState.AVAILABLE)
    lasting = [each for each in {row.id: row for row in rows.values()}.values() if _lasts(each)]
    found = _ranked(plain, row, lasting)
    if row is not None:
        return Succession(id=name, state=ModelState.EXPIRES, expires_on=row.expiration_date, successors=found)
    target = resolve(renamed.alias_target or renamed.id, rows) if renamed is not None else None
    if target is None:
        return Succession(id=name, state=ModelState.GONE, successors=found)
    others = tuple(each for each in found if each.id != target.id)
    return Succession(id=name, state=ModelState.RENAMED, successors=(target, *others)[:_MOST])


def _lasts(row: Model) -> bool:
    return row.expiration_date is None and row.alias_target is None


def _ranked(name: str, old: Model | None, rows: Iterable[Model]) -> tuple[Model, ...]:
    """Return rows of the same family, the most alike and newest first."""
    stem, _, variant = name.lstrip("~").lower().partition(":")
    vendor, _, model = stem.partition("/")
    by_vendor: dict[str, list[Model]] = {}
    for row in rows:
        by_vendor.setdefault(row.id.partition("/")[0], []).append(row)
    near = vendor if vendor in by_vendor else next(iter(get_close_matches(vendor, by_vendor, n=1, cutoff=0.8)), "")
    words = _words(model)
    outputs = {"text"} if old is None else set(old.output_modalities)

    def rank(row: Model) -> tuple[int, bool, bool, int]:
        slug, _, own_variant = row.id.partition("/")[2].partition(":")
        theirs = _words(slug)
        return (
            2 * len(words & theirs) - len(theirs - words),
            own_variant == variant,
            old is None or set(old.input_modalities) <= set(row.input_modalities),
            row.created or 0,
        )

    alike = [
        row
        for row in by_vendor.get(near, ())
        if words & _words(row.id.partition("/")[2].partition(":")[0])
        and outputs <= set(row.output_modalities)
        and not (":" in row.id and row.id.partition(":")[2] != variant)
    ]
    return tuple(sorted(alike, key=rank, reverse=True)[:_MOST])


def _words(slug: str) -> frozenset[str]:
    """Return the words of a family: `claude` and `sonnet`."""
    words = frozenset(word.rstrip("0123456789") for word in _WORD.findall(slug))
    return words - _NO_FAMILY or words
