"""Budget: the cost of unpacking one file, and its unread parts.

No dataclasses here: the quick scan opens archives too, and would wait for that import longer than for most archives.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Limits:
    """Limits of looking into one file. A reached limit is reported."""

    __slots__ = (
        "archive_bytes",
        "archive_free_bytes",
        "archive_levels",
        "archive_members",
        "archive_ratio",
        "window",
    )

    def __init__(
        self,
        *,
        archive_levels: int = 2,
        archive_members: int = 50_000,
        archive_bytes: int = 1 << 30,
        archive_ratio: int = 250,
        archive_free_bytes: int = 16 << 20,
        window: int = 2 << 20,
    ) -> None:
        self.archive_levels: Final = archive_levels
        """Archives inside one another that are opened; a compressed tar is one."""
        self.archive_members: Final = archive_members
        self.archive_bytes: Final = archive_bytes
        """Bytes unpacked from one file, over all its members."""
        self.archive_ratio: Final = archive_ratio
        """Bytes unpacked for each byte packed, once `archive_free_bytes` are unpacked."""
        self.archive_free_bytes: Final = archive_free_bytes
        self.window: Final = window
        """Bytes of a stream that are held and looked at together."""


DEFAULT_LIMITS = Limits()


class UnpackingBudget:
    """The cost so far, and the parts left unread."""

    def __init__(self, limits: Limits) -> None:
        self.packed = 0
        self.unpacked = 0
        self.unread: list[str] = []
        self.not_opened: list[str] = []
        """Encrypted parts, and formats that are not read."""
        self._limits = limits
        self._members = 0
        self._spent = False
        self._from_packs = 0

    def charge_bytes(self, count: int) -> bool:
        """Return True while `count` more unpacked bytes are within the limits."""
        self.unpacked += count
        if self.unpacked > self._limits.archive_bytes:
            return self._stop(f"archive bound: more than {self._limits.archive_bytes >> 20} MiB unpacked")
        expected = max(self._limits.archive_free_bytes, self.packed * self._limits.archive_ratio)
        if self.unpacked > expected:
            return self._stop(f"archive bound: unpacks to more than {self._limits.archive_ratio} times its size")
        return not self._spent

    def charge_pack(self, count: int, kind: str, member: str | None) -> bool:
        """Return True while `count` more bytes of a pack are within its own bounds.

        git's own tests keep a pack of one huge empty blob as a file. The rest of such a pack is a note, and spends
        nothing of what the archive around it may cost.
        """
        self._from_packs += count
        if self._from_packs <= max(self._limits.archive_free_bytes, self.packed * self._limits.archive_ratio):
            return True
        self.leave(f"the rest of a {kind}, more than {self._limits.archive_ratio} times its size", member)
        return False

    def charge_member(self) -> bool:
        """Return True while one more member is within the limits."""
        self._members += 1
        if self._members > self._limits.archive_members:
            return self._stop(f"archive bound: more than {self._limits.archive_members} members")
        return not self._spent

    def note(self, what: str, member: str | None) -> None:
        """Remember that something could not be read, once."""
        words = f"{what} ({member})" if member else what
        if words not in self.unread:
            self.unread.append(words)

    def leave(self, what: str, member: str | None) -> None:
        """Remember that something was not opened, once."""
        words = f"{what} ({member})" if member else what
        if words not in self.not_opened:
            self.not_opened.append(words)

    def _stop(self, why: str) -> bool:
        if not self._spent:
            self._spent = True
            self.unread.append(why)
        return False
