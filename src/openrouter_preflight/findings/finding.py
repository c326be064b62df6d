"""Finding: one thing a person should know, addressed by the name of its rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.findings.rule import Rule
    from openrouter_preflight.findings.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found, in parts that reports join. It never holds a secret."""

    rule: Rule
    severity: Severity
    what: str
    """A sentence, or its beginning: what happened, and to which key. It names no place."""
    where: str = ""
    """The place as the sentence goes on: `in config/.env, line 3 (base64)`."""
    remarks: tuple[str, ...] = ()
    """Further facts, each as the end of a sentence."""
    about: str = ""
    """Another thing than a key that it is about, such as a model: with rule and key, the same from run to run."""
    help: str
    """The next step, in the imperative."""
    key: str | None = None
    """The name under which the key was given, such as its environment variable."""
    fingerprint: str | None = None
    """SHA-256 of the key it is about, where one is known."""
    live: str | None = None
    """OpenRouter's answer about a key that was found: `alive`, `dead` or `unknown`; None: it was not asked."""
    repository: str | None = None
    """The name of its repository, in a report about several."""
    path: str | None = None
    """The file, relative to the repository or as it was given; printable, whatever its bytes were."""
    line: int | None = None
    """Line in the decoded text, from 1."""
    column: int | None = None
    """Column in the decoded text, in characters, from 1."""
    commit: str | None = None
    """The commit that introduced it, as a full object id."""
    refs: tuple[str, ...] = ()
    """Refs that reach `commit`, the one that matters most first."""
    more_refs: int = 0
    """The number of further refs that do."""
    author_date: str | None = None
    """The date on which `commit` was authored, ISO 8601."""
    in_head: bool | None = None
    """True where HEAD still has it; None where the question does not arise."""
    encoding: str | None = None
    """The way the key was written where that is not plain text, such as `base64` or `utf-16-le`."""
    member: str | None = None
    """The path inside an archive, outermost first."""

    @property
    def message(self) -> str:
        """One sentence: the situation, its key or place, and remarks."""
        said = f"{self.what} {self.where}" if self.where else self.what
        if not self.remarks:
            return said
        stop = "." if said.endswith(".") else ""
        return f"{said.removesuffix('.')}: {'; '.join(self.remarks)}{stop}"

    @property
    def ref(self) -> str | None:
        """The ref that people know best of those that reach `commit`."""
        return self.refs[0] if self.refs else None

    @property
    def has_place(self) -> bool:
        """Tell if it is in a file or commit, rather than about a key in a secret."""
        return bool(self.path or self.commit or self.refs)

    def with_remark(self, remark: str) -> Finding:
        """The same finding, about which there is more to say."""
        return replace(self, remarks=(*self.remarks, remark))

    def with_about(self, about: str) -> Finding:
        """The same finding, about that thing besides its key."""
        return replace(self, about=about)

    def with_severity(self, severity: Severity) -> Finding:
        """The same finding, judged otherwise by a policy."""
        return replace(self, severity=severity)
