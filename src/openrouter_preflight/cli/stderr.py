"""What goes to standard error in the program's own name, without a secret that a user's words may hold."""

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
    """What happened and, below it, what to do."""
    return "\n".join(map(sanitize, error.whole.splitlines()))


def sanitize(text: str) -> str:
    """One line that quotes a user's words, without secrets, escape codes, and commands for a CI's log."""
    from openrouter_preflight.ci.commands import defuse
    from openrouter_preflight.reports.escape import clean
    from openrouter_preflight.settings.redact import without_secrets

    return defuse(clean(without_secrets(text)))
