"""Refs: which there are, and which of them reach a commit."""

from __future__ import annotations

import re
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
    """The object of the ref: a tag object for an annotated tag."""
    peeled: str
    """The commit (or other object) behind the tag."""
    kind: str
    """The type of `peeled`: commit, tree or blob."""
    is_current: bool = False
    """True for the branch that HEAD is on."""

    @property
    def importance(self) -> int:
        """The order in reports: current, protected, other branches, tags, proposals."""
        if self.is_current:
            return 0
        for kind, prefix in enumerate((b"refs/heads/", b"refs/remotes/")):
            if self.name.startswith(prefix):
                return (1 if _PROTECTED.search(self.name) else 3) + kind
        if self.name.startswith(b"refs/tags/"):
            return 5
        return 7 if self.name.startswith(_PROPOSALS) else 6


@dataclass(frozen=True, slots=True)
class Refs:
    """All refs of a repository at one moment."""

    whole: tuple[Ref, ...]
    """Every ref whose object is there, the most important first, and HEAD last."""
    broken: tuple[bytes, ...]
    """The names of the others."""

    @property
    def names(self) -> list[bytes]:
        """The name of every ref, whether its object is there or not."""
        return [*(ref.name for ref in self.whole if ref.name != HEAD), *self.broken]


def list_refs(git: Git) -> Refs:
    """List them. Raises GitError."""
    lines = git.run("for-each-ref", "--format=%(HEAD)%(objectname) %(refname)").split(b"\n")[:-1]
    pairs = [line[1:].split(b" ", 1) for line in lines]
    current = next((line.split(b" ", 1)[1] for line in lines if line.startswith(b"*")), None)
    oids = list(dict.fromkeys([*(oid for oid, _ in pairs), HEAD]))
    asked = b"".join(b"%b\n%b^{}\n" % (oid, oid) for oid in oids)
    answers = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).splitlines()
    found = dict(zip(oids, zip(map(_answer, answers[::2]), map(_answer, answers[1::2]), strict=True), strict=True))
    whole: list[Ref] = []
    broken: list[bytes] = []
    for oid, name in [*pairs, [HEAD, HEAD]]:
        own, behind = found[oid]
        if own is not None and behind is not None:
            whole.append(Ref(name, own[0], *behind, name == current))
        elif name != HEAD:
            broken.append(name)
    whole.sort(key=lambda ref: (ref.name == HEAD, ref.importance))
    return Refs(tuple(whole), tuple(sorted(broken)))


def _answer(line: bytes) -> tuple[str, str] | None:
    """The id and type of an object; None for one that is not there."""
    words = line.decode("utf-8", "replace").split(" ")
    return None if len(words) != 2 or words[1] in {"missing", "ambiguous"} else (words[0], words[1])


def reaching(walk: Walk, refs: tuple[Ref, ...], commits: Iterable[str]) -> Mapping[str, tuple[bytes, ...]]:
    """Return for each commit the names of the refs that reach it."""
    wanted = list(dict.fromkeys(commits))
    found: dict[str, tuple[bytes, ...]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found.update(_reaching(walk, refs, wanted[start : start + _AT_ONCE]))
    return found


def _reaching(walk: Walk, refs: tuple[Ref, ...], wanted: list[str]) -> dict[str, tuple[bytes, ...]]:
    """Return the same of some commits, in one pass with a bit for each."""
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
