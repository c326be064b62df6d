"""The `check` command, in the real world or in the simulator's."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from openrouter_preflight.findings import Finding, rule
from openrouter_preflight.health.check import Context
from openrouter_preflight.health.check import check as check_health

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.settings.model import CheckSettings
    from openrouter_preflight.simulator import Simulator


def check(
    settings: CheckSettings,
    *,
    environ: Mapping[str, str],
    stdin: BinaryIO,
    clock: Clock,
    notify: Callable[[str], None],
    while_waiting: Callable[[], None] = lambda: None,
    on_wait: Callable[[str], None] = lambda _message: None,
) -> Outcome:
    """Check every key that the settings name. Raises UsageError.

    `notify` is told what a person should know while the check runs, `on_wait` each time that a request is to be sent
    again; `while_waiting` is called while answers are awaited.
    """
    if settings.env_files and settings.simulate is None:
        from openrouter_preflight.commands.env_files import with_env_files

        settings, environ = with_env_files(settings, environ, notify)
    with _world(settings, environ) as (settings_in_world, environ_in_world):
        around = Context(
            environ=environ_in_world,
            stdin=stdin,
            clock=clock,
            jitter=random.random,
            notify=notify,
            while_waiting=while_waiting,
            on_wait=on_wait,
        )
        outcome = check_health(settings_in_world, around)
    unheeded = tuple(map(_unheeded, settings.unheeded))
    return replace(outcome, findings=(*outcome.findings, *unheeded)) if unheeded else outcome


def _unheeded(policy: str) -> Finding:
    found = rule("policy-not-heeded")
    message = f"`{policy}` of the config file does not hold: it would soften what was required elsewhere"
    return Finding(rule=found, severity=found.severity, what=message, help=found.fix)


@contextmanager
def _world(settings: CheckSettings, environ: Mapping[str, str]) -> Iterator[tuple[CheckSettings, Mapping[str, str]]]:
    """Return the settings and environment of the check: real, or simulated."""
    if settings.simulate is None:
        yield settings, environ
        return
    from openrouter_preflight.simulator.started import start_simulator

    with start_simulator(settings.simulate) as simulator:
        yield replace(settings, base_url=simulator.base_url), _environ_of(simulator, settings)


def _environ_of(simulator: Simulator, settings: CheckSettings) -> dict[str, str]:
    """Return the simulator's test keys under the requested variable names."""
    environ = {
        target.location: simulator.keys.get(target.name, simulator.primary_key).reveal() for target in settings.targets
    }
    if simulator.management_key is not None:
        environ[settings.management_key_env] = simulator.management_key.reveal()
    return environ
