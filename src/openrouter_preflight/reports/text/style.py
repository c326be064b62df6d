"""The look of the text report: marks, colours, wrapping."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from openrouter_preflight.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.reports.interface import ReportContext

INDENT: Final = "  "
_RESET: Final = "\x1b[0m"
_CODES: Final = {"bold": "\x1b[1m", "dim": "\x1b[2m", "red": "\x1b[31m", "green": "\x1b[32m", "yellow": "\x1b[33m"}
_MARKS: Final = {Severity.ERROR: ("✗", "red"), Severity.WARNING: ("!", "yellow"), Severity.NOTE: ("·", "dim")}
_MINIMUM_WIDTH: Final = 40
_WINDOWS_TERMINALS: Final = ("WT_SESSION", "ANSICON", "ConEmuANSI", "TERM_PROGRAM", "TERM")
_COMMAND: Final = re.compile("`[^`]+`")
_GLUE: Final = "\0"
"""Stands for a blank at which no line is broken; no clean text holds it."""


def wants_colour(stream: TextIO, environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell if `stream` gets colours: by no-color.org, then the environment.

    On Windows a console shows the codes themselves unless its program says that it understands them.
    """
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0") or environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    if platform == "win32" and not any(environ.get(name) for name in _WINDOWS_TERMINALS):
        return False
    return environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0" and stream.isatty()


def style_of(context: ReportContext) -> Style:
    """The style that the context asks for."""
    return Style(context.colour, context.width)


@dataclass(frozen=True, slots=True)
class Style:
    """Paints and wraps for one terminal."""

    colour: bool
    width: int

    def paint(self, text: str, *names: str) -> str:
        """`text` in those colours, or as it is where none are wanted."""
        if not self.colour or not text:
            return text
        return "".join(_CODES[name] for name in names) + text + _RESET

    def paint_all(self, lines: Iterable[str], *names: str) -> list[str]:
        """The lines in those colours, without empty ones."""
        return [self.paint(line, *names) for line in lines if line]

    def mark(self, severity: Severity | None) -> str:
        """The sign in front of a finding of that severity; None: of something that holds."""
        sign, colour = ("✓", "green") if severity is None else _MARKS[severity]
        return self.paint(sign, colour)

    def wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """Break `text` into lines that fit behind `first` and `rest`.

        Lines of `text` itself keep their own indentation. A word too long for the width stays whole, and so does a
        command in back quotes: paths, addresses and commands can be copied.
        """
        rest = " " * len(first) if rest is None else rest
        lines: list[str] = []
        for line in text.split("\n"):
            lead = line[: len(line) - len(line.lstrip(" "))]
            lines += textwrap.wrap(
                _COMMAND.sub(lambda command: command[0].replace(" ", _GLUE), line),
                max(self.width, _MINIMUM_WIDTH),
                initial_indent=rest if lines else first,  # textwrap keeps the line's own
                subsequent_indent=rest + lead,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [""]
        return [line.replace(_GLUE, " ") for line in lines]
