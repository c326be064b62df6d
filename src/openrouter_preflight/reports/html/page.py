"""The page: verdict, keys, findings with next steps, scan, writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.commands import defuse_markup
from openrouter_preflight.findings import Severity
from openrouter_preflight.reports import audit_table, summary, words, writes
from openrouter_preflight.reports.grouping import group, history, pages_of, place
from openrouter_preflight.reports.html.keys import keys_section
from openrouter_preflight.reports.html.markup import Markup, element, join, link, prose
from openrouter_preflight.reports.html.stylesheet import POLICY, STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.ci.links import Links
    from openrouter_preflight.findings import Finding, Outcome
    from openrouter_preflight.reports.grouping import Group
    from openrouter_preflight.reports.interface import ReportContext

_GROUPS: Final = 500
_PLACES: Final = 20
"""Shown of one finding; a page must open on a telephone."""
_WORST: Final = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}
_NAMES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(outcome: Outcome, context: ReportContext) -> str:
    """Return the whole page, in ASCII with character references."""
    word, rest = outcome.verdict.value, summary.reasons(outcome)
    title = f"OpenRouter preflight: {word}"
    body = (
        element("h1", "OpenRouter preflight: ", element("span", word, class_=word)),
        element("p", rest[:1].upper() + rest[1:]),
        *_banner(outcome),
        *keys_section(outcome, context),
        *_account(outcome),
        *_findings(outcome, context.links_for(outcome)),
        *_scanned(outcome),
        *_writes(outcome),
    )
    head = (
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    foot = f"openrouter-preflight {context.version} {outcome.command}, {context.now:%Y-%m-%d %H:%M} UTC"
    page = element(
        "html", element("head", *head), element("body", element("main", *body), element("footer", foot)), lang="en"
    )
    return defuse_markup(f"<!doctype html>\n{page}\n").encode("ascii", "xmlcharrefreplace").decode("ascii")


def _banner(outcome: Outcome) -> Iterable[Markup]:
    said = summary.answered_by(outcome)
    if said:
        yield element("p", said, class_="banner")


def _account(outcome: Outcome) -> Iterable[Markup]:
    if outcome.account is None:
        return
    figures = {
        "Balance": outcome.account.balance_usd,
        "Bought": outcome.account.credits_usd,
        "Spent": outcome.account.usage_usd,
    }
    said = [f"{name}: {words.usd(amount)}" for name, amount in figures.items() if amount is not None]
    if said:
        yield element("h2", "Account")
        yield element("p", "; ".join(said))


def _writes(outcome: Outcome) -> Iterable[Markup]:
    if outcome.writes:
        yield element("h2", writes.heading(outcome))
        lines = (writes.line(row, is_dry_run=outcome.is_dry_run) for row in outcome.writes)
        yield element("ul", *(element("li", line) for line in lines))


def _findings(outcome: Outcome, links: Links | None) -> Iterable[Markup]:
    """The findings under a heading for each severity, the worst first."""
    left = _GROUPS
    for severity, heading in _WORST.items():
        of_that = (finding for finding in outcome.findings if finding.severity is severity)
        groups = group(of_that, by_rule=outcome.command == audit_table.COMMAND)
        if not groups:
            continue
        yield element("h2", f"{heading} ({len(groups):,})")
        shown = groups[: max(left, 0)]
        left -= len(shown)
        yield element("ul", *(_finding(members, links) for members in shown), class_="findings")
        if len(groups) > len(shown):
            more = words.count(len(groups) - len(shown), "more finding")
            yield element("p", f"…and {more}; the JSON report lists them all.")


def _finding(members: Group, links: Links | None) -> Markup:
    """One thing to act on: what happened, where, and the next step."""
    first = members.first
    kind = _NAMES[first.severity]
    title = f" ({members.title})" if members.title else ""
    places = [element("li", *_place(finding, links)) for finding in members.findings[:_PLACES] if finding.has_place]
    places += [element("li", prose(said)) for said in members.sentences[:_PLACES]]
    more, things = len(members.findings) - _PLACES, "more key" if members.is_of_many_keys else "more place"
    if more > 0:
        places.append(element("li", f"and {words.count(more, things)}; the JSON report lists them all"))
    return element(
        "li",
        element("h3", element("span", kind, class_=kind), " ", element("code", first.rule.name), title),
        element("p", prose(members.message)),
        element("ul", *places) if places else "",
        element("p", element("span", "Next: ", class_="tag"), prose(first.help)) if first.help else "",
        class_=kind,
    )


def _place(finding: Finding, links: Links | None) -> Iterable[Markup]:
    parts = zip((place(finding), history(finding)), pages_of(finding, links), strict=True)
    said = [link(element("code", part), page) for part, page in parts if part]
    return [join([", " if number else "", part]) for number, part in enumerate(said)]


def _scanned(outcome: Outcome) -> Iterable[Markup]:
    if outcome.scan is None:
        return
    yield element("h2", "Scanned")
    yield element("p", f"{words.scanned(outcome.scan)}.")
    if not outcome.scan.complete:
        yield element("p", "Not all of it could be read.", class_="incomplete tag")
