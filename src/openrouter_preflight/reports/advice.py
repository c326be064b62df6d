"""The next steps of an outcome, in the words of the place that it is reported in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci import advice
from openrouter_preflight.errors import ALL_OBJECTS, SET_KEY, WHOLE_HISTORY, Remedy
from openrouter_preflight.findings import Severity

if TYPE_CHECKING:
    from openrouter_preflight.ci import Ci
    from openrouter_preflight.findings import Finding, Outcome

_USUAL_NAME: Final = "OPENROUTER_API_KEY"


def at_place(outcome: Outcome, ci: Ci) -> Outcome:
    """The outcome with next steps for that CI, or for a laptop."""
    return replace(outcome, findings=tuple(_at_place(finding, ci) for finding in outcome.findings))


def _at_place(finding: Finding, ci: Ci) -> Finding:
    if isinstance(finding.help, Remedy):
        return replace(finding, help=_help(finding.help, finding.key or _USUAL_NAME, ci))
    menu = advice.secrets_menu(ci)
    if finding.rule.changes_secret and finding.severity is not Severity.NOTE and finding.help and menu:
        return replace(finding, help=f"{finding.help} {menu}")
    return finding


def _help(remedy: Remedy, name: str, ci: Ci) -> str:
    if remedy == SET_KEY:
        return advice.store_secret(ci, name)
    words = {WHOLE_HISTORY: advice.fetch_history, ALL_OBJECTS: advice.fetch_objects}
    return words[remedy](ci)
