"""The JUnit report: a suite for each key and for the scan, a case for each rule.

A decided error is a failure, an undecided one an error, a key that was not checked is skipped; warnings and notes
pass, with what they say as the case's output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from openrouter_preflight.ci.commands import defuse_markup
from openrouter_preflight.findings import RULES, KeyState, Severity
from openrouter_preflight.reports import summary, words
from openrouter_preflight.reports.grouping import Group, group, where
from openrouter_preflight.reports.key_table import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome, Rule
    from openrouter_preflight.reports.interface import ReportContext


_NOT_CHECKED: Final = frozenset({KeyState.SKIPPED, KeyState.UNREACHABLE})


_CHECKED: Final = "the key was checked"
_CLAIMS_OF_A_SCAN: Final = ("committed-key", "deployed-key-committed", "suspicious-key", "scan-incomplete")
"""Rules that every scan decides, so that their cases are there in every run."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case; `kind` is the element of its ending, empty for a pass.

    Its name is the same whether it passes or fails, so that services can follow it from run to run.
    """

    name: str
    kind: str = ""
    message: str = ""
    text: str = ""
    rule: str = ""


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report, in ASCII with character references."""
    title = "openrouter-preflight"
    if outcome.simulated is not None:
        title += f" (SIMULATED: {outcome.simulated})"
    root = ET.Element("testsuites", name=title)
    about: dict[str | None, list[Finding]] = {}
    for finding in outcome.ordered_findings:
        about.setdefault(finding.key, []).append(finding)
    for key in outcome.keys:
        found = about.get(key.name, [])
        root.append(_suite(key.name, _key_cases(key, found, context.now), _notes(found), outcome, context))
    rest = _about_no_key(outcome)
    if outcome.scan is not None:
        said = [f"Scanned {words.scanned(outcome.scan)}.", *_notes(rest)]
        root.append(_suite("scan", _cases(rest, claims=_CLAIMS_OF_A_SCAN), said, outcome, context))
    elif rest:
        root.append(_suite(outcome.command, _cases(rest), _notes(rest), outcome, context))
    for total in ("tests", "failures", "errors"):  # the schema that Jenkins holds files against knows no more of a root
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return defuse_markup(document.decode("ascii")) + "\n"


def _key_cases(key: KeyStatus, found: Sequence[Finding], now: datetime) -> list[_Case]:
    said = sentence(key, now)
    failed = any(finding.severity is Severity.ERROR for finding in found)
    if key.state in _NOT_CHECKED and not failed:
        return [_Case(_CHECKED, "skipped", said, "\n\n".join(map(_text, group(found))))]
    return _cases(found, claims=key.judged) or [_Case(_CHECKED, text=said)]


def _about_no_key(outcome: Outcome) -> list[Finding]:
    names = {key.name for key in outcome.keys}
    return [finding for finding in outcome.ordered_findings if finding.key not in names]


def _cases(findings: Iterable[Finding], claims: Iterable[str] = ()) -> list[_Case]:
    """Return a case for each rule that is claimed or broken."""
    by_rule: dict[str, list[Finding]] = {name: [] for name in claims}
    for finding in findings:
        if finding.severity is not Severity.NOTE:
            by_rule.setdefault(finding.rule.name, []).append(finding)
    return [_case(found[0].rule if found else RULES[name], group(found)) for name, found in by_rule.items()]


def _case(rule: Rule, groups: Sequence[Group]) -> _Case:
    """Errors break the claim; a warning leaves it open, which JUnit calls skipped."""
    name = rule.asserts or rule.name
    if not groups:
        return _Case(name)
    worst = min(groups, key=lambda members: members.first.severity.rank).first
    kind = "skipped" if worst.severity is not Severity.ERROR else "error" if rule.undecided else "failure"
    more = f" (and {len(groups) - 1} more)" if len(groups) > 1 else ""
    return _Case(name, kind, f"{worst.message}{more}", "\n\n".join(map(_text, groups)), rule.name)


def _notes(findings: Iterable[Finding]) -> list[str]:
    return [_text(members) for members in group(each for each in findings if each.severity is Severity.NOTE)]


def _text(members: Group) -> str:
    title = f"{members.title}: " if members.title and members.title != members.first.key else ""
    places = (f"- {where(finding)}" for finding in members.findings if where(finding))
    return "\n".join(part for part in (f"{title}{members.message}", *places, members.first.help) if part)


def _suite(
    name: str, cases: Sequence[_Case], said: Sequence[str], outcome: Outcome, context: ReportContext
) -> ET.Element:
    suite = ET.Element("testsuite", name=name, timestamp=f"{context.now:%Y-%m-%dT%H:%M:%S}", tests=str(len(cases)))
    for kind, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.kind == kind for case in cases)))
    facts = {summary.banner_name(outcome): summary.answered_by(outcome), "share": summary.share(outcome)}
    if any(facts.values()):
        properties = ET.SubElement(suite, "properties")
        for title, value in facts.items():
            if value:
                ET.SubElement(properties, "property", name=title, value=value)
    for case in cases:
        element = ET.SubElement(suite, "testcase", classname=f"openrouter-preflight.{name}", name=case.name)
        if case.kind:
            ended = ET.SubElement(element, case.kind, message=case.message)
            ended.text = case.text
            if case.kind != "skipped":
                ended.set("type", case.rule)
        elif case.text:
            ET.SubElement(element, "system-out").text = case.text
    if said:
        ET.SubElement(suite, "system-out").text = "\n\n".join(said)
    return suite
