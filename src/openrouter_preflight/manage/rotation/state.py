"""The state of a rotation: the old key and its successors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openrouter_preflight.manage.marks import SHORT, Stage, SuccessorMark, read_replacement, read_successor_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.openrouter.answers import KeyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """A key that was made to replace the old one, and still carries its mark."""

    record: KeyRecord
    mark: SuccessorMark

    @property
    def hash(self) -> str:
        """Its fingerprint."""
        return self.record.hash

    @property
    def precedence(self) -> tuple[bool, object, str]:
        """Return the order of simultaneous rotations: the older goes first."""
        created = self.record.created_at
        return (created is None, created or self.mark.since, self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationState:
    """One key's rotation as the account tells it."""

    fingerprint: str
    """Of the old key."""
    old: KeyRecord | None
    """None: the account does not have it (any more)."""
    successors: tuple[Successor, ...] = ()
    """The oldest first."""
    replacement: KeyRecord | None = None
    """The key that a retired old one names."""

    @property
    def is_old_off(self) -> bool:
        """True where nobody can use the old key any more."""
        return self.old is None or self.old.disabled is True

    @property
    def is_retired(self) -> bool:
        """True where the old key is off and names its replacement."""
        return self.old is not None and self.is_old_off and read_replacement(self.old.name) is not None

    @property
    def winner(self) -> Successor | None:
        """The latest successor that every destination holds.

        None while one that was begun after it was cut short: some destinations may hold that one instead.
        """
        given = [each for each in self.successors if each.mark.stage is not Stage.MADE and not each.record.disabled]
        last = max(given, key=lambda each: (each.mark.since, each.mark.stage is Stage.HANDED), default=None)
        return last if last is not None and last.mark.stage is Stage.HANDED else None

    def successor(self, fingerprint: str | None) -> Successor | None:
        """The successor with that fingerprint."""
        return next((each for each in self.successors if each.hash == fingerprint), None)


def read_state(fingerprint: str, old: KeyRecord | None, listed: Iterable[KeyRecord]) -> RotationState:
    """Return the state that the workspace's keys make, disabled ones too."""
    keys = list({record.hash: record for record in listed}.values())
    replacement = read_replacement(old.name) if old is not None else None
    marked = ((record, read_successor_mark(record.name)) for record in keys if record.hash != fingerprint)
    successors = [
        Successor(record=record, mark=mark)
        for record, mark in marked
        if mark is not None and mark.old == fingerprint[:SHORT]
    ]
    return RotationState(
        fingerprint=fingerprint,
        old=old,
        successors=tuple(sorted(successors, key=lambda each: each.precedence)),
        replacement=next((key for key in keys if replacement and key.hash.startswith(replacement)), None),
    )
