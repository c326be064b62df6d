"""The text report: for a person at a terminal or in a log. Short when all is well; the verdict is the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.commands import defuse
from openrouter_preflight.findings import KeyState, Severity, Verdict
from openrouter_preflight.reports import summary, words
from openrouter_preflight.reports.key_rows import sentence, table
from openrouter_preflight.reports.places import Group, group, has_place, where
from openrouter_preflight.reports.style import INDENT, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome
    from openrouter_preflight.reports.interface import ReportContext

_PLACES: Final = 10
"""Places shown of one leaked key, and..."""
_GROUPS: Final = 50
"""...things to act on, unless everything is asked for: a log must stay readable."""
_VERDICT_COLOURS: Final = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCOMPLETE: "yellow"}
_FINE: Final = frozenset({KeyState.VALID})


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report."""
    return "".join(f"{defuse(line)}\n" for line in lines(outcome, context))


def lines(outcome: Outcome, context: ReportContext) -> list[str]:
    """The report's lines, not yet defused: other formats put them into a log of their own."""
    style = Style(context.colour, context.width)
    banner = style.wrap(summary.simulated(outcome))
    shown = [finding for finding in outcome.ordered_findings if context.verbose or _is_shown(finding)]
    hidden = [finding for finding in outcome.ordered_findings if not context.verbose and not _is_shown(finding)]
    if not shown and not context.verbose and _is_one_healthy_thing(outcome):
        body = [*_one_line(outcome, context, style), *_hidden_notes(hidden, style)]
        return [*_painted(banner, style, "bold", "yellow"), *body]
    blocks = [
        _painted(banner, style, "bold", "yellow"),
        _checked(outcome, context, style),
        *_findings(group(shown), context, style),
        [*_hidden_notes(hidden, style), *_verdict(outcome, style)],
    ]
    return _spaced(blocks) if shown else [line for block in blocks for line in block]


def _is_shown(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE


def _is_one_healthy_thing(outcome: Outcome) -> bool:
    if outcome.verdict is not Verdict.PASS or len(outcome.keys) + (outcome.scan is not None) != 1:
        return False
    return all(key.state in _FINE for key in outcome.keys)


def _one_line(outcome: Outcome, context: ReportContext, style: Style) -> list[str]:
    """The whole good news about one key or one scan."""
    if outcome.scan:
        news = f"{_capital(summary.held(outcome))}: {words.scanned(outcome.scan)}."
    else:
        news = sentence(outcome.keys[0], context.now)
    first, *rest = style.wrap(news, "PASS: ", INDENT)
    return [style.paint("PASS", "bold", "green") + first.removeprefix("PASS"), *rest]


def _checked(outcome: Outcome, context: ReportContext, style: Style) -> list[str]:
    """What was looked at: a row for each key, a line for the scan."""
    rows: list[str] = []
    worst = {key.name: _worst(key, outcome.findings) for key in outcome.keys}
    aligned = table(outcome.keys, context.now, context.width - len(INDENT)) if len(outcome.keys) > 1 else None
    if aligned:
        head, *cells = aligned
        rows.append(INDENT + style.paint(head, "dim"))
        rows += [f"{style.mark(worst[key.name])} {row}" for key, row in zip(outcome.keys, cells, strict=True)]
    else:
        for key in outcome.keys:
            rows += _marked(sentence(key, context.now), worst[key.name], style)
    if context.verbose:
        rows += [line for key in outcome.keys for line in style.wrap(_details(key), INDENT) if _details(key)]
    if outcome.scan:
        leaks = [finding.severity for finding in outcome.findings if has_place(finding) and _is_shown(finding)]
        severity = Severity.ERROR if Severity.ERROR in leaks else None if outcome.scan.complete else Severity.WARNING
        rows += _marked(f"Scanned {words.scanned(outcome.scan)}{_completeness(outcome)}.", severity, style)
    return rows


def _worst(key: KeyStatus, findings: Iterable[Finding]) -> Severity | None:
    """The worst that was found about that key; a note for one that was not checked; None if it is fine."""
    about = [finding.severity for finding in findings if finding.key == key.name and _is_shown(finding)]
    if about:
        return min(about, key=lambda severity: severity.rank)
    return None if key.state in _FINE else Severity.NOTE


def _completeness(outcome: Outcome) -> str:
    return "" if outcome.scan is None or outcome.scan.complete else ", but not all of it could be read"


def _details(key: KeyStatus) -> str:
    """What only a verbose report says of a key: which one it is, and every ceiling."""
    parts = [f"{name} {value}" for name, value in (("label", key.label), ("fingerprint", key.fingerprint)) if value]
    parts += [f"{words.ceiling_name(ceiling.name)}: {words.money(ceiling.remaining)} left" for ceiling in key.ceilings]
    return f"{key.name}: {'; '.join(parts)}" if parts else ""


def _findings(groups: Sequence[Group], context: ReportContext, style: Style) -> Iterable[list[str]]:
    limit = len(groups) if context.verbose else _GROUPS
    for members in groups[:limit]:
        yield _finding(members, context, style)
    if len(groups) > limit:
        yield [f"…and {words.count(len(groups) - limit, 'more finding')}; --report json=PATH lists them all."]


def _finding(members: Group, context: ReportContext, style: Style) -> list[str]:
    """Which rule and key or place, what happened, where else, what to do next."""
    first = members.first
    head = style.paint(first.rule.name, "bold")
    title = style.paint(f" ({members.title})", "dim") if members.title else ""
    rows = [f"{style.mark(first.severity)} {head}{title}", *style.wrap(members.message, INDENT)]
    limit = len(members.findings) if context.verbose else _PLACES
    for finding in members.findings[:limit]:
        rows += style.wrap(where(finding), INDENT + "- ") if has_place(finding) else []
    if len(members.findings) > limit:
        more = words.count(len(members.findings) - limit, "more place")
        rows.append(f"{INDENT}- and {more}; --report json=PATH lists them all")
    rows += style.wrap(first.help, INDENT + "→ ") if first.help else []
    return rows


def _hidden_notes(notes: Sequence[Finding], style: Style) -> list[str]:
    """One line for all notes: they are counted, and not in the way."""
    if not notes:
        return []
    rules = ", ".join(sorted({finding.rule.name for finding in notes}))
    return [style.paint(f"{words.count(len(notes), 'note')} not shown: {rules}", "dim")]


def _verdict(outcome: Outcome, style: Style) -> list[str]:
    colour = _VERDICT_COLOURS[outcome.verdict]
    return _painted(style.wrap(summary.verdict(outcome)), style, "bold", colour)


def _marked(text: str, severity: Severity | None, style: Style) -> list[str]:
    first, *rest = style.wrap(text, INDENT)
    return [f"{style.mark(severity)} {first.removeprefix(INDENT)}", *rest]


def _painted(rows: Iterable[str], style: Style, *colours: str) -> list[str]:
    return [style.paint(row, *colours) for row in rows if row]


def _spaced(blocks: Iterable[list[str]]) -> list[str]:
    """The blocks with an empty line between them."""
    spaced = [line for block in blocks if block for line in ("", *block)]
    return spaced[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
