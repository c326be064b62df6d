"""Budget: what unpacking one file has cost so far, and everything of it that had to be left unread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.leaks.detection.sightings import Limits


@dataclass(slots=True)
class Budget:
    """What unpacking one file has cost, and everything that had to be left unread."""

    limits: Limits
    packed: int = 0
    unpacked: int = 0
    members: int = 0
    spent: bool = False
    unread: list[str] = field(default_factory=list)

    def charge_bytes(self, count: int) -> bool:
        """Whether `count` more unpacked bytes are within the limits."""
        self.unpacked += count
        if self.unpacked > self.limits.archive_bytes:
            return self._stop(f"archive bound: more than {self.limits.archive_bytes >> 20} MiB unpacked")
        expected = max(self.limits.archive_free_bytes, self.packed * self.limits.archive_ratio)
        if self.unpacked > expected:
            return self._stop(f"archive bound: unpacks to more than {self.limits.archive_ratio} times its size")
        return not self.spent

    def charge_member(self) -> bool:
        """Whether one more member is within the limits."""
        self.members += 1
        if self.members > self.limits.archive_members:
            return self._stop(f"archive bound: more than {self.limits.archive_members} members")
        return not self.spent

    def note(self, what: str, member: str | None) -> None:
        """Remember that something could not be read, once."""
        words = f"{what} ({member})" if member else what
        if words not in self.unread:
            self.unread.append(words)

    def _stop(self, why: str) -> bool:
        if not self.spent:
            self.spent = True
            self.unread.append(why)
        return False
