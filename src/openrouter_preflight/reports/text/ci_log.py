"""The text report for a CI's log: foldable details, annotations, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci import Ci
from openrouter_preflight.ci.commands import azure_command, fold, github_command
from openrouter_preflight.findings import Severity, Verdict
from openrouter_preflight.reports import summary
from openrouter_preflight.reports.grouping import history
from openrouter_preflight.reports.text.page import as_text, closing, details, is_good_news, whole
from openrouter_preflight.reports.words import count

if TYPE_CHECKING:
    from openrouter_preflight.findings import Finding, Outcome
    from openrouter_preflight.reports.interface import ReportContext

_ANNOTATIONS_OF_A_KIND: Final = 10
"""GitHub shows 10 errors, 10 warnings and 10 notices of a step and drops the rest without a word."""
_GITHUB_KINDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_AZURE_KINDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def render_log(outcome: Outcome, context: ReportContext, ci: Ci) -> str:
    """The whole report for that CI's log."""
    if is_good_news(outcome, context):
        return _lines(_annotations(outcome, ci)) + as_text(whole(outcome, context))
    collapsed = outcome.verdict is Verdict.PASS
    said = fold(
        ci, f"openrouter-preflight {context.version}", details(outcome, context), context.now, collapsed=collapsed
    )
    return _lines([*said, *_annotations(outcome, ci)]) + as_text(closing(outcome, context))


def _annotations(outcome: Outcome, ci: Ci) -> list[str]:
    """One command for each finding, the worst first, up to what the CI shows."""
    if ci not in (Ci.GITHUB, Ci.AZURE):
        return []
    by_severity: dict[Severity, list[str]] = {severity: [] for severity in Severity}
    by_severity[Severity.WARNING] = _banner(outcome, ci)
    left_over = dict.fromkeys(Severity, 0)
    for finding in outcome.ordered_findings:
        commands = by_severity[finding.severity]
        if len(commands) >= _ANNOTATIONS_OF_A_KIND:
            left_over[finding.severity] += 1
        else:
            commands += _annotation(finding, ci)
    shown = [command for commands in by_severity.values() for command in commands]
    rest = ", ".join(count(number, f"more {severity.value}") for severity, number in left_over.items() if number)
    return [*shown, f"Not annotated: {rest}; the JSON report lists them all."] if rest else shown


def _annotation(finding: Finding, ci: Ci) -> list[str]:
    message = "\n".join(part for part in (finding.message, history(finding), finding.help) if part)
    line, column = _spot(finding)
    if ci is Ci.GITHUB:
        where = {"file": finding.path, "line": line, "col": column, "title": finding.rule.name}
        return [github_command(_GITHUB_KINDS[finding.severity], message, where)]
    if finding.severity not in _AZURE_KINDS:
        return []
    where = {"sourcepath": finding.path, "linenumber": line, "columnnumber": column, "code": finding.rule.name}
    return [azure_command("task.logissue", message, {"type": _AZURE_KINDS[finding.severity], **where})]


def _spot(finding: Finding) -> tuple[int | None, int | None]:
    """Line and column of a file's text; an archive has none."""
    is_text = finding.path is not None and finding.member is None
    return (finding.line, finding.column) if is_text else (None, None)


def _banner(outcome: Outcome, ci: Ci) -> list[str]:
    """Return the annotation about a run that asked another address."""
    said = summary.answered_by(outcome)
    if not said:
        return []
    name = summary.banner_name(outcome)
    if ci is Ci.GITHUB:
        return [github_command("warning", said, {"title": name})]
    return [azure_command("task.logissue", said, {"type": "warning", "code": name})] if ci is Ci.AZURE else []


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
