"""Excuses: keys that HEAD already has in the same file. Looked up last.

Where it cannot be known (a blobless clone, a git that fails), nothing is excused, and nothing else stops.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from openrouter_preflight.errors import PreflightError
from openrouter_preflight.git.index import list_changes, list_copies, list_tree
from openrouter_preflight.git.listing import in_chunks
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.lines import count_lines
from openrouter_preflight.scan.locations import LocatedMatch, Location
from openrouter_preflight.scan.readers.engine import read_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from openrouter_preflight.git.index import Changes
    from openrouter_preflight.git.process import Git
    from openrouter_preflight.keys.api_key import ApiKey
    from openrouter_preflight.scan.readers.results import ObjectMatch
    from openrouter_preflight.scan.scan_data import ScanData


def place_staged(
    git: Git, matches: Sequence[ObjectMatch], paths: Mapping[bytes, Sequence[bytes]], data: ScanData
) -> None:
    """Add what was found in blobs of the index at each of their paths."""
    counted = iter(count_lines(git, [(each.oid, match) for each in matches for match in each.result.matches]))
    for each in matches:
        found = list(islice(counted, len(each.result.matches)))
        for path in paths[each.oid.encode()]:
            place = Location(path=printable(path), committed=False, git_path=path)
            data.finds += [LocatedMatch(match, place) for match in found]
            data.add_unread(each.result, place)


class HeadExcuse:
    """Knowledge of the keys in HEAD's versions of the index's files."""

    def __init__(self, git: Git, changes: Changes | None, named: Mapping[bytes, bytes] | None = None) -> None:
        """Take the changes, where they are known, and the blobs that were named, by path.

        If HEAD has one of the latter unchanged, this is an inspection (`pre-commit run --all-files`) and not a commit:
        then nothing is excused for being in HEAD, where it is to be revoked.
        """
        self._git = git
        self._changes = changes
        self._named = named or {}

    def __call__(self, finds: Sequence[LocatedMatch]) -> Sequence[LocatedMatch]:
        """The finds, of which those in HEAD say so."""
        try:
            return self._look_up(finds)
        except (PreflightError, OSError):
            return finds

    def _look_up(self, finds: Sequence[LocatedMatch]) -> list[LocatedMatch]:
        changes = self._changes or list_changes(self._git)
        changed = {entry.path for entry in changes.entries}
        excuses = all(path in changed for path in self._named)
        paths = {find.place.git_path for find in finds if find.place.git_path is not None}
        bases = self._bases(changes, paths)
        keys = self._keys_in(set(bases.values()))
        return [
            replace(find, place=replace(find.place, committed=True, in_head=True, known=excuses))
            if find.match.key in keys.get(bases.get(find.place.git_path or b"", b""), ())
            else find
            for find in finds
        ]

    def _bases(self, changes: Changes, paths: set[bytes]) -> dict[bytes, bytes]:
        """The blobs of HEAD that the files at `paths` were made from."""
        found = {entry.path: entry.base for entry in changes.entries if entry.base is not None}
        known = {path: found[path] for path in paths & found.keys()}
        changed = {entry.path for entry in changes.entries}
        known |= {path: self._named[path] for path in paths & self._named.keys() - changed}
        left = paths - known.keys()
        if left and len({entry.path for entry in changes.entries}) < len(changes.entries):  # a merge is not resolved
            tree = list_tree(self._git, changes.base)
            known |= {path: tree[path] for path in left & tree.keys()}
            left -= known.keys()
        if left:
            known |= {path: base for path, base in list_copies(self._git, changes.base) if path in left}
        return known

    def _keys_in(self, oids: Iterable[bytes]) -> dict[bytes, frozenset[ApiKey]]:
        wanted = list(oids)
        if not wanted:
            return {}
        matches = read_objects(self._git, in_chunks(wanted), workers=1).stats.matches
        return {
            each.oid.encode(): frozenset(match.key for match in each.result.matches if match.key is not None)
            for each in matches
        }
