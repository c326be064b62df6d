"""The detector's words: what was sighted and where, what could not be looked into, and how much a look may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.keys.api_key import ApiKey
    from openrouter_preflight.leaks.detection.shapes import SightingKind


@dataclass(frozen=True, slots=True)
class Limits:
    """How much looking into one file may cost. A limit that is reached is told, never passed over."""

    archive_levels: int = 2
    """Archives inside one another that are opened; a compressed tar is one."""
    archive_members: int = 50_000
    archive_bytes: int = 1 << 30
    """Bytes unpacked from one file, over all its members."""
    archive_ratio: int = 250
    """Bytes unpacked for each byte packed, once `archive_free_bytes` are unpacked."""
    archive_free_bytes: int = 16 << 20
    window: int = 2 << 20
    """Bytes of a stream that are held and looked at together."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Sighting:
    """One key, or nearly, in one place."""

    kind: SightingKind
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


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen in one file, and what of it could not be looked into, in words."""

    sightings: tuple[Sighting, ...] = ()
    unread: tuple[str, ...] = ()
