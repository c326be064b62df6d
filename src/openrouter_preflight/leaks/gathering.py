"""Gathered: what a source hands over, whatever it read. The last word is for `leaks.judgement`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.detection.prefilter import LITERAL
from openrouter_preflight.leaks.locations import Find, Place
from openrouter_preflight.leaks.printable import printable
from openrouter_preflight.leaks.troubles import FETCH_BLOBS, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openrouter_preflight.leaks.detection.budget import Limits
    from openrouter_preflight.leaks.detection.sightings import Examination
    from openrouter_preflight.leaks.engine import Reading

_UNREAD = "Unpack it and scan what comes out of it, or exclude it (scan.exclude)."

_RAISE = "Raise --max-file-size, and scan again."


@dataclass(slots=True)
class Gathered:
    """Everything one scan saw."""

    finds: list[Find] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    objects: int = 0
    size: int = 0
    """Bytes read."""
    commits: int = 0

    def add_examination(self, examination: Examination, place: Place) -> None:
        """Take in what was seen at `place`, and what could not be."""
        self.finds += [Find(sighting, place) for sighting in examination.sightings]
        self.add_unread(examination, place)

    def add_unread(self, examination: Examination, place: Place) -> None:
        """Take in what could not be seen at `place`."""
        where = place.path or place.inside or place.remark
        self.troubles += [Trouble(printable(reason), _UNREAD, where) for reason in examination.unread]

    def add_reading(self, reading: Reading, describe: Callable[[str], str]) -> None:
        """Take in the counts and troubles of a reading; its hits are for the source to place.

        `describe` says which file an object is, or what else to call it.
        """
        tally = reading.tally
        self.add_counts(tally.objects, tally.bytes, tally.commits)
        self.troubles += reading.troubles
        self.troubles += [Trouble("is not in the repository", FETCH_BLOBS, describe(oid)) for oid in tally.missing]
        self.troubles += [Trouble("is larger than --max-file-size", _RAISE, describe(oid)) for oid in tally.oversized]

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
        from openrouter_preflight.leaks.detection.detector import examine  # hits are rare, and its import is felt

        for name in listed:
            shown = printable(name)
            self.add_examination(examine(name, limits), Place(path=shown, inside=f"{inside} {shown}", is_ref=are_refs))
