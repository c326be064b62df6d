"""ScanData: all that a source read, for `scan.findings`."""

from __future__ import annotations

from openrouter_preflight.detect.prefilter import may_name_key
from openrouter_preflight.scan.incomplete import Incomplete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.detect.matches import MatchResult
    from openrouter_preflight.findings import RefTips
    from openrouter_preflight.scan.locations import LocatedMatch, Location
    from openrouter_preflight.scan.readers.results import ReadResult

    Excuse = Callable[[Sequence[LocatedMatch]], Sequence[LocatedMatch]]

_UNREAD = "Unpack it and scan what comes out of it, or exclude it (scan.exclude)."

_RAISE = "Raise --max-file-size, and scan again."


class ScanData:
    """Everything one scan saw."""

    __slots__ = ("commits", "excuse", "finds", "incomplete", "not_opened", "notes", "objects", "refs", "size")

    def __init__(self, objects: int = 0, size: int = 0, incomplete: Iterable[Incomplete] = ()) -> None:
        """Take the objects and bytes read so far."""
        self.finds: list[LocatedMatch] = []
        self.incomplete = list(incomplete)
        self.not_opened: list[Incomplete] = []
        """Archives that are encrypted or of formats that are not read: a note each."""
        self.notes: list[tuple[str, str]] = []
        """Rules of notes on what a scan of this kind does not see, each with a message."""
        self.objects = objects
        self.size = size
        self.commits = 0
        self.refs: RefTips | None = None
        """The state of the repository, where all of its refs were read."""
        self.excuse: Excuse | None = None
        """The look-up of keys that HEAD already has, made last."""

    @property
    def is_clean(self) -> bool:
        """True where there is nothing to report but the extent."""
        return not (self.finds or self.incomplete or self.not_opened or self.notes)

    def add_result(self, result: MatchResult, place: Location) -> None:
        """Take in what was found at `place`, and what could not be read there."""
        from openrouter_preflight.scan.locations import LocatedMatch

        self.finds += [LocatedMatch(match, place) for match in result.matches]
        self.add_unread(result, place)

    def add_unread(self, result: MatchResult, place: Location) -> None:
        """Take in what could not be read at `place`."""
        from openrouter_preflight.keys.printable import printable

        where = place.path or place.inside or place.remark
        self.incomplete += [Incomplete(printable(reason), _UNREAD, where) for reason in result.unread]
        self.not_opened += [Incomplete(printable(what), _UNREAD, where) for what in result.not_opened]

    def add_reading(self, reading: ReadResult, describe: Callable[[str], str]) -> None:
        """Add the counts and gaps of a reading; sources place its matches.

        `describe` says which file an object is, or what else to call it.
        """
        stats = reading.stats
        self.add_counts(stats.objects, stats.bytes, stats.commits)
        self.incomplete += reading.incomplete
        if stats.missing:
            from openrouter_preflight.git.errors import FETCH_BLOBS

            missing = ("is not in the repository", FETCH_BLOBS)
            self.incomplete += [Incomplete(*missing, describe(oid)) for oid in stats.missing]
        large = ("is larger than --max-file-size", _RAISE)
        self.incomplete += [Incomplete(*large, describe(oid)) for oid in stats.oversized]

    def add_counts(self, objects: int, size: int, commits: int) -> None:
        """Count objects that were looked through."""
        self.objects += objects
        self.size += size
        self.commits += commits

    def add_names(self, names: Iterable[bytes], inside: str, limits: Limits, *, are_refs: bool = False) -> None:
        """Search `names` of files or refs, which are in no object."""
        listed = list(names)
        if not may_name_key(b"\0".join(listed)):
            return
        from openrouter_preflight.detect.detector import examine  # hits are rare, and these imports are felt
        from openrouter_preflight.keys.printable import printable
        from openrouter_preflight.scan.locations import Location

        for name in listed:
            shown = printable(name)
            self.add_result(examine(name, limits), Location(path=shown, inside=f"{inside} {shown}", is_ref=are_refs))
