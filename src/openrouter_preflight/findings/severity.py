"""Severity: how bad a finding is."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Severity of a finding. Only an error decides the verdict."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst: the order in which reports show findings."""
        return list(Severity).index(self)
