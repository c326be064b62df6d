"""Model names in any text, by the shape `vendor/model`. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.models.named_models import Certainty
from openrouter_preflight.health.models.providers import ELSEWHERE_ONLY, OWNERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_NEAR: Final = 0.8
"""Likeness, of 1, from which one name of a vendor is taken for another misspelled."""


class Guess(Enum):
    """The kind of thing that a name is for that no catalogue has."""

    MODEL = auto()
    """A model that is gone, or misspelled."""
    PERHAPS = auto()
    """A model or something else of the same owner, such as a repository."""
    OTHER = auto()


def by_vendor(names: Iterable[str]) -> Mapping[str, Collection[str]]:
    """Group the catalogue's names by vendor, variants under the plain name."""
    known: dict[str, set[str]] = {}
    for name in names:
        vendor, _, model = name.lstrip("~").partition("/")
        known.setdefault(vendor, set()).add(model.partition(":")[0])
    return known


def guess(name: str, known: Mapping[str, Collection[str]], certainty: Certainty) -> Guess:
    """Return the likely meaning of a name, by the catalogue's names `by_vendor`.

    What is called a model is one, whatever is left of its vendor in the catalogue; an owner that is known to publish
    on other hubs only makes that less sure. In a text that says nothing, `openai/gpt-5-none` is of a known family,
    `openai/openai-python` is a repository, and of `google/palm-2` nobody can tell.
    """
    vendor, _, model = name.lstrip("~").partition("/")
    vendor, plain = vendor.lower(), re.split("[:@]", model, maxsplit=1)[0]
    if certainty is Certainty.OTHERS:
        return Guess.OTHER
    if certainty is Certainty.PROVEN:
        return Guess.MODEL
    if certainty is Certainty.MARKED:
        return Guess.PERHAPS if vendor in ELSEWHERE_ONLY and vendor not in known else Guess.MODEL
    meant = _meant_vendor(vendor, plain, known)
    if certainty is Certainty.ROUTED:
        return Guess.MODEL if meant or vendor in OWNERS else Guess.PERHAPS
    if certainty is Certainty.IDENTIFIED and not meant:
        return Guess.MODEL if vendor in OWNERS else Guess.OTHER
    if certainty is Certainty.IDENTIFIED and _family(plain) in {_family(sibling) for sibling in known[meant]}:
        return Guess.MODEL
    return _guess_plain(plain, known.get(meant, ()), is_misspelled=meant != vendor)


def _meant_vendor(vendor: str, model: str, known: Mapping[str, Collection[str]]) -> str:
    """Return the vendor that an owner is, or is misspelled for."""
    if vendor in known:
        return vendor
    near = get_close_matches(vendor, known, n=1, cutoff=_NEAR)
    return near[0] if near and get_close_matches(model, known[near[0]], n=1, cutoff=_NEAR) else ""


def _guess_plain(model: str, siblings: Collection[str], *, is_misspelled: bool) -> Guess:
    if not siblings:
        return Guess.OTHER
    if is_misspelled or get_close_matches(model, siblings, n=1, cutoff=_NEAR):
        return Guess.MODEL
    if not any(letter.isdigit() for letter in model):
        return Guess.OTHER
    return Guess.MODEL if _family(model) in {_family(sibling) for sibling in siblings} else Guess.PERHAPS


def _family(model: str) -> str:
    """The letters that a name begins with: `gpt` of `gpt-4.1-mini`."""
    return re.split(r"[^a-z]", model, maxsplit=1)[0]
