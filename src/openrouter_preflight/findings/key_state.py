"""KeyState: the one word that a report has for a key."""

from __future__ import annotations

from enum import StrEnum


class KeyState(StrEnum):
    """The state of a key, or the reason why it was not checked.

    Where several hold, reports name the first of them after VALID, in this order.
    """

    VALID = "valid"
    MISSING = "missing"
    MALFORMED = "malformed"
    REJECTED = "rejected"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    SKIPPED = "skipped"

    @property
    def rank(self) -> int:
        """The place in the order above."""
        return list(KeyState).index(self)
