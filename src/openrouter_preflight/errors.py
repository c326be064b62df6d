"""What can go wrong that is not a finding.

    PreflightError       something stopped the run; exits 3
    └── UsageError       the user's own words are wrong: flags, environment or config file; exits 2

Both are caught once, at the top of the command line.
"""

from __future__ import annotations


class PreflightError(Exception):
    """The run stopped. The message says what happened, `hint` what to do next; neither holds a secret."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what happened and, where something can be done, what."""
        super().__init__(message)
        self.hint = hint


class UsageError(PreflightError):
    """What the user wrote cannot be carried out as it stands."""
