"""Everything that a range of commits adds: content, messages, names, and what its merges bring of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.process import Git, GitError, how_to_have
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.scan.sources.revisions import read_revisions

if TYPE_CHECKING:
    from openrouter_preflight.scan.scan import Progress, ScanJob

_ZERO = re.compile(r"0{40}(?:0{24})?")
"""The id by which hooks and CI systems say that there is no commit."""

_RANGE = re.compile(r"(.*?)(\.\.\.?)(.*)", re.DOTALL)

_SUFFIX = re.compile(r"[~^:@]")

_UNSET = "See that the variable it stands for is set; where HEAD is meant, write HEAD."
_EXAMPLE = "Write it as A..B: everything in B that is not in A. Both may be branches, tags or commit ids."


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the range of `request`. Raises UsageError where it is none."""
    git = Git(request.folder, request.environ)
    left, dots, right = _split(request.range or "")
    if _is_none(right):
        return ScanData()
    new = _resolve(git, right)
    if not dots or _is_none(left):
        return read_revisions(git, request, [new], progress)
    old = _resolve(git, left)
    return read_revisions(git, request, [f"{old}{dots}{new}"], progress, excluded=[old])


def _split(text: str) -> tuple[str, str, str]:
    """The two ends, and the dots between them. One revision is `right`.

    To git an end that is left out is HEAD; here it is more often a variable that is not set.
    """
    match = _RANGE.fullmatch(text)
    left, dots, right = match.groups() if match else ("", "", text)
    if not text or "\0" in text or ".." in right or left.startswith(("-", "^")) or right.startswith(("-", "^")):
        raise UsageError(f"{printable(text)!r} is no range of commits", _EXAMPLE)
    if dots and not (left and right):
        side = "before" if not left else "after"
        raise UsageError(f"the range {printable(text)} has nothing {side} its dots", _UNSET)
    return left, dots, right


def _refuse_ambiguous(git: Git, revision: str) -> None:
    """Raise GitError for a name that is a tag's and a branch's too: git takes the tag, which anyone may have pushed."""
    name = _SUFFIX.split(revision, maxsplit=1)[0]
    if not name:
        return
    candidates = [f"refs/{kind}{name}" for kind in ("", "tags/", "heads/", "remotes/")]
    listed = git.ask("for-each-ref", "--format=%(refname) %(objectname)", *candidates).decode("utf-8", "replace")
    found = dict(line.rsplit(" ", 1) for line in listed.splitlines() if line.rsplit(" ", 1)[0] in candidates)
    if len(set(found.values())) > 1:
        names = " and ".join(map(printable, sorted(found)))
        raise GitError(f"{printable(name)} means several things: {names}", "Write the one that is meant in full.")


def _is_none(revision: str) -> bool:
    return _ZERO.fullmatch(revision) is not None


def _resolve(git: Git, revision: str) -> str:
    """The object id of `revision`. Raises GitError where the repository does not know it."""
    _refuse_ambiguous(git, revision)
    oid = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{object}}").decode().strip()
    if not oid:
        raise GitError(f"the repository does not know the revision {printable(revision)}", how_to_have(git))
    return oid
