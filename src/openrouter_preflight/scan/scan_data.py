"""ScanData: what a source hands over, whatever it read. The last word is for `scan.findings`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrouter_preflight.detect.prefilter import LITERAL
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.incomplete import FETCH_BLOBS, Incomplete
from openrouter_preflight.scan.locations import LocatedMatch, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.detect.matches import MatchResult
    from openrouter_preflight.findings import RefTips
    from openrouter_preflight.scan.readers.engine import ReadResult

_UNREAD = "Unpack it and scan what comes out of it, or exclude it (scan.exclude)."

_RAISE = "Raise --max-file-size, and scan again."


@dataclass(slots=True)
class ScanData:
    """Everything one scan saw."""

    finds: list[LocatedMatch] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)
    objects: int = 0
    size: int = 0
    """Bytes read."""
    commits: int = 0
    refs: RefTips | None = None
    """The state of the repository, where all of its refs were read."""

    def add_result(self, result: MatchResult, place: Location) -> None:
        """Take in what was seen at `place`, and what could not be."""
        self.finds += [LocatedMatch(match, place) for match in result.matches]
        self.add_unread(result, place)

    def add_unread(self, result: MatchResult, place: Location) -> None:
        """Take in what could not be seen at `place`."""
        where = place.path or place.inside or place.remark
        self.incomplete += [Incomplete(printable(reason), _UNREAD, where) for reason in result.unread]

    def add_reading(self, reading: ReadResult, describe: Callable[[str], str]) -> None:
        """Take in the counts and troubles of a reading; its hits are for the source to place.

        `describe` says which file an object is, or what else to call it.
        """
        stats = reading.stats
        self.add_counts(stats.objects, stats.bytes, stats.commits)
        self.incomplete += reading.incomplete
        self.incomplete += [Incomplete("is not in the repository", FETCH_BLOBS, describe(oid)) for oid in stats.missing]
        self.incomplete += [
            Incomplete("is larger than --max-file-size", _RAISE, describe(oid)) for oid in stats.oversized
        ]

    def add_counts(self, objects: int, size: int, commits: int) -> None:
        """Count objects that were looked through."""
        self.objects += objects
        self.size += size
        self.commits += commits

    def add_names(self, names: Iterable[bytes], inside: str, limits: Limits, *, are_refs: bool = False) -> None:
        """Look for keys in `names`, which stand in no object: of files, or of branches, tags and other refs."""
        listed = list(names)
        if LITERAL not in b"\0".join(listed).lower():
            return
        from openrouter_preflight.detect.detector import examine  # hits are rare, and its import is felt

        for name in listed:
            shown = printable(name)
            self.add_result(examine(name, limits), Location(path=shown, inside=f"{inside} {shown}", is_ref=are_refs))
