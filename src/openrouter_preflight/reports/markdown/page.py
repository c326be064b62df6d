"""The Markdown report for a job summary or a comment, below 1 MiB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import KeyState, Severity, Verdict
from openrouter_preflight.reports import audit_table, summary, words, writes
from openrouter_preflight.reports.grouping import group, history, pages_of, place, worst_by_key
from openrouter_preflight.reports.key_table import HEADINGS, cells
from openrouter_preflight.reports.key_table import sentence as key_sentence
from openrouter_preflight.reports.markdown.chart import charts
from openrouter_preflight.reports.markdown.inline import code, plain, prose, sentence, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from openrouter_preflight.ci.links import Links
    from openrouter_preflight.findings import Finding, KeyStatus, Outcome
    from openrouter_preflight.reports.grouping import Group
    from openrouter_preflight.reports.interface import ReportContext

_MAXIMUM_BYTES: Final = 900_000
"""Of the whole report: a step's summary may hold 1 MiB, and others may write to it too."""
_FOLD: Final = "<details>"
_UNFOLD: Final = "</details>"
_KEYS: Final = 200
_PLACES: Final = 20
_IN_SHORT: Final = 5
"""Keys that get a line each where all is well."""
_SIGNS: Final = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "💬"}
_VERDICT_SIGNS: Final = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.INCOMPLETE: "⚠️"}


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report."""
    links = context.links_for(outcome)
    head = [*_verdict(outcome), *_banner(outcome)]
    if _is_good_news(outcome):
        head += [*_in_short(outcome, context), *_folded("Keys and limits", _keys(outcome, context)[1:])]
        foot = [*_writes(outcome), _signature(context)]
    else:
        head += _keys(outcome, context)
        foot = [*_scanned(outcome), *_writes(outcome), _signature(context)]
    room = _MAXIMUM_BYTES - sum(len(block.encode()) + 2 for block in [*head, *foot])
    return "\n\n".join([*head, *_within(room, _findings(outcome, links)), *foot]) + "\n"


def _is_good_news(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.PASS and all(each.severity is Severity.NOTE for each in outcome.findings)


def _in_short(outcome: Outcome, context: ReportContext) -> list[str]:
    """Return a line for each of a few keys, and one for the scan."""
    keys = outcome.keys if len(outcome.keys) <= _IN_SHORT else ()
    said = [f"- {plain(key_sentence(key, context.now))}" for key in keys]
    said += [f"- Scanned {plain(words.scanned(outcome.scan))}."] if outcome.scan else []
    return ["\n".join(said)] if said else []


def _folded(title: str, blocks: Sequence[str]) -> list[str]:
    return [f"{_FOLD}<summary>{title}</summary>", *blocks, _UNFOLD] if blocks else []


def _signature(context: ReportContext) -> str:
    return f"<sub>openrouter-preflight {plain(context.version)}</sub>"


def _verdict(outcome: Outcome) -> list[str]:
    return [
        f"## {_VERDICT_SIGNS[outcome.verdict]} OpenRouter preflight: {outcome.verdict.value}",
        sentence(summary.reasons(outcome)),
    ]


def _writes(outcome: Outcome) -> list[str]:
    """A table of every write."""
    if not outcome.writes:
        return []
    rows = [
        [plain(row.method), plain(writes.short_path(row)), plain(row.what), str(row.status or "")]
        for row in outcome.writes
    ]
    return [f"### {writes.heading(outcome)}", table(["", "Path", "What", "Status"], rows)]


def _banner(outcome: Outcome) -> list[str]:
    said = summary.answered_by(outcome)
    return [f"> [!WARNING]\n> **{plain(said)}**"] if said else []


def _keys(outcome: Outcome, context: ReportContext) -> list[str]:
    """A table of the keys, and what is left of their budgets."""
    if not outcome.keys:
        return []
    shown = outcome.keys[:_KEYS]
    worst = worst_by_key(outcome.findings)
    if outcome.command == audit_table.COMMAND:
        return [plain(audit_table.account(outcome)), "### Keys", *_audited(outcome, shown, worst, context)]
    rows = [_row(key, worst.get(key.name), cells(key, context.now)) for key in shown]
    more = len(outcome.keys) - len(shown)
    left_out = [f"…and {words.count(more, 'more key')}; the JSON report lists them all."] if more else []
    headings = ["", *(heading.capitalize() for heading in HEADINGS)]
    return ["### Keys", table(headings, rows), *left_out, *charts(shown)]


def _audited(
    outcome: Outcome, shown: Sequence[KeyStatus], worst: Mapping[str, Severity], context: ReportContext
) -> list[str]:
    """Return the keys of an account with a bar for each one's share."""
    rows = []
    for key, share in zip(shown, audit_table.shares(outcome.keys), strict=False):
        said = audit_table.cells(key, share, context.now)
        row = _row(key, worst.get(key.name), said)
        row[audit_table.SHARE + 1] = f"`{audit_table.bar(share)}` {audit_table.percent(share)}".replace("<", "&lt;")
        rows.append(row)
    more = len(outcome.keys) - len(shown)
    left_out = [f"…and {words.count(more, 'more key')} that spent less; the JSON report lists them all."]
    return [table(["", *(each.capitalize() for each in audit_table.HEADINGS)], rows), *(left_out if more else [])]


def _row(key: KeyStatus, worst: Severity | None, said: Sequence[str]) -> list[str]:
    sign = _SIGNS[worst] if worst else "✅" if key.state is KeyState.VALID else "⏭️"
    name, *others = said
    return [sign, code(name), *(plain(cell) or "-" for cell in others)]


def _findings(outcome: Outcome, links: Links | None) -> Iterable[str]:
    """A block for each finding, notes folded together at the end."""
    important = [finding for finding in outcome.ordered_findings if finding.severity is not Severity.NOTE]
    notes = [finding for finding in outcome.ordered_findings if finding.severity is Severity.NOTE]
    if important:
        yield "### Findings"
    by_rule = outcome.command == audit_table.COMMAND
    yield from (_finding(members, links) for members in group(important, by_rule=by_rule))
    if notes:
        yield f"{_FOLD}<summary>{words.count(len(notes), 'note')}</summary>"
        yield from (_finding(members, links) for members in group(notes, by_rule=by_rule))
        yield _UNFOLD


def _finding(members: Group, links: Links | None) -> str:
    """The message, the places and the next step."""
    first = members.first
    about = f" · {code(first.key)}" if first.key else ""
    about = f" · {members.title}" if members.sentences else about
    if first.has_place and first.fingerprint:
        about += f" · key with fingerprint {code(first.fingerprint[:12])}"
    lines = [f"- {_SIGNS[first.severity]} **{first.rule.name}**{about}<br>", f"  {sentence(members.message)}"]
    lines += [f"  - {_place(finding, links)}" for finding in members.findings[:_PLACES] if finding.has_place]
    lines += [f"  - {sentence(said)}" for said in members.sentences[:_PLACES]]
    more, kind = len(members.findings) - _PLACES, "more key" if members.is_of_many_keys else "more place"
    lines += [f"  - and {words.count(more, kind)}; the JSON report lists them all"] if more > 0 else []
    return "\n".join([*lines, *([f"\n  **Next:** {prose(first.help)}"] if first.help else [])])


def _place(finding: Finding, links: Links | None) -> str:
    """The file and the commit, each leading to its page where the CI names one."""
    pages = pages_of(finding, links)
    parts = zip((place(finding), history(finding)), pages, strict=True)
    return ", ".join(f"[{code(part)}]({page})" if page else code(part) for part, page in parts if part)


def _scanned(outcome: Outcome) -> list[str]:
    if outcome.scan is None:
        return []
    rest = "" if outcome.scan.complete else " **Not all of it could be read.**"
    return ["### Scanned", f"{plain(words.scanned(outcome.scan))}.{rest}"]


def _within(room: int, blocks: Iterable[str]) -> Iterable[str]:
    """The blocks that fit into `room` bytes, and a sentence for those that do not."""
    is_folded = False
    for block in blocks:
        room -= len(block.encode()) + 2
        if room < 0:
            yield from [_UNFOLD] if is_folded else []
            yield "**…and more that did not fit; the JSON report lists everything.**"
            return
        is_folded = block.startswith(_FOLD) or (is_folded and block != _UNFOLD)
        yield block
