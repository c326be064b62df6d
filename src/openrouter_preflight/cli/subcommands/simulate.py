"""`openrouter-preflight simulate`: a local OpenRouter to try gates against."""

from __future__ import annotations

import threading

import click

from openrouter_preflight.cli.completion import complete_scenarios
from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator import SCENARIOS, Simulator


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight simulate --list
      openrouter-preflight simulate low-balance
      openrouter-preflight simulate --port 8080 outage
    """,
)
@click.argument("scenario", default="healthy", shell_complete=complete_scenarios)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option("--latency", type=click.FloatRange(0, 60), default=0.0, help="Seconds before every answer.")
@click.option("--seed", type=int, help="Make the same test keys in every run.")
@click.option("--list", "list_only", is_flag=True, help="Print the scenarios and leave.")
def simulate(scenario: str, port: int, latency: float, seed: int | None, *, list_only: bool) -> int:
    """Serve an embedded OpenRouter on loopback until interrupted.

    It prints its base URL and its test keys, made at run time, as lines that a shell can evaluate.
    """
    if list_only:
        for known in SCENARIOS.values():
            click.echo(f"{known.name:28}{known.summary}")
        return 0
    try:
        simulator = Simulator(scenario, port=port, latency=latency, seed=seed)
    except ValueError as error:
        raise UsageError(str(error), "List them with: openrouter-preflight simulate --list") from None
    try:
        simulator.start()
    except OSError as error:
        raise PreflightError(f"port {port} cannot be used: {error.strerror}", "Leave --port out.") from None
    try:
        _introduce(simulator)
        threading.Event().wait()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED  # the way in which it ends, of which nothing needs to be said
    finally:
        simulator.stop()
    return 0


def _introduce(simulator: Simulator) -> None:
    """Print the simulator's own keys, the only ones that are ever printed."""
    click.echo(f"# {simulator.scenario.summary}")
    click.echo("# A simulator: these test keys open nothing anywhere else. Interrupt it to stop.")
    click.echo(f"export OPENROUTER_BASE_URL={simulator.base_url}")
    click.echo(f"export OPENROUTER_API_KEY={simulator.primary_key.reveal()}")
    for name, key in simulator.keys.items():
        if key != simulator.primary_key:
            click.echo(f"export OPENROUTER_{name.upper().replace('-', '_')}_KEY={key.reveal()}")
