"""The JUnit report: a suite for each key with a case for each gate, and one for the scan with a case for each leak.

A decided error is a failure, an undecided one an error, a key that was not checked is skipped; warnings and notes
pass, with what they say as the case's output.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from openrouter_preflight.ci.commands import defuse_markup
from openrouter_preflight.findings import KeyState, Severity
from openrouter_preflight.reports import summary, words
from openrouter_preflight.reports.grouping import Group, group, where
from openrouter_preflight.reports.key_table import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome
    from openrouter_preflight.reports.interface import ReportContext


_NOT_CHECKED: Final = frozenset({KeyState.SKIPPED, KeyState.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case; `kind` is the element that says how it ended, or empty for a pass."""

    name: str
    kind: str = ""
    message: str = ""
    text: str = ""


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report, in ASCII with character references."""
    title = "openrouter-preflight"
    if outcome.simulated is not None:
        title += f" (SIMULATED: {outcome.simulated})"
    root = ET.Element("testsuites", name=title)
    suites = [(key.name, list(_key_cases(key, outcome.findings, context.now))) for key in outcome.keys]
    rest = _about_no_key(outcome)
    if outcome.scan or rest:
        suites.append(("scan" if outcome.scan else outcome.command, list(_other_cases(outcome, rest))))
    for name, cases in suites:
        root.append(_suite(name, cases, outcome, context.now))
    for total in ("tests", "failures", "errors"):  # the schema that Jenkins holds files against knows no more of a root
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return defuse_markup(document.decode("ascii")) + "\n"


def _key_cases(key: KeyStatus, findings: Iterable[Finding], now: datetime) -> Iterable[_Case]:
    about = group(finding for finding in findings if finding.key == key.name)
    said = sentence(key, now)
    failed = any(members.first.severity is Severity.ERROR for members in about)
    if key.state in _NOT_CHECKED and not failed:
        yield _Case("key", "skipped", said, _all_texts(about))
        return
    yield from map(_case, about)
    broken = {members.first.rule.name for members in about}
    held = [name for name in key.judged if name not in broken]
    yield from (_Case(name) for name in held)
    if not broken and not held:
        yield _Case("key", text=said)


def _other_cases(outcome: Outcome, findings: Sequence[Finding]) -> Iterable[_Case]:
    """The scan's cases, and what is about no key of this run."""
    yield from map(_case, group(findings))
    if outcome.scan and not any(finding.severity is Severity.ERROR for finding in findings):
        yield _Case("committed-key", text=f"Scanned {words.scanned(outcome.scan)}.")


def _about_no_key(outcome: Outcome) -> list[Finding]:
    names = {key.name for key in outcome.keys}
    return [finding for finding in outcome.ordered_findings if finding.key not in names]


def _case(members: Group) -> _Case:
    first = members.first
    about = "" if members.title == first.key else members.title or where(first)
    name = f"{first.rule.name} ({about})" if about else first.rule.name
    if first.severity is not Severity.ERROR:
        return _Case(name, text=_text(members))
    return _Case(name, "error" if first.rule.undecided else "failure", members.message, _text(members))


def _text(members: Group) -> str:
    places = (f"- {where(finding)}" for finding in members.findings if where(finding))
    return "\n".join(part for part in (members.message, *places, members.first.help) if part)


def _all_texts(groups: Iterable[Group]) -> str:
    return "\n".join(map(_text, groups))


def _suite(name: str, cases: Sequence[_Case], outcome: Outcome, now: datetime) -> ET.Element:
    suite = ET.Element("testsuite", name=name, timestamp=f"{now:%Y-%m-%dT%H:%M:%S}", tests=str(len(cases)))
    for kind, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.kind == kind for case in cases)))
    if outcome.simulated is not None:
        properties = ET.SubElement(suite, "properties")
        ET.SubElement(properties, "property", name="simulated", value=summary.simulated(outcome))
    seen: Counter[str] = Counter()
    for case in cases:
        seen[case.name] += 1
        unique = case.name if seen[case.name] == 1 else f"{case.name} #{seen[case.name]}"
        element = ET.SubElement(suite, "testcase", classname=f"openrouter-preflight.{name}", name=unique)
        if case.kind:
            ended = ET.SubElement(element, case.kind, message=case.message)
            ended.text = case.text
            if case.kind != "skipped":
                ended.set("type", case.name.split(" ")[0])
        elif case.text:
            ET.SubElement(element, "system-out").text = case.text
    return suite
