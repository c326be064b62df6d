"""Destination: a place that takes a new key, and its promises.

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
    """The result of handing a key over."""

    problem: str = ""
    """The failure, for people; empty where the destination has the key."""
    may_hold: bool = True
    """True where the destination may have taken the key all the same."""

    @property
    def is_done(self) -> bool:
        """True where the destination has the key."""
        return not self.problem


class Destination(ABC):
    """One place."""

    label: str
    """The destination's name in reports."""

    @abstractmethod
    def problem(self) -> str:
        """Return the reason why it cannot take the key, found without writing."""

    @abstractmethod
    def hand_over(self, key: ApiKey) -> HandOver:
        """Put the key there, in place of the old one."""

    def read_back(self) -> ApiKey | None:
        """The key that it holds now, where that can be read at all."""
        return None

    def notes(self) -> tuple[str, ...]:
        """Return notes for a person: other places with a key of that name."""
        return ()
