"""An Outcome in eight formats, each loaded when it is needed."""

from openrouter_preflight.reports.interface import FORMATS, ReportContext, render

__all__ = ["FORMATS", "ReportContext", "render"]
