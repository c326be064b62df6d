"""The embedded simulator in place of OpenRouter, for as long as a command runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.simulator.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def start_simulator(scenario: str) -> Iterator[Simulator]:
    """Run the simulator with that scenario. Raises UsageError."""
    try:
        simulator = Simulator(scenario)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with simulator:
        yield simulator
