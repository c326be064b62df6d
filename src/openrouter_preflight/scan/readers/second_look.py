"""The second look at large objects, and at trees, commits and tags.

Hits are rare: the readers import this when they need it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS, Limits
from openrouter_preflight.detect.detector import examine, examine_stream
from openrouter_preflight.git.errors import DAMAGED, GitError
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.readers.object_fields import FieldKind, object_fields
from openrouter_preflight.scan.readers.results import ObjectMatch, ReadResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.detect.matches import MatchResult
    from openrouter_preflight.git.process import Git
    from openrouter_preflight.git.spawn import Process

_BLOCK = 1024 * 1024
_LARGEST_WHOLE = 256 * 1024 * 1024
"""Bytes of a tree, commit or tag that are held at once."""

FINE = (0, -13)
"""Exit codes of `git cat-file`: read to its end, or let go by us (SIGPIPE)."""


def matches_in_fields(oid: str, kind: str, data: bytes, limits: Limits) -> Iterator[ObjectMatch]:
    """Examine each part of the tree, commit or tag whose raw content is `data`."""
    for each in object_fields(kind, data):
        name = each.data if each.kind == FieldKind.NAME else None
        yield ObjectMatch(oid, kind, each.kind, examine(each.data, limits), name)


def examine_blob(git: Git, oid: str, limits: Limits = DEFAULT_LIMITS) -> MatchResult:
    """Examine a large blob through a stream. Raises GitError."""
    with _content(git, "blob", oid) as process:
        return examine_stream(process.read, limits)


def examine_large(git: Git, oid: str, kind: str, limits: Limits, into: ReadResult) -> None:
    """Look again at an object that the buffer could not hold."""
    try:
        if kind == "blob":
            into.stats.note([ObjectMatch(oid, kind, FieldKind.CONTENT, examine_blob(git, oid, limits))])
        else:
            into.stats.note(matches_in_fields(oid, kind, _whole(git, kind, oid), limits))
    except GitError as error:
        into.incomplete.append(Incomplete.from_error(error))


def _whole(git: Git, kind: str, oid: str) -> bytes:
    """Return a tree, commit or tag. Raises GitError where it is too large."""
    with _content(git, kind, oid) as process:
        data = bytearray()
        while len(data) <= _LARGEST_WHOLE and (block := process.read(_BLOCK)):
            data += block
    if len(data) > _LARGEST_WHOLE:
        raise GitError(f"{kind} {oid} is larger than {_LARGEST_WHOLE >> 20} MiB", "Look at it with git cat-file.")
    return bytes(data)


@contextmanager
def _content(git: Git, kind: str, oid: str) -> Iterator[Process]:
    """Yield the content of an object as it comes. Raises GitError."""
    with git.start("cat-file", kind, oid) as process:
        yield process
        if process.wait() not in FINE:
            raise GitError(f"git could not read object {oid}", DAMAGED)
