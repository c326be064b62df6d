"""The detector's words: what was sighted and where, and what could not be looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.detect.classify import MatchKind
    from openrouter_preflight.keys.api_key import ApiKey


@dataclass(frozen=True, slots=True)
class Match:
    """One key, or nearly, in one place."""

    kind: MatchKind
    key: ApiKey | None
    """None for a suspicious body."""
    offset: int
    """Bytes before it in the outermost data; inside an archive, in the member."""
    line: int
    """In the decoded text, from 1. Base64 and escapes are part of the text that holds them."""
    column: int
    """In the decoded text, in characters, from 1."""
    encoding: str | None = None
    """How it was written, outermost first, joined by `+`: `utf-16-le`, `zip+base64`, `split`; None if plainly."""
    member: str | None = None
    """Where in an archive: `inner.zip!folder/name`."""
    inline_allow: bool = False
    """Whether a comment on its line allows it."""
    uncounted: int = 0
    """Bytes at the beginning of the data whose lines are not in `line` yet (`nearby`)."""

    def moved(self, offset: int, line: int = 0, uncounted: int = 0) -> Match:
        """The same so many bytes and lines further on."""
        return Match(
            kind=self.kind,
            key=self.key,
            offset=self.offset + offset,
            line=self.line + line,
            column=self.column,
            encoding=self.encoding,
            member=self.member,
            inline_allow=self.inline_allow,
            uncounted=uncounted,
        )


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Matches in one file, and what of it could not be read, in words."""

    matches: tuple[Match, ...] = ()
    unread: tuple[str, ...] = ()
    not_opened: tuple[str, ...] = ()
    """Archives of formats that are not read, and encrypted members: no reason to call a scan incomplete."""

    @property
    def is_partial(self) -> bool:
        """Whether some of the file was not looked into."""
        return bool(self.unread or self.not_opened)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell of the file."""
        return bool(self.matches) or self.is_partial
