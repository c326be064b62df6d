"""Inputs joined with variables of options: an input beats a variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.gate_options import GATES
from openrouter_preflight.settings.model import DEFAULT_KEY_ENV
from openrouter_preflight.settings.options import KEYS, SCAN_MODES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.action.inputs import Inputs
    from openrouter_preflight.settings.environment import Requested

_OUR_OWN: Final = ("format", "verbose", "quiet")
"""Options of a report to standard output, which is the step's log here."""
_ASKS_FOR_CHECK: Final = frozenset(
    {option.parameter for option in (*KEYS, *GATES)} | {"discover", "env_file", "simulate"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Everything that inputs and variables request of the step's two commands."""

    check: Requested
    scan: Requested

    @property
    def asks_for_check(self) -> bool:
        """Return True where a variable asks for a check."""
        return any(name in self.check for name in _ASKS_FOR_CHECK)

    @property
    def check_config(self) -> Path | None:
        """The config file that the check was given by name."""
        return self.check.get("config")

    @property
    def scan_config(self) -> Path | None:
        """The config file that the scan was given by name."""
        return self.scan.get("config")

    @property
    def reports(self) -> tuple[tuple[str, Path], ...]:
        """Reports to files, each once."""
        return tuple(dict.fromkeys((*self.check.get("report", ()), *self.scan.get("report", ()))))


def read_requests(inputs: Inputs, environ: Mapping[str, str]) -> Requests:
    """Join inputs and variables. Raises UsageError."""
    shared = {} if inputs.config is None else {"config": inputs.config}
    check = {**inputs.check, **shared, **({"key_env": (DEFAULT_KEY_ENV,)} if inputs.key_given else {})}
    requests = Requests(
        check=read_request("check", check, environ),
        scan=read_request("scan", {"strict": inputs.strict, **shared}, environ),
    )
    problems = [
        f"OPENROUTER_PREFLIGHT_{command.upper()}_{name.upper()}: the step's log has a form of its own; leave it out"
        for command, requested in (("check", requests.check), ("scan", requests.scan))
        for name in _OUR_OWN
        if name in requested
    ]
    if inputs.scan == "auto":
        problems += [
            f"OPENROUTER_PREFLIGHT_SCAN_{option.parameter.upper()}: the input scan says what is scanned; write it there"
            for option in SCAN_MODES
            if option.parameter in requests.scan
        ]
    if problems:
        raise UsageError("\n".join(problems))
    return requests
