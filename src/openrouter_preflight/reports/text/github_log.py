"""The report for GitHub's log: a group, annotations on the diff, the verdict.

Limits and escaping are those of the runner (`ci.commands`); what a log shows in common with Azure and GitLab stands
in `ci_log`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.ci import Ci
from openrouter_preflight.reports.text.ci_log import render_log

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.reports.interface import ReportContext


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report, workflow commands included."""
    return render_log(outcome, context, Ci.GITHUB)
