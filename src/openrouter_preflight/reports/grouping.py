"""Findings grouped as people act on them: one leaked key in many places is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from openrouter_preflight.reports.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.ci.links import Links
    from openrouter_preflight.findings import Finding, Severity

_SHORT = 12
"""Hex digits of a fingerprint or commit that people read."""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule about one key or one account, or a single finding."""

    findings: tuple[Finding, ...]
    is_of_many_keys: bool = False

    @property
    def first(self) -> Finding:
        """The one that stands for the group."""
        return self.findings[0]

    @property
    def title(self) -> str:
        """The key's name, or a leaked key's fingerprint and the number of places."""
        if self.is_of_many_keys and len(self.findings) > 1:
            return count(len(self.findings), "key")
        parts = [self.first.key] if self.first.key else []
        if self.first.fingerprint and (self.first.rule.is_leak or self.first.has_place):
            parts.append(f"fingerprint {self.first.fingerprint[:_SHORT]}")
        if len(self.findings) > 1:
            parts.append(count(len(self.findings), "place"))
        return ", ".join(parts)

    @property
    def message(self) -> str:
        """The findings' message where it is the same for all, else without places."""
        if len({finding.message for finding in self.findings}) == 1:
            return self.first.message
        if len({finding.what for finding in self.findings}) > 1:
            return self.first.rule.what
        remarks = dict.fromkeys(remark for finding in self.findings for remark in finding.remarks)
        return replace(self.first, where="", remarks=tuple(remarks)).message

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each of many keys; empty where the message is enough."""
        messages = tuple(dict.fromkeys(finding.message for finding in self.findings))
        return messages if self.is_of_many_keys and len(messages) > 1 else ()


def group(findings: Iterable[Finding], *, by_rule: bool = False) -> list[Group]:
    """Return the findings in groups, at the place of each group's first.

    `by_rule` puts those of one rule together, whatever keys they are about: an account can have thousands.
    """
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        together = finding.fingerprint is not None and finding.has_place
        name = (finding.rule.name, finding.severity, finding.key, finding.fingerprint) if together else number
        groups.setdefault((finding.rule.name, finding.severity) if by_rule else name, []).append(finding)
    return [Group(tuple(members), is_of_many_keys=by_rule) for members in groups.values()]


def worst_by_key(findings: Iterable[Finding]) -> dict[str, Severity]:
    """For each key that something was found about, how bad the worst of it is."""
    worst: dict[str, Severity] = {}
    for finding in findings:
        if finding.key is not None:
            known = worst.get(finding.key, finding.severity)
            worst[finding.key] = min(known, finding.severity, key=lambda severity: severity.rank)
    return worst


def place(finding: Finding) -> str:
    """`a/b.env:3:20`, as editors open it; `member:3:20 in a.zip`."""
    file = finding.member or finding.path
    if file is None:
        return ""
    spot = ":".join(str(part) for part in (file, finding.line, finding.column) if part is not None)
    archive = f"in {finding.path}" if finding.member and finding.path else ""
    encoding = f"as {finding.encoding}" if finding.encoding else ""
    repository = f"{finding.repository}:" if finding.repository else ""
    return " ".join(part for part in (repository, spot, archive, encoding) if part)


def history(finding: Finding) -> str:
    """`commit 1a2b3c4d5e6f of 2026-11-20 on refs/heads/main and 2 more refs`."""
    parts = []
    if finding.commit:
        day = f" of {finding.author_date[:10]}" if finding.author_date else ""
        parts.append(f"commit {finding.commit[:_SHORT]}{day}")
    if finding.ref:
        more = len(finding.refs) - 1 + finding.more_refs
        parts.append(f"on {finding.ref}" + (f" and {count(more, 'more ref')}" if more > 0 else ""))
    where = " ".join(parts)
    return f"{where}, no longer in HEAD" if where and finding.in_head is False else where


def where(finding: Finding) -> str:
    """`place` and `history` in one line; empty where the finding stands nowhere."""
    return ", ".join(part for part in (place(finding), history(finding)) if part)


def pages_of(finding: Finding, links: Links | None) -> tuple[str | None, str | None]:
    """The pages of the finding's file and commit, in the repository of the CI."""
    if links is None or finding.repository is not None:
        return None, None
    line = None if finding.member else finding.line
    file = links.file(finding.path, line, finding.commit) if finding.path is not None else None
    return file, links.commit(finding.commit) if finding.commit is not None else None
