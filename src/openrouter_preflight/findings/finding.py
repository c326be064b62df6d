"""Finding: one thing a person should know, addressed by the name of its rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.findings.rule import Rule
    from openrouter_preflight.findings.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. It names keys and places, and never holds a secret."""

    rule: Rule
    severity: Severity
    message: str
    """One sentence: what happened, and to which key or where."""
    subject: str = ""
    """Of a key that stands somewhere: the message's beginning, which names the key and no place."""
    remarks: tuple[str, ...] = ()
    """Further sentences that name no place either."""
    help: str
    """The next step for a person, in the imperative."""
    key: str | None = None
    """The name under which the key was given, such as its environment variable."""
    fingerprint: str | None = None
    """SHA-256 of the key it is about, where one is known."""
    path: str | None = None
    """The file, relative to the repository or as it was given; printable, whatever its bytes were."""
    line: int | None = None
    """Line in the decoded text, from 1."""
    column: int | None = None
    """Column in the decoded text, in characters, from 1."""
    commit: str | None = None
    """The commit that introduced it, as a full object id."""
    ref: str | None = None
    """The first ref that reaches `commit`."""
    refs: tuple[str, ...] = ()
    """Every ref that reaches `commit`, `ref` first."""
    author_date: str | None = None
    """When `commit` was authored, ISO 8601."""
    in_head: bool | None = None
    """Whether HEAD still holds it; None where the question does not arise."""
    encoding: str | None = None
    """How the key was written where that is not plain text, such as `base64` or `utf-16-le`."""
    member: str | None = None
    """The path inside an archive, outermost first."""

    def with_remark(self, remark: str, *, message: str) -> Finding:
        """The same finding, about which there is more to say: `message` holds the remark."""
        return replace(self, message=message, remarks=(*self.remarks, remark))

    def with_severity(self, severity: Severity) -> Finding:
        """The same finding, judged otherwise by a policy."""
        return replace(self, severity=severity)
