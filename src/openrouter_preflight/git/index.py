"""What the index holds, what of it HEAD has not, and which keys HEAD already has in a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from openrouter_preflight.scan.readers.engine import examine_blob

if TYPE_CHECKING:
    from openrouter_preflight.git.process import Git
    from openrouter_preflight.keys.api_key import ApiKey

_MOST_COMPARED = "-l1000"
"""The square root of how many pairs of files git compares. Of more than that, only what is the same is a copy."""

_FILES = (b"100", b"120")
"""How the modes of files and symbolic links begin; a submodule's commit (160000) is no object of this repository."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the index."""

    path: bytes
    """From the top of the working tree."""
    oid: str


class Index:
    """The index of the repository that `git` runs in, or the one that GIT_INDEX_FILE names."""

    def __init__(self, git: Git) -> None:
        """Nothing is read until it is asked for."""
        self._git = git
        self._keys: dict[bytes, frozenset[ApiKey]] = {}

    @cached_property
    def base(self) -> str:
        """HEAD's commit, or the empty tree on a branch that has none yet."""
        head = self._git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
        return head or self._git.run("hash-object", "-t", "tree", "--stdin").decode().strip()

    @cached_property
    def changed(self) -> tuple[Entry, ...]:
        """What a commit would add or change. Of a file in conflict, what each side brings."""
        found = [
            Entry(path, new_oid)
            for status, mode, new_oid, path in self._diff("--no-renames")
            if status not in {b"D", b"U"} and mode.startswith(_FILES)
        ]
        return (*found, *self._unmerged())

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every file, changed or not."""
        return self._list("--stage")

    def keys_in_head(self, path: bytes) -> frozenset[ApiKey]:
        """The keys in HEAD's version of the file at `path`, or of the file it was renamed or copied from."""
        if path not in self._keys:
            oid = self._blobs_in_base.get(path) or self._blobs_in_base.get(self._origins.get(path, path))
            matches = examine_blob(self._git, oid).matches if oid is not None else ()
            self._keys[path] = frozenset(match.key for match in matches if match.key is not None)
        return self._keys[path]

    def knows(self, path: bytes) -> bool:
        """Whether the index or HEAD has a file or folder at `path`."""
        names = chain((entry.path for entry in self.entries), self._blobs_in_base)
        return any(name == path or name.startswith(path + b"/") for name in names)

    @cached_property
    def _blobs_in_base(self) -> dict[bytes, str]:
        """Every file of HEAD, listed whole: a name that is asked for would stand in argv, and it may hold a key."""
        blobs = {}
        for line in self._git.run("ls-tree", "-r", "-z", "--full-tree", self.base).split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            _, kind, oid = head.split(b" ")
            if kind == b"blob":
                blobs[path] = oid.decode()
        return blobs

    @cached_property
    def _origins(self) -> dict[bytes, bytes]:
        """Which file of HEAD a renamed or copied file was made from."""
        words = self._git.run(
            "diff-index", "--cached", "--raw", "-z", "-C", "--find-copies-harder", _MOST_COMPARED, self.base
        ).split(b"\0")
        origins, position = {}, 0
        while position + 1 < len(words):
            if words[position].rsplit(b" ", 1)[-1][:1] in {b"R", b"C"}:
                origins[words[position + 2]] = words[position + 1]
                position += 1
            position += 2
        return origins

    def _diff(self, *options: str) -> list[tuple[bytes, bytes, str, bytes]]:
        """Status, new mode, new object and path of every file that differs from HEAD."""
        words = self._git.run(
            "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--ignore-submodules=dirty", *options, self.base
        ).split(b"\0")
        found = []
        for head, path in zip(words[0::2], words[1::2], strict=False):
            _, mode, _, new_oid, status = head.split(b" ")
            found.append((status[:1], mode, new_oid.decode(), path))
        return found

    def _unmerged(self) -> tuple[Entry, ...]:
        return self._list("--unmerged")

    def _list(self, which: str) -> tuple[Entry, ...]:
        listed = self._git.run("ls-files", which, "-z", "--full-name", ":/").split(b"\0")[:-1]
        found = []
        for line in listed:
            head, _, path = line.partition(b"\t")
            mode, oid, _ = head.split(b" ")
            if mode.startswith(_FILES):
                found.append(Entry(path, oid.decode()))
        return tuple(found)
