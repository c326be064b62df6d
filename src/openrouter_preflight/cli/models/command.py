"""`openrouter-preflight models`: what may this key use?"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import options_of
from openrouter_preflight.cli.stderr import sanitize, say, warn
from openrouter_preflight.cli.streams import silence_stdout
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.settings.config.config_file import load_config
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.model import DEFAULT_BASE_URL
from openrouter_preflight.settings.resolve import resolve_config_path, resolve_models


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight models                         what OPENROUTER_API_KEY may use; without a key, everything
      openrouter-preflight models anthropic 'openai/gpt-5*'
      openrouter-preflight models --format json --key-env PROD_KEY
      openrouter-preflight models --successors x-ai/grok-beta openai/gpt-4-32k

    \b
    A price is the highest that can apply, in USD for a million tokens; * marks
    one that holds under a condition, which JSON names.
    """,
)
@click.argument("patterns", metavar="[PATTERN]...", nargs=-1)
@options_of("models")
def models(patterns: tuple[str, ...], **given: object) -> int:
    """List the models that a key may use, by a part of their id or a glob."""
    from openrouter_preflight.cli.model_cache import remember_models
    from openrouter_preflight.cli.models.page import json_page, text_page
    from openrouter_preflight.commands.models import KeyRefusedError, list_models
    from openrouter_preflight.reports.escape import clean

    requested = read_request("models", given, os.environ)
    config = load_config(resolve_config_path("models", requested, os.environ), Path.cwd())
    settings = resolve_models(requested, os.environ, config, patterns)
    try:
        listing = list_models(settings, environ=os.environ, clock=SystemClock(), on_wait=_say)
    except KeyRefusedError as error:
        warn("\n".join(map(sanitize, str(error).splitlines())))
        return 1
    if settings.simulate is not None:
        _say(f"SIMULATED: the models of the scenario {settings.simulate}, not OpenRouter's.")
    elif settings.base_url != DEFAULT_BASE_URL:
        _say(f"Asked at {settings.base_url}.")
    if listing.key_env is None:
        _say(f"{settings.key_env} is not set: this is the public catalogue; a key may be allowed less.")
    if settings.simulate is None and not settings.patterns and not settings.successors:
        # A service can send anything back as a name, a key too.
        remember_models((model.id for model in listing.models if clean(model.id) == model.id), os.environ)
    if settings.format == "json":
        _show(json_page(listing, settings, DEFAULT_BASE_URL))
        return 0
    page = text_page(listing, settings)
    if not settings.successors:
        whose = f"{settings.key_env} may use" if listing.key_env else "OpenRouter lists"
        matching = " of those that match" if settings.patterns else ""
        _say(f"{len(listing.models)} models{matching} that {whose}." if page else "No model matches.")
    _show(page)
    return 0


def _show(page: str) -> None:
    """Print the page, through a pager where a terminal is too low for it."""
    if not sys.stdout:
        return
    if sys.stdout.isatty() and page.count("\n") >= shutil.get_terminal_size((80, 24)).lines:
        os.environ.setdefault("LESS", "-FRSX")
        click.echo_via_pager(page)
        return
    try:
        sys.stdout.write(page)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()


def _say(message: str) -> None:
    say(sanitize(message))
