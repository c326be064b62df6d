"""Reports of a command on standard output and in files, and its exit code."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from openrouter_preflight import __version__
from openrouter_preflight.ci import detect_ci
from openrouter_preflight.ci.links import links_of
from openrouter_preflight.cli.stderr import error_text, warn
from openrouter_preflight.cli.streams import silence_stdout
from openrouter_preflight.errors import PreflightError
from openrouter_preflight.findings import Outcome, Verdict
from openrouter_preflight.reports import ReportContext, render
from openrouter_preflight.reports.advice import at_place
from openrouter_preflight.reports.text.style import wants_colour
from openrouter_preflight.reports.write import write_report

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TextIO

    from openrouter_preflight.settings.model import OutputSettings

_WIDEST: int = 100
"""Columns; longer lines are hard to read."""


def report(outcome: Outcome, output: OutputSettings, now: datetime, *, stream: TextIO | None = None) -> int:
    """Write every report that was asked for. Returns the exit code.

    The files come first: where one cannot be written, nothing on standard output has claimed a verdict. But a failure
    is told all the same, and stays one.

    Raises:
        UsageError: a report's path cannot be used, and nothing failed.
        PreflightError: a report could not be written; what stood there before is unchanged.

    `stream` takes the place of standard output, where that is another program's.

    Where nobody reads standard output (any more), the exit code alone says the verdict.
    """
    outcome = at_place(outcome, detect_ci(os.environ))
    context = ReportContext(version=__version__, now=now, verbose=output.verbose, links=links_of(os.environ))
    unwritten: list[PreflightError] = []
    for name, path in output.reports:
        try:
            write_report(path, render(name, outcome, context))
        except PreflightError as error:
            if outcome.verdict is not Verdict.FAIL:
                raise
            unwritten.append(error)
    shown_on = stream or sys.stdout
    if shown_on and not (output.quiet and outcome.verdict is Verdict.PASS and not outcome.findings):
        try:
            _print(render(output.format, outcome, _terminal_context(output, now, shown_on)), shown_on)
        except PreflightError as error:
            if outcome.verdict is not Verdict.FAIL:
                raise
            unwritten.append(error)
    for reason_incomplete in unwritten:
        warn(error_text(reason_incomplete))
    return outcome.exit_code


def _terminal_context(output: OutputSettings, now: datetime, stream: TextIO) -> ReportContext:
    width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST) if stream.isatty() else 80
    return ReportContext(
        version=__version__,
        now=now,
        colour=output.format == "text" and wants_colour(stream, os.environ),
        width=width,
        encoding=stream.encoding or "utf-8",
        ci=detect_ci(os.environ),
        verbose=output.verbose,
        links=links_of(os.environ),
    )


def _print(text: str, stream: TextIO) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        raise PreflightError(f"standard output cannot be written to: {error.strerror}") from None
