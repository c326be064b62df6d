"""The page: the verdict, each key against its limits, findings with their next steps, what was scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.commands import defuse_markup
from openrouter_preflight.findings import KeyState, Severity
from openrouter_preflight.reports import summary, words
from openrouter_preflight.reports.grouping import group, history, place
from openrouter_preflight.reports.html.charts import ceilings, daily_spend
from openrouter_preflight.reports.html.markup import Markup, element, join, prose
from openrouter_preflight.reports.html.stylesheet import POLICY, STYLE
from openrouter_preflight.reports.key_table import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome
    from openrouter_preflight.reports.grouping import Group
    from openrouter_preflight.reports.interface import ReportContext

_KEYS: Final = 200
_ACCOUNTS: Final = 20
_GROUPS: Final = 500
_PLACES: Final = 20
"""Shown of one finding; a page must open on a telephone."""
_WORST: Final = {Severity.ERROR: "Errors", Severity.WARNING: "Warnings", Severity.NOTE: "Notes"}
_NAMES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole page, in ASCII with character references, whatever encoding it is served in."""
    word, _, rest = summary.verdict(outcome).partition(": ")
    title = f"OpenRouter preflight: {word.lower()}"
    body = (
        element("h1", "OpenRouter preflight: ", element("span", word.lower(), class_=outcome.verdict.value)),
        element("p", rest[:1].upper() + rest[1:]),
        *_simulated(outcome),
        *_keys(outcome.keys, context),
        *_findings(outcome),
        *_scanned(outcome),
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


def _simulated(outcome: Outcome) -> Iterable[Markup]:
    said = summary.simulated(outcome)
    if said:
        yield element("p", said, class_="banner")


def _keys(keys: Sequence[KeyStatus], context: ReportContext) -> Iterable[Markup]:
    if not keys:
        return
    yield element("h2", "Keys")
    yield element("div", *(_key(key, context) for key in keys[:_KEYS]), class_="keys")
    yield from _spend(keys)
    if len(keys) > _KEYS:
        more = words.count(len(keys) - _KEYS, "more key")
        yield element("p", f"…and {more}; the JSON report lists them all.")


def _key(key: KeyStatus, context: ReportContext) -> Markup:
    said = sentence(key, context.now)
    state = "pass" if key.state is KeyState.VALID else "dim" if key.state is KeyState.SKIPPED else "fail"
    names = [f"{name} {value}" for name, value in (("label", key.label), ("fingerprint", key.fingerprint)) if value]
    return element(
        "section",
        element("h3", element("code", key.name), " ", element("span", key.state.value, class_=state)),
        element("p", said),
        element("p", "; ".join(names), class_="small dim") if names else "",
        *ceilings(key),
        class_="card",
    )


def _spend(keys: Sequence[KeyStatus]) -> Iterable[Markup]:
    """The spend by day of each account: keys of one account have the same."""
    accounts: dict[object, list[str]] = {}
    for key in keys:
        if key.daily_spend_usd:
            accounts.setdefault(key.daily_spend_usd, []).append(key.name)
    if accounts:
        yield element("h2", "Spend by day")
    for number, (days, names) in enumerate(accounts.items()):
        if number == _ACCOUNTS:
            yield element("p", f"…and {words.count(len(accounts) - number, 'more account')}.")
            return
        yield daily_spend(next(key.daily_spend_usd for key in keys if key.daily_spend_usd == days), names)


def _findings(outcome: Outcome) -> Iterable[Markup]:
    """The findings under a heading for each severity, the worst first."""
    left = _GROUPS
    for severity, heading in _WORST.items():
        groups = group(finding for finding in outcome.findings if finding.severity is severity)
        if not groups:
            continue
        yield element("h2", f"{heading} ({len(groups):,})")
        shown = groups[: max(left, 0)]
        left -= len(shown)
        yield element("ul", *map(_finding, shown), class_="findings")
        if len(groups) > len(shown):
            more = words.count(len(groups) - len(shown), "more finding")
            yield element("p", f"…and {more}; the JSON report lists them all.")


def _finding(members: Group) -> Markup:
    """One thing to act on: what happened, where, and the next step."""
    first = members.first
    kind = _NAMES[first.severity]
    title = f" ({members.title})" if members.title else ""
    places = [element("li", *_place(finding)) for finding in members.findings[:_PLACES] if finding.has_place]
    more = len(members.findings) - _PLACES
    if more > 0:
        places.append(element("li", f"and {words.count(more, 'more place')}; the JSON report lists them all"))
    return element(
        "li",
        element("h3", element("span", kind, class_=kind), " ", element("code", first.rule.name), title),
        element("p", prose(members.message)),
        element("ul", *places) if places else "",
        element("p", element("span", "Next: ", class_="tag"), prose(first.help)) if first.help else "",
        class_=kind,
    )


def _place(finding: Finding) -> Iterable[Markup]:
    said = [element("code", part) for part in (place(finding), history(finding)) if part]
    return [join([", " if number else "", part]) for number, part in enumerate(said)]


def _scanned(outcome: Outcome) -> Iterable[Markup]:
    if outcome.scan is None:
        return
    yield element("h2", "Scanned")
    yield element("p", f"{words.scanned(outcome.scan)}.")
    if not outcome.scan.complete:
        yield element("p", "Not all of it could be read.", class_="incomplete tag")
