"""Refs: which there are, and which of them reach a commit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.git.history import Walk
    from openrouter_preflight.git.process import Git

HEAD = b"HEAD"

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


def list_refs(git: Git) -> tuple[Ref, ...]:
    """Every ref whose object is there, and HEAD last."""
    lines = git.run("for-each-ref", "--format=%(objectname) %(refname)").split(b"\n")[:-1]
    head = git.ask("rev-parse", "--verify", "--quiet", "HEAD").strip()
    pairs = [line.split(b" ", 1) for line in (*lines, *([head + b" HEAD"] if head else []))]
    found = _look_up(git, [oid for oid, _ in pairs])
    tags = [oid for oid, answer in found.items() if answer is not None and answer[1] == "tag"]
    behind = dict(zip(tags, _look_up(git, [oid + b"^{}" for oid in tags]).values(), strict=True))
    refs = ((name, oid, behind.get(oid, found[oid])) for oid, name in pairs)
    return tuple(Ref(name, oid.decode(), *answer) for name, oid, answer in refs if answer is not None)


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
