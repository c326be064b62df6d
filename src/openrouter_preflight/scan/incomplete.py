"""Incomplete: something that was to be scanned and could not be, in words for the person who must act."""

from __future__ import annotations

from dataclasses import dataclass

from openrouter_preflight.errors import ALL_OBJECTS, WHOLE_HISTORY, PreflightError

DAMAGED = "Run `git fsck --full` to see what is damaged, fetch the objects again from another clone, and scan again."
FETCH_ALL = WHOLE_HISTORY
FETCH_BLOBS = ALL_OBJECTS


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A part that was not read, with the remedy."""

    message: str
    fix: str
    path: str | None = None
    """The file it is about, printable."""

    @classmethod
    def from_error(cls, error: BaseException) -> Incomplete:
        """The trouble that `error`, which stopped part of a scan, left behind."""
        if isinstance(error, PreflightError):
            return cls(f"not everything was read: {error}", error.hint or DAMAGED)
        return cls(f"not everything was read: {type(error).__name__}", "Scan again; if it persists, report it.")
