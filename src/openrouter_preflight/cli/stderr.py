"""Messages on standard error in the program's name, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openrouter_preflight.errors import NAME

if TYPE_CHECKING:
    from openrouter_preflight.errors import PreflightError


def warn(text: str) -> None:
    """Say `text`."""
    click.echo(f"{NAME}: {text}", err=True)


def error_text(error: PreflightError) -> str:
    """Return the message and, below it, the next step."""
    return "\n".join(map(sanitize, error.whole.splitlines()))


def sanitize(text: str) -> str:
    """Return one line without secrets, escape codes and CI commands."""
    from openrouter_preflight.ci.commands import defuse
    from openrouter_preflight.reports.escape import clean
    from openrouter_preflight.settings.redact import without_secrets

    return defuse(clean(without_secrets(text)))
