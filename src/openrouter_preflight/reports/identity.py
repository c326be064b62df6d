"""The identity of findings, for services that follow them from run to run."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.findings import Finding

FALLBACK_PATH: Final = ".openrouter-preflight.yml"
"""The file of findings without one, for formats that insist on a file."""


def identities(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    """For each finding a digest and its number among equal ones, from 1.

    The digest is of the rule, the key and the file, not of line or commit: a finding stays the same one when the
    file around it is edited, and when history is rewritten.
    """
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        digest = _digest(finding)
        seen[digest] += 1
        found.append((digest, seen[digest]))
    return found


def path_of(finding: Finding) -> str:
    """The file that it is put at."""
    return finding.path or FALLBACK_PATH


def _digest(finding: Finding) -> str:
    parts = (finding.rule.name, finding.key, finding.fingerprint, finding.path, finding.member, finding.repository)
    return sha256("\0".join(part or "" for part in parts).encode()).hexdigest()
