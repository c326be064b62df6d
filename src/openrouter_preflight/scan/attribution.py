"""Attribution of objects: commit, date, path and refs.

Worked out only for hits, from one walk that is made anyway.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from openrouter_preflight.detect.prefilter import may_name_key
from openrouter_preflight.git.introducing_commits import MOST_BYTES, MOST_PATHS, introducing_paths
from openrouter_preflight.git.refs import HEAD, Ref, list_refs, reaching
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.lines import count_lines
from openrouter_preflight.scan.locations import LocatedMatch, Location
from openrouter_preflight.scan.readers.object_fields import FieldKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from openrouter_preflight.detect.matches import Match, MatchResult
    from openrouter_preflight.git.history import Origin, Walk
    from openrouter_preflight.git.process import Git
    from openrouter_preflight.keys.api_key import ApiKey
    from openrouter_preflight.scan.readers.results import ObjectMatch
    from openrouter_preflight.scan.scan_data import ScanData


_LATEST = sys.maxsize


@dataclass(frozen=True, slots=True)
class _Spot:
    """One path of one hit."""

    hit: ObjectMatch
    path: bytes | None
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Contents of HEAD or of the index."""

    paths_of: Mapping[str, tuple[bytes, ...]]
    """By object id, of those in which something was found."""
    paths: frozenset[bytes]
    """Those with a key, or nearly."""


def attribute(
    git: Git,
    walk: Walk,
    matches: Sequence[ObjectMatch],
    data: ScanData,
    *,
    refs: Sequence[Ref] | None = None,
    names_in: Sequence[str] = (),
) -> None:
    """Add what was found to `data`: each key once for each path, at its earliest.

    `refs` are those of the repository, where they are known already. File names that the revisions `names_in` have are
    left out. Where something fails on the way, what was found is added without commit and refs: no finding is lost.
    """
    if not matches:
        return
    try:
        finds, unread = _attribute(git, walk, matches, refs, names_in)
    except Exception as error:  # noqa: BLE001 - whatever stops this, a key that was found is told
        data.incomplete.append(_unattributed(error))
        for each in matches:
            data.add_result(each.result, Location(inside=_unplaced(each)))
        return
    data.finds += finds
    for result, place in unread:
        data.add_unread(result, place)


def _unplaced(each: ObjectMatch) -> str:
    what = f"{each.kind} {each.oid[:12]}"
    return what if each.part == FieldKind.CONTENT else f"the {each.part} of {what}"


def _unattributed(error: Exception) -> Incomplete:
    return Incomplete.from_error(error, "who brought what was found is not known")


def _attribute(
    git: Git, walk: Walk, matches: Sequence[ObjectMatch], known_refs: Sequence[Ref] | None, names_in: Sequence[str]
) -> tuple[list[LocatedMatch], list[tuple[MatchResult, Location]]]:
    """The finds, and the results of which something was not read, with their places."""
    oids = {each.oid for each in matches}
    head = _head(git, oids)
    refs = tuple(list_refs(git).whole if known_refs is None else known_refs)
    old_names = _names(git, names_in) if any(each.part == FieldKind.NAME for each in matches) else frozenset()
    spots = [
        spot
        for spot in _spots(matches, _Found(git, walk, matches), head)
        if spot.hit.part != FieldKind.NAME or spot.path not in old_names
    ]
    seen = _earliest(spots)
    commits = {spot.origin.commit for spot, _ in seen if spot.origin is not None}
    describer = _Describer(
        refs=refs,
        reached_by=reaching(walk, refs, commits),
        dates={commit.oid: commit.author_date for commit in walk.commits() if commit.oid in commits},
        led_to_by=_led_to(git, refs, oids),
        head=head,
        staged=_staged(git, oids),
        keys_in_head={(match.key, spot.path) for spot, match in _sightings(spots) if _in(head, spot)},
    )
    counted = count_lines(git, [(spot.hit.oid, match) for spot, match in seen])
    finds = [
        LocatedMatch(match, describer.place(spot, match.key)) for (spot, _), match in zip(seen, counted, strict=True)
    ]
    unread = [(spot.hit.result, describer.place(spot, None)) for spot in spots if spot.hit.result.is_partial]
    return finds, unread


def _names(git: Git, revisions: Sequence[str]) -> frozenset[bytes]:
    """The paths of all files and folders that `revisions` hold."""
    listings = (
        git.ask("ls-tree", "-r", "-t", "-z", "--name-only", "--full-tree", each).split(b"\0") for each in revisions
    )
    return frozenset(name for listing in listings for name in listing)


class _Found:
    """Origins of objects by the walk and its commits."""

    def __init__(self, git: Git, walk: Walk, hits: Sequence[ObjectMatch]) -> None:
        self._walked = walk.origins({hit.oid for hit in hits})
        wanted: dict[str, set[str]] = {}
        placed = {hit.oid for hit in hits if hit.kind in {"blob", "tree"}}
        for oid, origin in self._walked.items():
            if oid in placed:
                wanted.setdefault(origin.commit, set()).add(oid)
        wanted.pop("", None)  # walked before any commit: a ref leads to it
        self._introduced = introducing_paths(git, wanted)

    def origin(self, hit: ObjectMatch) -> Origin | None:
        """The commit that brings it; None for what no commit has."""
        origin = self._walked.get(hit.oid)
        if origin is None or not origin.commit:
            return None
        is_sure = hit.kind in {"commit", "tag"} or self._introduced is None or (hit.kind == "tree" and not origin.path)
        return origin if is_sure or hit.oid in (self._introduced or ()) else None

    def paths(self, hit: ObjectMatch) -> tuple[bytes, ...]:
        """Return the paths that are new in that commit."""
        walked = self._walked.get(hit.oid)
        paths = (self._introduced or {}).get(hit.oid)
        return paths or (() if walked is None or not walked.path else (walked.path,))


def _spots(hits: Sequence[ObjectMatch], found: _Found, head: _Snapshot) -> list[_Spot]:
    """Return every match with its first paths and HEAD's, earliest first."""
    spots = []
    for hit in hits:
        origin, paths = found.origin(hit), found.paths(hit)
        if hit.part == FieldKind.NAME:
            folders = [path + b"/" for path in paths] or [b""]
            spots += [_Spot(hit, folder + (hit.name or b""), origin) for folder in folders]
        elif hit.kind == "blob":
            in_head = head.paths_of.get(hit.oid, ()) if origin is not None else ()
            spots += [_Spot(hit, path, origin) for path in dict.fromkeys((*paths, *in_head))] or [
                _Spot(hit, None, origin)
            ]
        else:
            spots.append(_Spot(hit, None, origin))
    return sorted(spots, key=lambda spot: _LATEST if spot.origin is None else spot.origin.order)


def _sightings(spots: Sequence[_Spot]) -> Iterator[tuple[_Spot, Match]]:
    return ((spot, match) for spot in spots for match in spot.hit.result.matches)


def _earliest(spots: Sequence[_Spot]) -> list[tuple[_Spot, Match]]:
    """Return each key in each path at its first object."""
    first: dict[object, str] = {}
    kept = []
    for spot, match in _sightings(spots):
        where = spot.path if spot.path is not None else spot.hit.oid
        identity = (match.key, match.kind, where, spot.hit.part, match.encoding, match.member)
        if first.setdefault(identity, spot.hit.oid) == spot.hit.oid:
            kept.append((spot, match))
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Describer:
    """Turns a spot into a Place."""

    refs: tuple[Ref, ...]
    reached_by: Mapping[str, tuple[bytes, ...]]
    dates: Mapping[str, str]
    led_to_by: Mapping[str, tuple[bytes, ...]]
    """The refs that lead to an object without a commit between, by object id."""
    head: _Snapshot
    staged: _Snapshot
    keys_in_head: Collection[tuple[ApiKey | None, bytes | None]]

    def place(self, spot: _Spot, key: ApiKey | None) -> Location:
        """Return the place of `key` in words."""
        hit, origin = spot.hit, spot.origin
        commit = (
            hit.oid if hit.kind == "commit" else origin.commit if origin is not None and hit.kind != "tag" else None
        )
        reached = self._reached(hit, commit)
        in_head = self._in_head(spot, key, reached)
        if in_head and HEAD not in reached:  # a cherry-pick: HEAD has the same from another commit
            reached = (*reached, *self._beside_head())
        names = tuple(_shown(name) for name in reached if name != HEAD) or (("HEAD",) if HEAD in reached else ())
        return Location(
            path=self._path(spot),
            commit=commit,
            author_date=self.dates.get(commit or ""),
            refs=names,
            in_head=in_head,
            inside=_inside(spot, names),
            remark=None if names else self._remark(spot),
        )

    def _reached(self, hit: ObjectMatch, commit: str | None) -> tuple[bytes, ...]:
        if hit.kind == "tag":
            return tuple(ref.name for ref in self.refs if ref.oid == hit.oid)
        return self.reached_by.get(commit or "", ()) or self.led_to_by.get(hit.oid, ())

    def _beside_head(self) -> tuple[bytes, ...]:
        """HEAD, and the refs that point at the same commit."""
        commit = next((ref.peeled for ref in self.refs if ref.name == HEAD), None)
        return tuple(ref.name for ref in self.refs if ref.peeled == commit)

    def _path(self, spot: _Spot) -> str | None:
        path = spot.path or next(iter(self.staged.paths_of.get(spot.hit.oid, ())), None)
        return None if path is None else printable(path)

    def _in_head(self, spot: _Spot, key: ApiKey | None, reached: tuple[bytes, ...]) -> bool | None:
        if spot.hit.kind == "tag":
            return None
        if spot.hit.part == FieldKind.CONTENT:
            return (key, spot.path) in self.keys_in_head
        return spot.path in self.head.paths if spot.path is not None else HEAD in reached

    def _remark(self, spot: _Spot) -> str:
        if spot.origin is not None and spot.hit.kind == "tag":
            return "a tag to which another tag leads"
        if spot.origin is not None:
            return "in no branch or tag, only in a reflog or a linked worktree"
        if spot.hit.oid in self.staged.paths_of:
            return "staged and not committed"
        return f"in no branch or tag: unreachable {spot.hit.kind} {spot.hit.oid[:12]}"


@lru_cache(maxsize=4096)
def _shown(ref: bytes) -> str:
    """Return the printable name of a ref."""
    return printable(ref)


def _inside(spot: _Spot, names: tuple[str, ...]) -> str | None:
    """Return the name of a part that is no file's content."""
    hit = spot.hit
    if hit.part == FieldKind.NAME:
        return f"the name of {printable(spot.path or b'')}"
    if hit.part == FieldKind.CONTENT:
        return None if spot.path is not None else f"{hit.kind} {hit.oid[:12]}"
    part = "the message" if hit.part == FieldKind.MESSAGE else "the header (author, committer, tagger)"
    which = names[0].removeprefix("refs/tags/") if hit.kind == "tag" and names else hit.oid[:12]
    return f"{part} of {hit.kind} {which}"


def _led_to(git: Git, refs: Sequence[Ref], oids: AbstractSet[str]) -> dict[str, tuple[bytes, ...]]:
    """Return the objects behind refs that are tags of trees and files."""
    found: dict[str, tuple[bytes, ...]] = {}
    for ref in refs:
        command = ("ls-tree", "-r", "-t", "-z", "--full-tree", ref.peeled)
        listed = git.fields(*command, most=MOST_BYTES) if ref.kind == "tree" else ()
        below = (line.partition(b"\t")[0].split(b" ")[-1].decode() for line in listed)
        for oid in {ref.peeled, *(oid for oid in below if oid in oids)}:
            found[oid] = (*found.get(oid, ()), ref.name)
    return found


def _in(head: _Snapshot, spot: _Spot) -> bool:
    return spot.path in head.paths_of.get(spot.hit.oid, ())


def _head(git: Git, oids: AbstractSet[str]) -> _Snapshot:
    listed = git.fields("ls-tree", "-r", "-z", "--full-tree", "HEAD", most=MOST_BYTES)
    return _snapshot(
        ((line.partition(b"\t")[0].rpartition(b" ")[2], line.partition(b"\t")[2]) for line in listed), oids
    )


def _staged(git: Git, oids: AbstractSet[str]) -> _Snapshot:
    """The index; nothing in a bare repository."""
    if git.repository.bare:
        return _snapshot((), oids)
    listed = git.fields("ls-files", "--stage", "-z", "--full-name", ":/", most=MOST_BYTES)
    return _snapshot(((line.split(b" ", 2)[1], line.partition(b"\t")[2]) for line in listed), oids)


def _snapshot(pairs: Iterable[tuple[bytes, bytes]], oids: AbstractSet[str]) -> _Snapshot:
    """Return the places of the objects `oids`, and all names."""
    paths_of: dict[str, list[bytes]] = {}
    names: set[bytes] = set()
    wanted = {oid.encode() for oid in oids}
    for oid, path in pairs:
        if oid in wanted and len(paths := paths_of.setdefault(oid.decode(), [])) < MOST_PATHS:
            paths.append(path)
        if may_name_key(path):
            names.add(path)
    return _Snapshot({oid: tuple(paths) for oid, paths in paths_of.items()}, frozenset(names))
