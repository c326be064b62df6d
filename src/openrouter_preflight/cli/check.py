"""`openrouter-preflight check`: is the key healthy and funded?"""

from __future__ import annotations

import io
import os
import random
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.options import check_options
from openrouter_preflight.cli.output import report
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.check import Surroundings
from openrouter_preflight.health.check import check as run_check
from openrouter_preflight.settings.config_file import load_config
from openrouter_preflight.settings.resolve import resolve_check, resolve_config_path, resolve_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openrouter_preflight.settings.model import CheckSettings
    from openrouter_preflight.simulator import Simulator


@click.command(
    epilog="""
    \b
    Examples:
      openrouter-preflight check                              OPENROUTER_API_KEY is valid and not spent
      openrouter-preflight check --min-balance 5              and can still spend $5
      openrouter-preflight check --key-env PROD_KEY --expires-within 7d
      openrouter-preflight check --config gates.yml --report json=check.json
      openrouter-preflight check --simulate low-balance --min-balance 5

    \b
    Keys come from the environment, from a file or from standard input, never from a flag.
    """
)
@check_options
def check(**given: object) -> int:
    """Check that keys are valid, funded, and fit for what is about to be deployed."""
    output = resolve_output("check", given, os.environ)
    config = load_config(resolve_config_path("check", given, os.environ), Path.cwd())
    settings = resolve_check(given, os.environ, config)
    clock = SystemClock()
    with _world(settings) as (settings_in_world, environ):
        stdin = sys.stdin.buffer if sys.stdin else io.BytesIO()  # None where it was closed, as daemons do
        around = Surroundings(environ=environ, stdin=stdin, clock=clock, jitter=random.random)
        outcome = run_check(settings_in_world, around)
    return report(outcome, output, clock.now())


@contextmanager
def _world(settings: CheckSettings) -> Iterator[tuple[CheckSettings, Mapping[str, str]]]:
    """The settings and environment to check in: the real ones, or the simulator's, which hold no real key."""
    if settings.simulate is None:
        yield settings, os.environ
        return
    from openrouter_preflight.simulator import Simulator

    try:
        simulator = Simulator(settings.simulate)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with simulator:
        yield replace(settings, base_url=simulator.base_url), _environ_of(simulator, settings)


def _environ_of(simulator: Simulator, settings: CheckSettings) -> dict[str, str]:
    """Test keys under the names that the settings ask for: by the key's own name, else the one the story is about."""
    environ = {
        target.location: simulator.keys.get(target.name, simulator.primary_key).reveal() for target in settings.targets
    }
    if simulator.management_key is not None:
        environ[settings.management_key_env] = simulator.management_key.reveal()
    return environ
