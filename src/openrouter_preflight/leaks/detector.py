"""The second look: every key, example and damaged key in some bytes, wherever and however they stand in them.

It joins spelling, shapes, decoders and archives into one answer. Files, git and what is allowed are not its business.
"""

from __future__ import annotations

from dataclasses import dataclass

from openrouter_preflight.keys.api_key import ApiKey
from openrouter_preflight.leaks.decoders import decode_all
from openrouter_preflight.leaks.shapes import SightingKind, is_suspicious, kind_of_key
from openrouter_preflight.leaks.spelling import read_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DEEPEST = 3
"""Encodings inside one another that are undone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a look may cost."""

    archive_levels: int = 2
    archive_members: int = 10_000
    archive_bytes: int = 256 * 1024 * 1024
    """Bytes unpacked from one file, over all its members."""
    archive_ratio: int = 200
    """Bytes unpacked for each byte packed, beyond the first MiB."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Sighting:
    """One key, or nearly, in one place."""

    kind: SightingKind
    key: ApiKey | None
    """None for a suspicious body."""
    offset: int
    """Bytes before it in the outermost data."""
    line: int
    """In the decoded text, from 1."""
    column: int
    """In the decoded text, in characters, from 1."""
    encoding: str | None = None
    """How it was written, outermost first, joined by `+`: `utf-16-le`, `base64`, `split`; None if plainly."""
    member: str | None = None
    """Where in an archive: `inner.zip!folder/name`."""
    inline_allow: bool = False
    """Whether a comment on its line allows it."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen, and what could not be looked into, in words."""

    sightings: tuple[Sighting, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: SightingKind
    key: ApiKey | None
    start: int
    end: int
    encodings: tuple[str, ...]


def examine(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Examination:
    """Look for keys in `data`, the whole content of one file. Never raises, whatever the bytes."""
    return Examination(tuple(_place(data, hit) for hit in _once(_hits(data, 0))))


def examine_stream(read: Callable[[int], bytes], limits: Limits = DEFAULT_LIMITS) -> Examination:
    """`examine` for content that memory should not hold: `read(n)` gives at most n bytes, none at the end."""
    return examine(b"".join(iter(lambda: read(1 << 20), b"")), limits)


def _hits(data: bytes, depth: int) -> list[_Hit]:
    """Every hit in one layer and in those inside it, as offsets into `data`."""
    found = []
    for spelling in read_all(data):
        encodings = ("split",) if spelling.split else ()
        key = ApiKey(spelling.text)
        if key.is_well_formed:
            found.append(_Hit(kind_of_key(key), key, spelling.start, spelling.end, encodings))
        elif is_suspicious(spelling.text[9:]):
            found.append(_Hit(SightingKind.SUSPICIOUS, None, spelling.start, spelling.end, encodings))
    if depth < _DEEPEST:
        for layer in decode_all(data):
            for hit in _hits(layer.data, depth + 1):
                start, end = layer.origin(hit.start), layer.origin(hit.end - 1) + 1
                found.append(_Hit(hit.kind, hit.key, start, end, (layer.encoding, *hit.encodings)))
    return found


def _once(hits: list[_Hit]) -> list[_Hit]:
    """One hit for each place: what several decoders saw is told as the plainest of them saw it."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.kind is SightingKind.SUSPICIOUS, len(hit.encodings))):
        if kept and hit.start < kept[-1].end and (hit.key is None or hit.key == kept[-1].key):
            continue
        if kept and hit.start < kept[-1].end and kept[-1].key is None:
            kept.pop()
        kept.append(hit)
    return kept


def _place(data: bytes, hit: _Hit) -> Sighting:
    line_start = data.rfind(b"\n", 0, hit.start) + 1
    line_end = data.find(b"\n", hit.end)
    line = data[line_start : line_end if line_end >= 0 else len(data)]
    return Sighting(
        kind=hit.kind,
        key=hit.key,
        offset=hit.start,
        line=data.count(b"\n", 0, hit.start) + 1,
        column=len(data[line_start : hit.start].decode("utf-8", "replace")) + 1,
        encoding="+".join(hit.encodings) or None,
        inline_allow=b"openrouter-preflight: allow" in line,
    )
