"""The one way into a report: a format's name, an Outcome and a context.

Everything that others wrote is made harmless here, before any format sees it, so that no format can forget to.
A format adds only the escaping of its own syntax.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from openrouter_preflight.ci import Ci
from openrouter_preflight.reports.escape import clean_outcome, fit_encoding

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.ci.links import Links
    from openrouter_preflight.findings import Outcome

_MODULES: Final = {
    "text": "text.console",
    "json": "json.document",
    "github": "text.github_log",
    "markdown": "markdown.page",
    "html": "html.page",
    "sarif": "sarif",
    "junit": "junit",
    "gitlab": "gitlab",
}
FORMATS: Final = tuple(_MODULES)
"""The names of `--format` and `--report`, in the order in which help shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """The moment and the place of a report."""

    version: str
    """This tool's version."""
    now: datetime
    """Aware UTC; what `in 7 days` counts from."""
    colour: bool = False
    width: int = 80
    """Columns of the terminal."""
    encoding: str = "utf-8"
    """Of the stream that the report is for; what it cannot carry is written in ASCII."""
    ci: Ci = Ci.NONE
    verbose: bool = False
    """Show notes and every place in full."""
    links: Links | None = None
    """The pages of the repository that the CI checked out."""

    def links_for(self, outcome: Outcome) -> Links | None:
        """Return the pages of the scanned repository; None unless it is the CI's."""
        name = outcome.scan.repository if outcome.scan is not None else None
        return self.links if self.links is not None and name in (None, self.links.name) else None


class _Format(Protocol):
    """The interface of a format's module."""

    def render(self, outcome: Outcome, context: ReportContext) -> str:
        """The whole report, ending in a newline."""
        ...


def render(name: str, outcome: Outcome, context: ReportContext) -> str:
    """The report of that format, ending in a newline. Raises KeyError, a bug."""
    return fit_encoding(load(name).render(clean_outcome(outcome), context), context.encoding)


def load(name: str) -> _Format:
    """The module of that format, loaded once."""
    return cast("_Format", import_module(f"openrouter_preflight.reports.{_MODULES[name]}"))
