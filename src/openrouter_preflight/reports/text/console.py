"""The text report on standard output, folded in the logs of Azure and GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci import Ci
from openrouter_preflight.reports.text.page import as_text, whole

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.reports.interface import ReportContext

_FOLDING: Final = frozenset({Ci.AZURE, Ci.GITLAB})


def render(outcome: Outcome, context: ReportContext) -> str:
    """Return the whole report; on Azure and GitLab by the conventions of their logs."""
    if context.ci in _FOLDING:
        from openrouter_preflight.reports.text.ci_log import render_log

        return render_log(outcome, context, context.ci)
    return as_text(whole(outcome, context))
