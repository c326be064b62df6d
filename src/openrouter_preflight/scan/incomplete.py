"""Incomplete: something that could not be scanned, and the remedy."""

from __future__ import annotations


class Incomplete:
    """A part that was not read, with the remedy."""

    __slots__ = ("fix", "message", "path")

    def __init__(self, message: str, fix: str, path: str | None = None) -> None:
        """Take the file that it is about, printable, where it is about one."""
        self.message = message
        self.fix = fix
        self.path = path

    @classmethod
    def from_error(cls, error: BaseException, unknown: str = "not everything was read") -> Incomplete:
        """The gap that `error`, which stopped part of a scan, leaves: `unknown` names it."""
        from openrouter_preflight.errors import PreflightError
        from openrouter_preflight.git.errors import DAMAGED

        if isinstance(error, PreflightError):
            return cls(f"{unknown}: {error}", error.hint or DAMAGED)
        if isinstance(error, OSError | MemoryError):  # the system's own words; an argument could quote data
            reason = getattr(error, "strerror", None) or "no memory is left"
            return cls(f"{unknown}: {reason}", "Give this user what is missing, and scan again.")
        return cls(f"{unknown}: {type(error).__name__}", "Scan again; if it persists, report it.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Incomplete) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[str, str, str | None]:
        return self.message, self.fix, self.path
