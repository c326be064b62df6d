"""What a run learned, in eight formats. A report sees an Outcome, never a secret; formats load when asked for."""

from openrouter_preflight.reports.interface import FORMATS, ReportContext, render

__all__ = ["FORMATS", "ReportContext", "render"]
