"""A click group whose commands are imported when they are used: start-up is felt."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from openrouter_preflight.cli.fitted_help import summary_of, write_epilog


class LazyGroup(click.Group):
    """Finds each command in its own module, as a table says."""

    def __init__(self, *args: Any, commands_in: dict[str, str], **options: Any) -> None:
        """Take `commands_in`: the module of each command, by the command's name."""
        super().__init__(*args, **options)
        self._commands_in = commands_in

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the table's order."""
        return list(self._commands_in)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return the command; None where there is none of that name."""
        module = self._commands_in.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(import_module(module), cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every command with its whole first sentence, which click would cut."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary_of(command)) for name, command in found if command])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the epilog so that it fits the terminal."""
        write_epilog(self.epilog, formatter)
