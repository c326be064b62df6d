"""Destination: a place that a new key is handed over to, and what all of them promise.

The key goes to a program's standard input or into a file, and nowhere else: never to argv, to the environment, to a
temporary file elsewhere, or into a message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What became of handing a key over."""

    problem: str = ""
    """What went wrong, for people; empty: the destination has the key."""
    may_hold: bool = True
    """Whether the destination may have taken the key all the same."""

    @property
    def is_done(self) -> bool:
        """Whether the destination has the key."""
        return not self.problem


class Destination(ABC):
    """One place."""

    label: str
    """What reports call it."""

    @abstractmethod
    def problem(self) -> str:
        """Why the key cannot be handed over there, found out without writing; empty: nothing stands in the way."""

    @abstractmethod
    def hand_over(self, key: ApiKey) -> HandOver:
        """Put the key there, in place of the old one."""

    def read_back(self) -> ApiKey | None:
        """The key that it holds now, where that can be read at all."""
        return None

    def notes(self) -> tuple[str, ...]:
        """What a person should know before the key is handed over: what else holds a key of that name."""
        return ()
