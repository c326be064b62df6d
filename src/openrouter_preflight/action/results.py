"""Results of a run: JSON report, SARIF, summary, outputs, and last the log."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from openrouter_preflight import __version__
from openrouter_preflight.action.inputs import naming
from openrouter_preflight.ci import Ci
from openrouter_preflight.ci.commands import github_command
from openrouter_preflight.ci.github_files import append_outputs, append_summary
from openrouter_preflight.ci.links import links_of
from openrouter_preflight.errors import NAME, PreflightError, UsageError
from openrouter_preflight.findings import Severity, Verdict
from openrouter_preflight.reports import ReportContext, render
from openrouter_preflight.reports.escape import clean
from openrouter_preflight.reports.markdown.inline import plain
from openrouter_preflight.reports.write import write_report
from openrouter_preflight.settings.redact import without_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from openrouter_preflight.findings import ExitCode, KeyStatus, Outcome


def publish(
    outcome: Outcome,
    *,
    report: Path,
    sarif_file: Path | None,
    reports: tuple[tuple[str, Path], ...] = (),
    environ: Mapping[str, str],
    log: TextIO,
    now: datetime,
) -> None:
    """Write everything, the log last, so that no verdict precedes a failed write.

    But a failure is told all the same. Else raises UsageError or PreflightError for a file that cannot be written.
    """
    context = ReportContext(version=__version__, now=now, ci=Ci.GITHUB, links=links_of(environ))
    write_report(report, render("json", outcome, context))
    try:
        for name, path in reports:
            _refuse_link(path)
            write_report(path, render(name, outcome, context))
        if sarif_file is not None:
            with naming("sarif-file", sarif_file):
                _refuse_link(sarif_file)
                write_report(sarif_file, render("sarif", outcome, context))
    except PreflightError as error:
        if outcome.verdict is not Verdict.FAIL:
            raise
        sarif_file = None
        _log_error(error.whole, log)
    put_summary(render("markdown", outcome, context), environ)
    put_outputs(outputs_of(outcome, report, sarif_file), environ)
    log.write(render("github", outcome, context))
    log.flush()


def give_up(message: str, code: ExitCode, environ: Mapping[str, str], log: TextIO) -> int:
    """Report in log, summary and outputs why nothing was decided."""
    said = _log_error(message, log)
    with suppress(Exception):  # nothing is left to say it to, and a traceback could show data
        put_outputs({"verdict": Verdict.INCOMPLETE.value, "exit-code": str(code.value)}, environ)
        put_summary(f"## ⚠️ OpenRouter preflight: nothing was decided\n\n{plain(said)}", environ)
    return code.value


def _log_error(message: str, log: TextIO) -> str:
    """Say it in the log, without secrets. What was said."""
    said = "\n".join(clean(without_secrets(line)) for line in message.splitlines())
    log.write(github_command("error", said, {"title": NAME}) + "\n")
    log.flush()
    return said


def put_summary(markdown: str, environ: Mapping[str, str]) -> None:
    """Add to the job summary, where there is one."""
    path = environ.get("GITHUB_STEP_SUMMARY")
    if path:
        append_summary(Path(path), markdown)


def put_outputs(outputs: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Hand outputs to later steps, where something reads them."""
    path = environ.get("GITHUB_OUTPUT")
    if path:
        append_outputs(Path(path), outputs)


def outputs_of(outcome: Outcome, report: Path, sarif_file: Path | None) -> dict[str, str]:
    """The outputs by name (docs/how-to/action.md). None is a secret, or part of one."""
    key = _scarcest(outcome.keys)
    leaks = {
        finding.fingerprint or finding
        for finding in outcome.findings
        if finding.rule.is_leak and finding.severity is Severity.ERROR
    }
    spendable = key.spendable_usd if key else None
    return {
        "verdict": outcome.verdict.value,
        "exit-code": str(outcome.exit_code.value),
        "spendable-usd": "" if spendable is None else f"{spendable:f}",
        "fingerprint": (key.fingerprint or "") if key else "",
        "findings": str(len(outcome.findings)),
        "leaks": str(len(leaks)),
        "report": str(report),
        "sarif-file": "" if sarif_file is None else str(sarif_file),
    }


def _scarcest(keys: tuple[KeyStatus, ...]) -> KeyStatus | None:
    """Return the key that can spend least where that is known, else the first."""
    known = [(key.spendable_usd, place) for place, key in enumerate(keys) if key.spendable_usd is not None]
    return keys[min(known)[1]] if known else next(iter(keys), None)


def _refuse_link(path: Path) -> None:
    """Refuse a path that leads out of the checkout through a symbolic link."""
    here = Path.cwd()
    inside = Path(os.path.normpath(here / path)).is_relative_to(here)
    if inside and not Path(os.path.realpath(path)).is_relative_to(here.resolve()):
        raise UsageError("a symbolic link in the checkout leads out of it.", "Name another file.")
