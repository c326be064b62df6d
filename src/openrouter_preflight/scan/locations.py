"""Location: the place of a match, in the words of a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.detect.detector import Match

COMMIT_MESSAGE = "the commit message"
"""The name of a message that is about to be recorded."""

STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One place. Every text is printable and holds no key."""

    path: str | None = None
    commit: str | None = None
    author_date: str | None = None
    refs: tuple[str, ...] = ()
    in_head: bool | None = None
    inside: str | None = None
    """The part of the repository, where it is no file: `the message of commit 1234567`."""
    is_ref: bool = False
    """True where that part is the name of a branch, tag or other ref."""
    remark: str | None = None
    """A further fact about the place: `an unreachable object`."""
    committed: bool | None = True
    """False for what no commit holds yet; None for a file, of which that is not known."""
    git_path: bytes | None = None
    """The path as git has it, where that tells whether HEAD has the key already."""
    known: bool = False
    """True where HEAD already has the same key there."""


@dataclass(frozen=True, slots=True)
class LocatedMatch:
    """A match and its location."""

    match: Match
    place: Location
