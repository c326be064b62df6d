"""Place: where in a repository or a file system something was seen, in the words of a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.detect.detector import Match

COMMIT_MESSAGE = "the commit message"
"""What part of the repository a message is that is about to be recorded."""

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
    """What part of the repository it is, where it is no file's content: `the message of commit 1234567`."""
    is_ref: bool = False
    """Whether that part is the name of a branch, tag or other ref."""
    remark: str | None = None
    """What else to know of the place: `an unreachable object`."""
    committed: bool | None = True
    """False for what no commit holds yet; None for a file, of which that is not known."""
    git_path: bytes | None = None
    """The path as git has it, where that tells whether HEAD has the key already."""
    known: bool = False
    """Whether HEAD already holds the same key there: the commit that is being made does not bring it."""


@dataclass(frozen=True, slots=True)
class LocatedMatch:
    """A match and its location."""

    match: Match
    place: Location
