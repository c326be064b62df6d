"""Refs: which there are, and which of them reach a commit."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.git.history import Walk
    from openrouter_preflight.git.process import Git

HEAD = b"HEAD"

_PROTECTED = re.compile(rb"/(?:main|master|trunk|develop|production|prod|staging|stable|releases?(?:[/-].*)?)$")
_PROPOSALS = (b"refs/pull/", b"refs/merge-requests/", b"refs/pull-requests/", b"refs/changes/", b"refs/keep-around/")

_AT_ONCE = 512
"""Commits followed in one pass over the history: each is a bit of one number per commit."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A branch, tag or other ref."""

    name: bytes
    oid: str
    """What it points at: a tag object for an annotated tag."""
    peeled: str
    """The commit (or other object) behind the tag."""
    kind: str
    """What `peeled` is: commit, tree or blob."""
    is_current: bool = False
    """Whether it is the branch that HEAD is on."""

    @property
    def importance(self) -> int:
        """0 for the current branch, then branches that look protected, other branches, tags; pull requests last."""
        if self.is_current:
            return 0
        for kind, prefix in enumerate((b"refs/heads/", b"refs/remotes/")):
            if self.name.startswith(prefix):
                return (1 if _PROTECTED.search(self.name) else 3) + kind
        if self.name.startswith(b"refs/tags/"):
            return 5
        return 7 if self.name.startswith(_PROPOSALS) else 6


def list_refs(git: Git) -> tuple[Ref, ...]:
    """Every ref whose object is there, the most important first, and HEAD last."""
    lines = git.run("for-each-ref", "--format=%(objectname)%(HEAD)%(refname)").split(b"\n")[:-1]
    head = git.ask("rev-parse", "--verify", "--quiet", "HEAD").strip()
    width = len(lines[0].split(b" ", 1)[0].split(b"*", 1)[0]) if lines else 0
    current = next((line[width + 1 :] for line in lines if line[width : width + 1] == b"*"), None)
    pairs = [(line[:width], line[width + 1 :]) for line in lines] + ([(head, HEAD)] if head else [])
    found = _look_up(git, [oid for oid, _ in pairs])
    tags = [oid for oid, answer in found.items() if answer is not None and answer[1] == "tag"]
    behind = dict(zip(tags, _look_up(git, [oid + b"^{}" for oid in tags]).values(), strict=True))
    refs = ((name, oid, behind.get(oid, found[oid])) for oid, name in pairs)
    listed = [Ref(name, oid.decode(), *answer, name == current) for name, oid, answer in refs if answer is not None]
    return tuple(sorted(listed, key=lambda ref: (ref.name == HEAD, ref.importance)))


def _look_up(git: Git, revisions: Iterable[bytes]) -> dict[bytes, tuple[str, str] | None]:
    """The id and type of the object that each of `revisions` names; None for one that is not there."""
    unique = list(dict.fromkeys(revisions))
    with tempfile.TemporaryFile() as asked:
        asked.writelines(revision + b"\n" for revision in unique)
        asked.seek(0)
        answers = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).splitlines()
    words = [answer.decode().split(" ") for answer in answers]
    return {
        revision: None if answer[-1] == "missing" else (answer[0], answer[1])
        for revision, answer in zip(unique, words, strict=True)
    }


def ref_names(git: Git) -> list[bytes]:
    """The name of every ref, whether its object is there or not."""
    return git.run("for-each-ref", "--format=%(refname)").split(b"\n")[:-1]


def reaching(walk: Walk, refs: tuple[Ref, ...], commits: Iterable[str]) -> Mapping[str, tuple[bytes, ...]]:
    """For each of `commits`, the names of the refs that reach it, in the order of `refs`."""
    wanted = list(dict.fromkeys(commits))
    found: dict[str, tuple[bytes, ...]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found.update(_reaching(walk, refs, wanted[start : start + _AT_ONCE]))
    return found


def _reaching(walk: Walk, refs: tuple[Ref, ...], wanted: list[str]) -> dict[str, tuple[bytes, ...]]:
    """One pass: every commit inherits its parents' bits, and a ref reaches whose bits its commit has."""
    bits = {oid: 1 << number for number, oid in enumerate(wanted)}
    reached: dict[str, int] = {}
    for commit in walk.commits():
        mask = bits.get(commit.oid, 0)
        for parent in commit.parents:
            mask |= reached.get(parent, 0)
        if mask:
            reached[commit.oid] = mask
    found: dict[str, list[bytes]] = {oid: [] for oid in wanted}
    for ref in refs:
        mask = reached.get(ref.peeled, 0)
        while mask:
            lowest = mask & -mask
            found[wanted[lowest.bit_length() - 1]].append(ref.name)
            mask ^= lowest
    return {oid: tuple(names) for oid, names in found.items()}
