"""Messages on standard error in the program's name, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openrouter_preflight.cli.streams import silence_stderr
from openrouter_preflight.errors import NAME

if TYPE_CHECKING:
    from openrouter_preflight.errors import PreflightError


def warn(text: str) -> None:
    """Say `text` in the program's name."""
    say(f"{NAME}: {text}")


def say(text: str) -> None:
    """Write a line to standard error; if that fails, the exit code has to do."""
    try:
        click.echo(text, err=True)
    except OSError:  # a full disk, or a pipe that nobody reads any more
        silence_stderr()


def error_text(error: PreflightError) -> str:
    """Return the message and, below it, the next step."""
    return "\n".join(map(sanitize, error.whole.splitlines()))


def sanitize(text: str) -> str:
    """Return one line without secrets, escape codes and CI commands."""
    from openrouter_preflight.ci.commands import defuse
    from openrouter_preflight.reports.escape import clean
    from openrouter_preflight.settings.redact import without_secrets

    return defuse(clean(without_secrets(text)))
