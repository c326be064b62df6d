"""Unpacking of a file and its archives, level by level.

The formats are read by `compression`, `tar` and `zip`; what is looked for in the bytes is for the caller's look.
"""

from __future__ import annotations

import zlib

from openrouter_preflight.detect.archives.budget import UnpackingBudget
from openrouter_preflight.detect.archives.byte_source import CHUNK, DamagedError, Source, UnreadableError, reader
from openrouter_preflight.detect.archives.compression import bunzip2, gunzip, unxz, unzlib, unzstd
from openrouter_preflight.detect.archives.streams import (
    bundle_objects,
    pack_objects,
    pdf_streams,
    png_texts,
    swf_body,
)
from openrouter_preflight.detect.archives.tar import tar_members
from openrouter_preflight.detect.file_kinds import CARRIERS, HEAD_LENGTH, LONGEST_LEAD, archive_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol, TypeVar

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.detect.archives.byte_source import Read
    from openrouter_preflight.detect.matches import Match

    class Look(Protocol):
        """Takes the bytes of one file or member, piece by piece."""

        def feed(self, piece: bytes) -> None:
            """Take the next bytes."""

        def finish(self) -> list[Match]:
            """Return the result."""

    _Item = TypeVar("_Item")

_DECOMPRESSORS: dict[str, Callable[[Source], Iterator[bytes] | None]] = {
    "gzip": gunzip,
    "bzip2": bunzip2,
    "xz": unxz,
    "zlib": unzlib,
    "zstd": unzstd,
    "swf": swf_body,
}
_CONTAINERS: dict[str, Callable[[Source], Iterator[tuple[bytes, Iterator[bytes]]]]] = {
    "tar": tar_members,
    "pdf": pdf_streams,
    "png": png_texts,
    "git pack": pack_objects,
    "git bundle": bundle_objects,
}
_PACKS = frozenset({"git pack", "git bundle"})
_NOT_READ = frozenset({"7z", "rar", "lzip", "lz4"})
_BY_CHANCE = frozenset({"zlib", "swf", "pdf", "png"})
"""Kinds that a text may begin like, or whose damage hides nothing that a reader would see: it is not noted."""

_DAMAGE = (DamagedError, zlib.error, OSError)
"""Errors of readers on damaged bytes."""


class Unpacking:
    """The look into one file with all its archives, under one budget."""

    def __init__(self, limits: Limits, look: Callable[[tuple[str, ...], str | None], Look]) -> None:
        """Take `look`, which examines a file or member as it is."""
        self.budget = UnpackingBudget(limits)
        self._limits = limits
        self._look = look

    def look_into(self, read: Read) -> list[Match]:
        """Every sighting in the file that `read` gives."""

        def counted(count: int) -> bytes:
            data = read(count)
            self.budget.packed += len(data)
            return data

        return self._look_into(counted, (), None, 0)

    def _look_into(self, read: Read, encodings: tuple[str, ...], member: str | None, opened: int) -> list[Match]:
        """Examine one file or member, and its members.

        What both ways show is told as the member's. The first way alone sees names, comments and what damage left.
        """
        flat = self._look(encodings, member)

        def tapped(count: int) -> bytes:
            data = read(count)
            flat.feed(data)
            return data

        source = Source(tapped)
        inner: list[Match] = []
        head = source.peek(HEAD_LENGTH)
        kind = archive_kind(source.peek(LONGEST_LEAD) if head.startswith(CARRIERS) else head)
        if kind in _NOT_READ:
            self.budget.leave(f"{kind} archive", member)
        elif kind is not None:
            opened += not (kind == "tar" and encodings[-1:] and encodings[-1] in _DECOMPRESSORS)
            if opened > self._limits.archive_levels:
                self.budget.note(f"archive bound: an archive inside {self._limits.archive_levels} others", member)
            else:
                inner = list(self._members(kind, source, (*encodings, kind), member, opened))
        while tapped(CHUNK):
            pass
        seen = {match.key for match in inner}
        outer = [match for match in flat.finish() if match.key not in seen]
        return inner + (_once(outer) if kind == "zip" else outer)

    def _members(
        self, kind: str, source: Source, encodings: tuple[str, ...], outer: str | None, opened: int
    ) -> Iterator[Match]:
        for name, chunks in self._guarded(self._contents(kind, source, outer), kind, outer, begun=False):
            member = _path(outer, name)
            if not self.budget.charge_member():
                return
            certain = kind not in _DECOMPRESSORS
            content = reader(self._charged(self._guarded(chunks, kind, member, begun=certain), kind, outer))
            yield from self._look_into(content, encodings, member, opened)

    def _contents(self, kind: str, source: Source, outer: str | None) -> Iterator[tuple[bytes, Iterator[bytes]]]:
        """Yield name and content of each member; a stream is a nameless one."""
        if kind in _DECOMPRESSORS:
            content = _DECOMPRESSORS[kind](source)
            if content is None:
                self.budget.leave(f"{kind} file", outer)
            return iter([(b"", content)] if content is not None else [])
        if kind in _CONTAINERS:
            return _CONTAINERS[kind](source)
        from openrouter_preflight.detect.archives.zip import zip_members  # it needs patterns, which take time to load

        return zip_members(
            source,
            note=lambda what, name: self.budget.note(what, _path(outer, name)),
            leave=lambda what, name: self.budget.leave(what, _path(outer, name)),
        )

    def _charged(self, chunks: Iterator[bytes], kind: str, outer: str | None) -> Iterator[bytes]:
        for chunk in chunks:
            if kind in _PACKS:
                is_within = self.budget.charge_pack(len(chunk), kind, outer)
            else:
                is_within = self.budget.charge_bytes(len(chunk))
            if not is_within:
                return
            yield chunk

    def _guarded(self, items: Iterator[_Item], kind: str, member: str | None, *, begun: bool) -> Iterator[_Item]:
        """Yield `items` up to the first damage, which is noted."""
        try:
            for item in items:
                begun = True
                yield item
        except UnreadableError as error:
            self.budget.note(str(error), member)
        except _DAMAGE:
            if begun and kind not in _BY_CHANCE:
                self.budget.note(f"damaged {kind}", member)


def _once(matches: list[Match]) -> list[Match]:
    """Each key only where it stands first: a zip tells the names of its members twice."""
    first = {match.key or match: match for match in reversed(matches)}
    return [match for match in matches if first[match.key or match] is match]


def _path(outer: str | None, name: bytes) -> str | None:
    """`outer!name`, as text that can be printed."""
    if not name:
        return outer
    text = name.decode("utf-8", "backslashreplace")
    return f"{outer}!{text}" if outer else text
