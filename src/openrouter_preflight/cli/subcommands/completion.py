"""`openrouter-preflight completion`: the completion script of a shell."""

from __future__ import annotations

import click

from openrouter_preflight.cli.completion import SHELLS, script_for
from openrouter_preflight.cli.fitted_help import FittedCommand


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    One line in the shell's start-up file:
      bash          eval "$(openrouter-preflight completion bash)"
      zsh           eval "$(openrouter-preflight completion zsh)"
      fish          openrouter-preflight completion fish | source
      PowerShell    openrouter-preflight completion powershell | Out-String | iex
    """,
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script that completes commands in your shell."""
    click.echo(script_for(shell, context.find_root().command))
    return 0
