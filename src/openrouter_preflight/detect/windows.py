"""WindowScanner: matches in a stream of bytes, in windows."""

from __future__ import annotations

from collections import Counter

from openrouter_preflight.detect.matches import Match
from openrouter_preflight.detect.positions import PLAIN, Cursor, allowed_by_comment, charset_of
from openrouter_preflight.detect.prefilter import candidate_offsets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.detect.raw_matches import RawMatch
    from openrouter_preflight.keys.api_key import ApiKey

_AHEAD = 16 * 1024
"""Bytes after the start of a key in which it ends, however it is written, and its line's comment too."""
_BEHIND = 4 * 1024
"""Bytes before a key that tell how to read it. Both are whole characters of any width."""


MOST_PLACES = 1000
"""Of one key in one file that are told, of those that a comment allows and of the others. It may hold a million."""


class WindowScanner:
    """Take a stream piece by piece; hold little more than one window."""

    def __init__(self, window: int, encodings: tuple[str, ...] = (), member: str | None = None) -> None:
        self.matches: list[Match] = []
        self._window = max(window, _AHEAD + _BEHIND)
        self._encodings = encodings
        self._member = member
        self._pending: list[bytes] = []
        self._pending_length = 0
        self._text: _Text | None = None
        self._places: Counter[tuple[ApiKey | None, bool]] = Counter()
        self._base = 0
        self._settled = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the stream."""
        self._pending.append(piece)
        self._pending_length += len(piece)
        if self._pending_length >= self._window + _AHEAD:
            self._look(is_last=False)

    def finish(self) -> list[Match]:
        """All sightings, ascending, now that the stream has ended."""
        self._look(is_last=True)
        return self.matches

    def _look(self, *, is_last: bool) -> None:
        """Settle everything but the last `_AHEAD` bytes."""
        data = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
        hits = _hits(data)
        text = self._text = self._text or _Text(*_charset_of(data, hits))
        end = self._base + len(data)
        reach = end if is_last else self._base + text.boundary(data, (end - _AHEAD) // 4 * 4 - self._base)
        for hit in hits:
            if self._settled <= hit.start + self._base < reach:
                self._tell(self._sighting(data, hit, text))
        if is_last:
            return
        text.move(data, self._base, reach)
        self._settled = reach
        base = max(self._base, (reach - _BEHIND) // 4 * 4)
        self._pending = [data[base - self._base :]]
        self._pending_length = len(self._pending[0])
        self._base = base

    def _tell(self, match: Match) -> None:
        """Add a match, up to a bound for each key."""
        place = match.key, match.inline_allow
        self._places[place] += 1
        if self._places[place] <= MOST_PLACES:
            self.matches.append(match)

    def _sighting(self, data: bytes, hit: RawMatch, text: _Text) -> Match:
        offset = self._base + hit.start
        wide = next((encoding for encoding in hit.encodings[:1] if encoding.startswith("utf-")), PLAIN)
        line, column = text.place(data, self._base, offset, wide)
        return Match(
            kind=hit.kind,
            key=hit.key,
            offset=offset,
            line=line,
            column=column,
            encoding="+".join(self._encodings + hit.encodings) or None,
            member=self._member,
            inline_allow=allowed_by_comment(data, hit.start, hit.end, wide),
        )


def _hits(data: bytes) -> list[RawMatch]:
    candidates = list(candidate_offsets(data))
    if not candidates:
        return []
    from openrouter_preflight.detect.raw_matches import find_raw_matches  # most archives hold none, and this takes time

    return find_raw_matches(data, candidates)


def _charset_of(data: bytes, hits: list[RawMatch]) -> tuple[str, int]:
    """Return the charset of a text, and the length of its byte order mark.

    Without a mark, and where it does not begin with ASCII, a wide text is known by how the first key in it is written.
    """
    charset, mark = charset_of(data[:8])
    if charset != PLAIN or mark or not hits:
        return charset, mark
    written = next(iter(hits[0].encodings), PLAIN)
    if not written.startswith("utf-") or hits[0].start % len("-".encode(written)):
        return charset, mark
    try:
        before = data[: hits[0].start].decode(written)
    except UnicodeDecodeError:
        return charset, mark
    return (charset if "\0" in before else written), mark


class _Text:
    """Lines of a stream: of its bytes, and of wide characters."""

    def __init__(self, charset: str, mark: int) -> None:
        """A text of that charset, which begins with a byte order mark of so many bytes."""
        self._charset = charset
        self._cursors = {charset: Cursor(charset) for charset in (PLAIN, self._charset)}
        self._reached = dict.fromkeys(self._cursors, 0)
        self._reached[self._charset] = mark

    def place(self, data: bytes, base: int, offset: int, charset: str) -> tuple[int, int]:
        """Return line and column of `offset`, which lies ahead."""
        charset = charset if charset == self._charset else PLAIN
        self._advance(charset, data, base, offset)
        cursor = self._cursors[charset]
        return cursor.line, cursor.column

    def move(self, data: bytes, base: int, offset: int) -> None:
        """Leave everything before `offset` behind."""
        for charset in self._cursors:
            self._advance(charset, data, base, offset)

    def boundary(self, data: bytes, place: int) -> int:
        """Return `place` or up to three bytes before: no character is cut."""
        if self._charset != PLAIN:
            return place
        starts = (start for start in range(place, max(place - 4, 0), -1) if data[start] & 0xC0 != 0x80)
        return next(starts, place)

    def _advance(self, charset: str, data: bytes, base: int, offset: int) -> None:
        reached = self._reached[charset]
        if offset > reached:
            self._cursors[charset].advance(data[reached - base : offset - base])
            self._reached[charset] = offset
