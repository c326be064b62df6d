"""The models that files name, with the certainty of each mention."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Certainty(IntEnum):
    """The certainty that a name goes to OpenRouter as a model's."""

    OTHERS = 0
    """It is sent to another service."""
    PLAIN = 1
    """Nothing says what it is."""
    IDENTIFIED = 2
    """It is called an identifier, of whatever kind."""
    ROUTED = 3
    """It stands where things for OpenRouter stand."""
    MARKED = 4
    """It is called a model."""
    PROVEN = 5
    """It is called a model of OpenRouter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModels:
    """The models that some globs named."""

    places: tuple[tuple[str, str], ...] = ()
    """Each name of a model's shape once, with the place of its surest mention: `config.yaml:12`."""
    certainties: Mapping[str, Certainty] = field(default_factory=dict)
    """Certainty of each mention; PLAIN where nothing is said."""
    lists: tuple[frozenset[str], ...] = ()
    """Names that stand in one list."""
    unread: tuple[str, ...] = ()
    """Files that could not be read, each as the beginning of a sentence."""

    def certainty(self, name: str, known: Iterable[str]) -> Certainty:
        """Return the certainty of `name`, higher beside `known` names."""
        sure = self.certainties.get(name, Certainty.PLAIN)
        mates = set(known)
        if sure is Certainty.PLAIN and any(name in each and not mates.isdisjoint(each) for each in self.lists):
            return Certainty.MARKED
        return sure


NO_NAMED_MODELS: Final = NamedModels()
