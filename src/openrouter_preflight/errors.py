"""Errors that are not findings.

    PreflightError       something stopped the run; exits 3
    └── UsageError       the user's own words are wrong: flags, environment or config file; exits 2

Both are caught once, at the top of the command line.
"""

from __future__ import annotations

from openrouter_preflight import __version__

NAME = "openrouter-preflight"


class Remedy(str):
    """A next step in general words; reports replace it by the place's own."""

    __slots__ = ()


WHOLE_HISTORY = Remedy(
    "Fetch the whole history, and scan again: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`."
)
ALL_OBJECTS = Remedy(
    "Fetch what a partial clone left out, and scan again: clone without `--filter`, or run "
    "`git fetch --refetch --no-filter`; in the checkout step, leave out `filter`."
)
SET_KEY = Remedy(
    "Set the secret in the CI settings and pass it to this step; a pull request from a fork or from Dependabot gets no "
    "secrets (there, use `--on-missing skip`)."
)


class PreflightError(Exception):
    """Raised when the run stops.

    The message says what happened, `hint` what to do next; neither holds a secret.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what happened and, where something can be done, what."""
        super().__init__(message)
        self.hint = hint

    @property
    def whole(self) -> str:
        """The message and, on lines of its own, the hint."""
        return "\n".join(filter(None, (str(self), self.hint)))


class UsageError(PreflightError):
    """Raised for a command line, variable or file that cannot be carried out."""


def apology(error: Exception) -> str:
    """Return the sentence of last resort: the error's type and place, no data.

    A traceback could show data.
    """
    from pathlib import Path

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"sorry, this is a bug in {NAME} {__version__} ({type(error).__name__}{where}); nothing was decided"
