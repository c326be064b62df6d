"""Help that fits the terminal, with commands kept whole."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLE: Final = re.compile(r"( +)(\S.*?)(?: {2,}(\S.*))?")
_LONGEST_SUMMARY: Final = 1_000


class FittedCommand(click.Command):
    """A command whose epilog fits the terminal."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the epilog."""
        write_epilog(self.epilog, formatter)


def write_epilog(epilog: str | None, formatter: click.HelpFormatter) -> None:
    """Write examples line by line, and sentences wrapped."""
    if not epilog:
        return
    for paragraph in inspect.cleandoc(epilog).split("\n\n"):
        formatter.write("\n")
        sentences: list[str] = []
        for line in paragraph.removeprefix("\b\n").splitlines():
            if line.startswith(" "):
                _write_sentences(sentences, formatter)
                for each in _fitted_example(line, formatter.width):
                    formatter.write(f"{each}\n")
            else:
                sentences.append(line)
        _write_sentences(sentences, formatter)


def _write_sentences(lines: list[str], formatter: click.HelpFormatter) -> None:
    if lines:
        with formatter.indentation():
            formatter.write_text(" ".join(lines))
    lines.clear()


def _fitted_example(line: str, width: int) -> Iterator[str]:
    """Return command and explanation on lines of their own if need be."""
    found = _EXAMPLE.fullmatch(line)
    if found is None or len(line) + 2 <= width:
        yield f"  {line}"
        return
    indentation = f"  {found[1]}"
    yield from _broken_command(indentation + found[2], indentation, width)
    if found[3]:
        yield f"{indentation}    {found[3]}"


def _broken_command(command: str, indentation: str, width: int) -> Iterator[str]:
    """Break a command before its options, with backslashes."""
    while len(command) > width:
        place = max(command.rfind(mark, len(indentation) + 1, width - 1) for mark in (" --", " -- ", " | "))
        if place <= len(indentation):
            break
        yield f"{command[:place]} \\"
        command = f"{indentation}    {command[place + 1 :]}"
    yield command


def summary_of(command: click.Command) -> str:
    """Return the first sentence of the command's help, whole."""
    return command.get_short_help_str(_LONGEST_SUMMARY)
