"""The text report for a terminal or a log: short when all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci import Ci
from openrouter_preflight.ci.commands import defuse
from openrouter_preflight.findings import KeyState, Severity, Verdict
from openrouter_preflight.reports import audit_table, summary, words, writes
from openrouter_preflight.reports.grouping import Group, group, where, worst_by_key
from openrouter_preflight.reports.key_table import rows as key_rows
from openrouter_preflight.reports.key_table import sentence, table
from openrouter_preflight.reports.text.style import INDENT, Style, style_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome
    from openrouter_preflight.reports.interface import ReportContext

_PLACES: Final = 10
"""Places shown of one leaked key, and..."""
_GROUPS: Final = 50
"""...things to act on, unless everything is asked for: a log must stay readable."""
_HOOKS: Final = frozenset({"staged", "message", "push"})
"""Modes in which a failure stops somebody at work."""
_ALLOW: Final = "openrouter-preflight allow"
_ALLOWED_AT_ONCE: Final = 5
_VERDICT_COLOURS: Final = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCOMPLETE: "yellow"}


def as_text(lines: Iterable[str]) -> str:
    """`lines` as a text in which no runner finds a command."""
    return "".join(f"{defuse(line)}\n" for line in lines)


def is_good_news(outcome: Outcome, context: ReportContext) -> bool:
    """Tell if one sentence says it all: one healthy key, or one clean scan."""
    if context.verbose or outcome.verdict is not Verdict.PASS or any(map(_is_shown, outcome.findings)):
        return False
    healthy = all(key.state is KeyState.VALID for key in outcome.keys)
    return healthy and len(outcome.keys) + (outcome.scan is not None) == 1


def whole(outcome: Outcome, context: ReportContext) -> list[str]:
    """The report's lines, not yet defused."""
    if is_good_news(outcome, context):
        return [*_banner(outcome, context), *_one_line(outcome, context), *_hidden_notes(outcome, context)]
    said = details(outcome, context)
    gap = [""] if "" in said and not _hidden(outcome, context) else []
    return [*said, *gap, *closing(outcome, context)]


def details(outcome: Outcome, context: ReportContext) -> list[str]:
    """All but the verdict: what was looked at, what was found, what to do."""
    shown = [finding for finding in outcome.ordered_findings if context.verbose or _is_shown(finding)]
    blocks = [
        _banner(outcome, context),
        _checked(outcome, context),
        *_findings(group(shown, by_rule=outcome.command == audit_table.COMMAND), context),
        _writes(outcome, context),
        _hidden_notes(outcome, context),
    ]
    return _spaced(blocks) if shown else [line for block in blocks for line in block]


def _writes(outcome: Outcome, context: ReportContext) -> list[str]:
    """Every write, in order."""
    if not outcome.writes:
        return []
    style = style_of(context)
    lines = (writes.line(row, is_dry_run=outcome.is_dry_run) for row in outcome.writes)
    return [f"{writes.heading(outcome)}:", *(each for line in lines for each in style.wrap(line, INDENT))]


def closing(outcome: Outcome, context: ReportContext) -> list[str]:
    """The verdict, which stands last because that is where a tired person looks first."""
    style = style_of(context)
    verdict = style.paint_all(style.wrap(summary.verdict(outcome)), "bold", _VERDICT_COLOURS[outcome.verdict])
    return [*verdict, *_way_out(outcome, context)]


def _way_out(outcome: Outcome, context: ReportContext) -> list[str]:
    """The command that allows the keys, whole, for a person whom a hook stopped."""
    if context.ci is not Ci.NONE or outcome.scan is None or outcome.scan.mode not in _HOOKS:
        return []
    stopped = [each for each in outcome.findings if each.rule.is_leak and each.severity is Severity.ERROR]
    fingerprints = list(dict.fromkeys(each.fingerprint for each in stopped if each.fingerprint and not each.key))
    if not fingerprints:
        return []
    if len(fingerprints) <= _ALLOWED_AT_ONCE:
        them = "it" if len(fingerprints) == 1 else "them"
        return [f"To allow {them}: {_ALLOW} {' '.join(fingerprints)} --reason WHY"]
    scan = f"openrouter-preflight scan {'--history' if outcome.scan.mode == 'push' else '--staged'}"
    return [f"To allow them: {scan} --report json=keys.json; {_ALLOW} --from-report keys.json --reason WHY"]


def _is_shown(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE or finding.rule.is_answer


def _hidden(outcome: Outcome, context: ReportContext) -> list[Finding]:
    hidden = [] if context.verbose else [finding for finding in outcome.findings if not _is_shown(finding)]
    said_in_its_row = KeyState.MISSING
    return [finding for finding in hidden if finding.rule.key_state is not said_in_its_row]


def _banner(outcome: Outcome, context: ReportContext) -> list[str]:
    style = style_of(context)
    return style.paint_all(style.wrap(summary.answered_by(outcome)), "bold", "yellow")


def _one_line(outcome: Outcome, context: ReportContext) -> list[str]:
    """The whole good news about one key or one scan."""
    style = style_of(context)
    if outcome.scan:
        news = f"{summary.held(outcome)}: {words.scanned(outcome.scan)}."
    else:
        news = sentence(outcome.keys[0], context.now)
    first, *rest = style.wrap(news, "PASS: ", INDENT)
    return [style.paint("PASS", "bold", "green") + first.removeprefix("PASS"), *rest]


def _checked(outcome: Outcome, context: ReportContext) -> list[str]:
    """A row for each key, and a line for the scan."""
    style = style_of(context)
    if outcome.command == audit_table.COMMAND:
        return _audited(outcome, context, style)
    rows = _key_rows(outcome, context, style)
    short = {finding.key for finding in outcome.findings if finding.rule.is_about_money}
    for key in outcome.keys:
        rows += _details(key, outcome, context) if context.verbose else []
        rows += _ceilings(key, style) if context.verbose or (key.name in short and len(key.ceilings) > 1) else []
    if outcome.scan:
        seen = [finding for finding in outcome.findings if finding.rule.is_leak or finding.has_place]
        leaks = {finding.severity for finding in seen if _is_shown(finding)}
        severity = Severity.ERROR if Severity.ERROR in leaks else None if outcome.scan.complete else Severity.WARNING
        rows += _marked(f"Scanned {words.scanned(outcome.scan)}{_completeness(outcome)}.", severity, style)
    return rows


def _audited(outcome: Outcome, context: ReportContext, style: Style) -> list[str]:
    """The account's money and its keys, those that spend most first."""
    if not outcome.keys:
        return []
    found = worst_by_key(filter(_is_shown, outcome.findings))
    shown = outcome.keys if context.verbose else outcome.keys[:_GROUPS]
    head, *cells = audit_table.table(outcome.keys, context.now, context.width - len(INDENT), len(shown))
    rows = [f"{style.mark(found.get(key.name))} {row}" for key, row in zip(shown, cells, strict=True)]
    more = len(outcome.keys) - len(shown)
    left_out = [f"{INDENT}…and {words.count(more, 'more key')} that spent less"] if more else []
    return [*style.wrap(audit_table.account(outcome)), "", INDENT + style.paint(head, "dim"), *rows, *left_out]


def _key_rows(outcome: Outcome, context: ReportContext, style: Style) -> list[str]:
    """A table of several keys where it fits, else a sentence for each."""
    found = worst_by_key(filter(_is_shown, outcome.findings))
    marks = {key.name: style.mark(found.get(key.name) or _by_state(key)) for key in outcome.keys}
    aligned = table(outcome.keys, context.now, context.width - len(INDENT)) if len(outcome.keys) > 1 else None
    if aligned:
        head, *cells = aligned
        rows = [f"{marks[key.name]} {row}" for key, row in zip(outcome.keys, cells, strict=True)]
        return [INDENT + style.paint(head, "dim"), *rows]
    # Of the others, what was found says all that matters: once is enough.
    said = [key for key in outcome.keys if context.verbose or found.get(key.name) is not Severity.ERROR]
    return [line for key in said for line in _after(marks[key.name], sentence(key, context.now), style)]


def _by_state(key: KeyStatus) -> Severity | None:
    """The mark of a key without findings: fine, unless it was not checked."""
    return None if key.state is KeyState.VALID else Severity.NOTE


def _completeness(outcome: Outcome) -> str:
    return "" if outcome.scan is None or outcome.scan.complete else ", but not all of it could be read"


def _details(key: KeyStatus, outcome: Outcome, context: ReportContext) -> list[str]:
    """The small table of all that is known of a key."""
    style, known = style_of(context), key_rows(key, outcome.account, context.now)
    width = max(len(heading) for heading, _ in known)
    heading = [f"{INDENT}{key.name}"] if len(outcome.keys) > 1 else []
    begin = INDENT if len(outcome.keys) == 1 else INDENT * 2
    aligned = (style.wrap(value, f"{begin}{name:<{width}}  ", " " * (len(begin) + width + 2)) for name, value in known)
    return [*heading, *(line for lines in aligned for line in lines)]


def _ceilings(key: KeyStatus, style: Style) -> list[str]:
    """Return every ceiling of a key that is short of money."""
    figures = words.ceiling_figures(key)
    lines = [line for said in figures for line in style.wrap(said, INDENT + "- ", INDENT + "  ")]
    return [*style.wrap(f"What {key.name} may spend:", INDENT), *lines] if figures else []


def _findings(groups: Sequence[Group], context: ReportContext) -> Iterable[list[str]]:
    limit = len(groups) if context.verbose else _GROUPS
    for members in groups[:limit]:
        yield _finding(members, context)
    if len(groups) > limit:
        more = words.count(len(groups) - limit, "more finding")
        yield [f"…and {more}; the JSON report (--report json=PATH) lists them all."]


def _finding(members: Group, context: ReportContext) -> list[str]:
    """The rule with its key or place, the message, more places, the next step."""
    style = style_of(context)
    first = members.first
    head = style.paint(first.rule.name, "bold")
    title = style.paint(f" ({members.title})", "dim") if members.title else ""
    rows = [f"{style.mark(first.severity)} {head}{title}", *style.wrap(members.message, INDENT)]
    limit = len(members.findings) if context.verbose else _PLACES
    for finding in members.findings[:limit]:
        rows += style.wrap(where(finding), INDENT + "- ") if finding.has_place else []
    for said in members.sentences[:limit]:
        rows += style.wrap(said, INDENT + "- ")
    if len(members.findings) > limit:
        more = words.count(len(members.findings) - limit, "more key" if members.is_of_many_keys else "more place")
        rows.append(f"{INDENT}- and {more}; the JSON report (--report json=PATH) lists them all")
    rows += style.wrap(first.help, INDENT + "→ ") if first.help else []
    return rows


def _hidden_notes(outcome: Outcome, context: ReportContext) -> list[str]:
    """One line for all notes: they are counted, and not in the way."""
    notes = _hidden(outcome, context)
    if not notes:
        return []
    rules = ", ".join(sorted({finding.rule.name for finding in notes}))
    return [style_of(context).paint(f"{words.count(len(notes), 'note')} not shown: {rules}", "dim")]


def _marked(text: str, severity: Severity | None, style: Style) -> list[str]:
    return _after(style.mark(severity), text, style)


def _after(mark: str, text: str, style: Style) -> list[str]:
    first, *rest = style.wrap(text, INDENT)
    return [f"{mark} {first.removeprefix(INDENT)}", *rest]


def _spaced(blocks: Iterable[list[str]]) -> list[str]:
    """The blocks with an empty line between them."""
    spaced = [line for block in blocks if block for line in ("", *block)]
    return spaced[1:]
