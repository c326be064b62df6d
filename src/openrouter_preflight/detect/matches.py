"""Match and MatchResult: keys found, and parts that could not be read."""

from __future__ import annotations

from openrouter_preflight.detect.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.detect.classify import MatchKind
    from openrouter_preflight.keys.api_key import ApiKey


class Match(Record):
    """One key, or nearly, in one place."""

    __slots__ = ("column", "encoding", "inline_allow", "key", "kind", "line", "member", "offset", "uncounted")

    def __init__(
        self,
        *,
        kind: MatchKind,
        key: ApiKey | None,
        offset: int,
        line: int,
        column: int,
        encoding: str | None = None,
        member: str | None = None,
        inline_allow: bool = False,
        uncounted: int = 0,
    ) -> None:
        """Hold a match; `key` is None for a suspicious body.

        `offset` counts the bytes before it in the outermost data; inside an archive, in the member. `line` and `column`
        are in the decoded text, from 1, in characters; base64 and escapes are part of the text that holds them.
        `encoding` is outermost first, joined by `+`: `utf-16-le`, `zip+base64`, `split`; None if plain. `member` is the
        path in an archive: `inner.zip!folder/name`. `inline_allow`: a comment on its line allows it. `uncounted` are
        the bytes at the beginning of the data whose lines are not in `line` yet (`incremental`).
        """
        self.kind = kind
        self.key = key
        self.offset = offset
        self.line = line
        self.column = column
        self.encoding = encoding
        self.member = member
        self.inline_allow = inline_allow
        self.uncounted = uncounted

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


class MatchResult(Record):
    """Matches in one file, and what of it could not be read, in words."""

    __slots__ = ("matches", "not_opened", "unread")

    def __init__(
        self, matches: tuple[Match, ...] = (), unread: tuple[str, ...] = (), not_opened: tuple[str, ...] = ()
    ) -> None:
        """Hold them; `not_opened` are encrypted members and unread formats.

        Those are no reason to call a scan incomplete.
        """
        self.matches = matches
        self.unread = unread
        self.not_opened = not_opened

    @property
    def is_partial(self) -> bool:
        """True where some of the file was not read."""
        return bool(self.unread or self.not_opened)

    @property
    def says_something(self) -> bool:
        """True where there is anything to report of the file."""
        return bool(self.matches) or self.is_partial
