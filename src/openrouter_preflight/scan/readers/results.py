"""Results of reading objects."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrouter_preflight.detect.matches import MatchResult
    from openrouter_preflight.scan.incomplete import Incomplete


class ObjectMatch:
    """A part of an object with a match, or one that could not be read."""

    __slots__ = ("kind", "name", "oid", "part", "result")

    def __init__(self, oid: str, kind: str, part: str, result: MatchResult, name: bytes | None = None) -> None:
        """Take the object's type, the part's FieldKind, and an entry's name."""
        self.oid = oid
        self.kind = kind
        self.part = part
        self.result = result
        self.name = name


class ReadStats:
    """Counts and matches of a reading."""

    __slots__ = ("bytes", "commits", "large", "matches", "missing", "objects", "oversized", "pointers")

    def __init__(self) -> None:
        self.objects = 0
        self.bytes = 0
        self.commits = 0
        self.matches: list[ObjectMatch] = []
        self.large: list[tuple[str, str]] = []
        """Objects, with their types, larger than the buffer that need a second look, as a stream of their own."""
        self.oversized: list[str] = []
        """Objects larger than the user's bound, which were not looked into."""
        self.missing: list[str] = []
        """Objects that were asked for and are not there."""
        self.pointers: dict[str, str] = {}
        """SHA-256 of the contents of Git LFS, by which an object of this id points to them."""

    def note(self, matches: Iterable[ObjectMatch]) -> None:
        """Keep those in which something was found, or that could not be looked into."""
        self.matches += [each for each in matches if each.result.says_something]

    def add(self, other: ReadStats) -> None:
        """Take in what another reader found."""
        self.objects += other.objects
        self.bytes += other.bytes
        self.commits += other.commits
        self.matches += other.matches
        self.large += other.large
        self.oversized += other.oversized
        self.missing += other.missing
        self.pointers.update(other.pointers)


class ReadResult:
    """The result of reading a list of objects."""

    __slots__ = ("incomplete", "stats")

    def __init__(self) -> None:
        self.stats = ReadStats()
        self.incomplete: list[Incomplete] = []

    def add(self, other: ReadResult) -> None:
        """Take in what reading another list gave."""
        self.stats.add(other.stats)
        self.incomplete += other.incomplete
