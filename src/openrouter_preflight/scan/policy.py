"""The permissions of a project: keys by fingerprint, paths, comments.

A permission that has run out permits nothing and is told of; what was left out is counted and told of. So whatever the
config file does to a report can be seen in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings import Finding, Severity, rule
from openrouter_preflight.scan.globs import PathGlobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from openrouter_preflight.settings.model import AllowedKey, ScanPolicy


def every_comment(_fingerprint: str) -> bool:
    """Count every comment: its writers are trusted."""
    return True


def as_it_is(path: str) -> str:
    """Return the path, which is relative to the root already."""
    return path


class ProjectPolicy:
    """The config file's `scan:` on one day."""

    def __init__(
        self,
        scan: ScanPolicy,
        today: date,
        comment_counts: Callable[[str], bool] = every_comment,
        from_root: Callable[[str], str] = as_it_is,
    ) -> None:
        """Take the keys that a comment may permit, and the path that globs match."""
        self._holding = {entry.fingerprint: entry for entry in scan.allow if _holds(entry, today)}
        self._expired = {entry.fingerprint: entry for entry in scan.allow if not _holds(entry, today)}
        self._globs = PathGlobs(scan.exclude)
        self._comment_counts = comment_counts
        self._from_root = from_root
        self._left_out: list[str] = []

    def allowed(self, fingerprint: str) -> str | None:
        """Why the key of that fingerprint is allowed; None if it is not."""
        entry = self._holding.get(fingerprint)
        if entry is None:
            return None
        return f"{entry.reason} (until {entry.expires})" if entry.expires else entry.reason

    def excluded(self, path: str) -> bool:
        """Tell if nothing at `path` is to be reported; each time counts as one left out."""
        if not self._globs.match(self._from_root(path)):
            return False
        self._left_out.append(path)
        return True

    def heeds_comment(self, fingerprint: str, path: str | None) -> bool:  # noqa: ARG002 - the protocol's parameter
        """Tell if a comment beside a key, in what is scanned, may allow it."""
        return self._comment_counts(fingerprint)

    def explain(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings of a scan under this policy, with what it did to them in words."""
        return (*map(self._with_expiry, findings), *self._exclusions())

    def _with_expiry(self, finding: Finding) -> Finding:
        entry = self._expired.get(finding.fingerprint or "")
        if entry is None or not finding.rule.is_leak:
            return finding
        remark = f"its permission expired on {entry.expires}"
        return finding.with_remark(remark)

    def _exclusions(self) -> tuple[Finding, ...]:
        if not self._left_out:
            return ()
        times, paths = len(self._left_out), len(set(self._left_out))
        what = f"scan.exclude left out {times} thing{'s' * (times > 1)} in {paths} file{'s' * (paths > 1)}"
        excluded = rule("scan-excluded")
        return (Finding(rule=excluded, severity=Severity.NOTE, what=what, help=excluded.fix),)


def _holds(entry: AllowedKey, today: date) -> bool:
    return entry.expires is None or today <= entry.expires
