"""The SARIF 2.1.0 report, as GitHub's code scanning takes it.

GitHub rejects a file of more than 25,000 results or 10 MB after gzip, shows 5,000 results, needs a location for each,
and tracks a result by `primaryLocationLineHash` alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from openrouter_preflight.findings import RULES, Finding, Rule, Severity, Verdict
from openrouter_preflight.project import HOME, rule_page
from openrouter_preflight.reports import summary
from openrouter_preflight.reports.grouping import where
from openrouter_preflight.reports.identity import identities, path_of
from openrouter_preflight.reports.json.as_json import as_json
from openrouter_preflight.reports.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.reports.interface import ReportContext

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MAXIMUM_RESULTS: Final = 5_000
_MAXIMUM_BYTES: Final = 8_000_000
"""Of all results together: under GitHub's limit even where gzip gains nothing."""
_KEY_LENGTH: Final = 73
"""Characters of a whole key (API.md §4)."""
_RULE_INDEX: Final = {name: index for index, name in enumerate(RULES)}


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report: one run, compact, in ASCII."""
    return as_json(document(outcome, context.version), separators=(",", ":"))


def document(outcome: Outcome, version: str) -> dict[str, Any]:
    """The report's object."""
    results = _results(outcome)
    said = [summary.answered_by(outcome), summary.share(outcome), _left_out(len(outcome.findings) - len(results))]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "openrouter-preflight",
                "semanticVersion": version,
                "informationUri": HOME,
                "rules": [_rule(rule) for rule in RULES.values()],
            }
        },
        "automationDetails": {"id": _category(outcome)},
        "invocations": [
            {
                "executionSuccessful": outcome.verdict is not Verdict.INCOMPLETE,
                "exitCode": outcome.exit_code.value,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": text}} for text in said if text
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _category(outcome: Outcome) -> str:
    """Return the identity of the analysis; GitHub closes alerts by it.

    So it names the mode and the share: a share, or a range, says nothing of what it did not read.
    """
    parts = ["openrouter-preflight", outcome.command]
    if outcome.scan is not None:
        parts.append(quote(outcome.scan.mode, safe=""))
        if outcome.scan.shard is not None:
            parts.append("share-{}-of-{}".format(*outcome.scan.shard))
    return "/".join([*parts, ""])


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "tags": ["security", "secrets"] if rule.is_leak else ["release-gate"],
        "precision": "very-high",
        "problem.severity": "recommendation" if rule.severity is Severity.NOTE else rule.severity.value,
    }
    if rule.score is not None:
        properties["security-severity"] = rule.score
    return {
        "id": rule.name,  # the standard wants no copy of it as a name
        "helpUri": rule_page(rule.name),
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {
            "text": f"{rule.why}\n{rule.fix}",
            "markdown": f"**Why it matters.** {rule.why}\n\n**Next.** {rule.fix}",
        },
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": properties,
    }


def _results(outcome: Outcome) -> list[dict[str, Any]]:
    """The results that fit, the worst first."""
    results: list[dict[str, Any]] = []
    size = 0
    findings = outcome.ordered_findings[:_MAXIMUM_RESULTS]
    for finding, identity in zip(findings, identities(findings), strict=True):
        result = _result(finding, identity, "SIMULATED: " if outcome.simulated is not None else "")
        size += len(json.dumps(result))
        if size > _MAXIMUM_BYTES:
            break
        results.append(result)
    return results


def _result(finding: Finding, identity: tuple[str, int], prefix: str) -> dict[str, Any]:
    digest, number = identity
    place = where(finding) if finding.member or finding.commit or finding.encoding else ""
    sentences = (f"{prefix}{finding.message}", f"Place: {place}." if place else "", finding.help)
    return {
        "ruleId": finding.rule.name,
        "ruleIndex": _RULE_INDEX[finding.rule.name],
        "level": finding.severity.value,
        "message": {"text": " ".join(filter(None, sentences)) or finding.rule.what},
        "locations": [_location(finding)],
        "partialFingerprints": {"primaryLocationLineHash": f"{digest[:32]}:{number}"},
        "properties": dict(_properties(finding)),
    }


def _location(finding: Finding) -> dict[str, Any]:
    """Its place in the repository; an archive's member has no line there."""
    region = {"startLine": 1}
    if finding.path and finding.line and not finding.member:
        region = {"startLine": finding.line}
        if finding.column:
            length = _KEY_LENGTH if finding.rule.holds_key and not finding.encoding else 1
            region |= {"startColumn": finding.column, "endLine": finding.line, "endColumn": finding.column + length}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path_of(finding))}, "region": region}}


def _uri(path: str) -> str:
    """`path` as a URI relative to the repository's root; an absolute one as a file's."""
    relative = path.removeprefix("./") or "."
    return f"file://{quote(relative)}" if relative.startswith("/") else quote(relative)


def _properties(finding: Finding) -> Iterable[tuple[str, Any]]:
    """Facts that have no field of their own in SARIF."""
    names = ("key", "fingerprint", "commit", "ref", "author_date", "in_head", "encoding", "member")
    values = ((name, getattr(finding, name)) for name in names)
    return ((name, value) for name, value in values if value is not None)


def _left_out(number: int) -> str:
    if not number:
        return ""
    return f"{count(number, 'more finding')} left out to stay within code scanning's limits; the JSON report lists all."
