"""`exec:COMMAND`: a command that reads the key from standard input."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from openrouter_preflight.manage.destinations.interface import Destination, HandOver
from openrouter_preflight.manage.destinations.programs import PATIENCE, find_program, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.keys import ApiKey


class CommandDestination(Destination):
    """A program and its arguments; no shell reads them."""

    def __init__(self, command: str, environ: Mapping[str, str], *, patience: float = PATIENCE) -> None:
        """Split the command line as a POSIX shell does. Raises ValueError."""
        self._command = shlex.split(command)
        if not self._command:
            raise ValueError("the command is empty")
        self._environ = environ
        self._patience = patience
        self.label = f"exec:{self._command[0]}"

    def problem(self) -> str:
        """The program must be there; nothing of it is run before it is given the key."""
        if find_program(self._command[0], self._environ) is None:
            return f"the program {self._command[0]} was not found on PATH, or may not be run"
        return ""

    def hand_over(self, key: ApiKey) -> HandOver:
        """Run it; exit code 0 means that it stored the key."""
        ended = run_program(self._command, self._environ, key=key, patience=self._patience)
        if ended.code == 0:
            return HandOver()
        if not ended.was_started:
            return HandOver(problem=ended.said, may_hold=False)
        how = ended.said if ended.code is None else f"it ended with exit code {ended.code}"
        said = f": {ended.said}" if ended.said and ended.code is not None else ""
        return HandOver(problem=f"{how}{said}")
