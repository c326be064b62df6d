"""The policy of a revision (`--policy-from`): no proposal allows its own keys.

The config file is that revision's, and a comment counts only for a key that a comment permits in that revision's own
files already. What the revision does not have, or what of it cannot be read, permits nothing.
"""

from __future__ import annotations

import os
import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.errors import GitError
from openrouter_preflight.git.listing import in_chunks
from openrouter_preflight.git.process import how_to_have
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.readers.engine import read_objects
from openrouter_preflight.settings import CONFIG_NAMES
from openrouter_preflight.settings.config.config_parser import parse_config
from openrouter_preflight.settings.model import Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openrouter_preflight.git.process import Git

_REGULAR: Final = frozenset({b"100644", b"100755"})


class RevisionPolicy:
    """Permissions of one revision, read on demand."""

    def __init__(self, git: Git, revision: str) -> None:
        """Find the revision. Raises GitError where the repository does not have it."""
        self._git = git
        self._name = revision
        try:
            if revision.startswith("-"):  # rev-parse learned --end-of-options in git 2.30
                raise GitError(f"{printable(revision)} is not a single revision")  # noqa: TRY301 - told as git's own no
            found = git.run("rev-parse", "--verify", f"{revision}^{{commit}}")
        except GitError as error:
            if "single revision" not in str(error):
                raise
            raise GitError(
                f"the policy's revision {printable(revision)} is not in this repository", how_to_have(git)
            ) from None
        self._oid = found.decode().strip()

    def config(self, named: Path | None) -> Config:
        """Return the revision's config file.

        An empty Config where the revision has none. Raises UsageError for one that cannot be used.
        """
        prefix = os.fsdecode(self._git.run("rev-parse", "--show-prefix").removesuffix(b"\n"))
        if named is not None:
            return self._config_among([self._path_of(named, prefix)]) or Config()
        here, root = ([folder + name for name in CONFIG_NAMES] for folder in (prefix, ""))
        return self._config_among(here) or self._config_among(root) or Config()

    def comment_counts(self, fingerprint: str) -> bool:
        """Return True where a comment allows that key in the revision."""
        return fingerprint in self._commented

    @cached_property
    def _commented(self) -> frozenset[str]:
        blobs = in_chunks(oid for _, kind, oid, _ in self._entries() if kind == b"blob")
        return frozenset(
            match.key.fingerprint
            for hit in read_objects(self._git, blobs).stats.matches
            for match in hit.result.matches
            if match.inline_allow and match.key is not None
        )

    def _config_among(self, paths: list[str]) -> Config | None:
        found = {printable(name): (mode, oid) for mode, _, oid, name in self._entries(*paths)}
        if not found:
            return None
        if len(found) > 1:
            raise UsageError(f"{' and '.join(found)} both exist in {self._name}.", "Keep one of them.")
        (path, (mode, oid)) = found.popitem()
        if mode not in _REGULAR:
            raise UsageError(f"{path} in {self._name} is not a regular file.", "Name the file that is meant: --config.")
        return parse_config(self._git.run("cat-file", "blob", oid.decode()), f"{self._name}:{path}")

    def _entries(self, *paths: str) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
        """Yield mode, type, id and path of `paths`, or of all files."""
        listed = self._git.run("ls-tree", "-r", "-z", "--full-tree", self._oid, "--", *paths)
        for line in listed.split(b"\0")[:-1]:
            description, _, name = line.partition(b"\t")
            mode, kind, oid = description.split()
            yield mode, kind, oid, name

    def _path_of(self, named: Path, prefix: str) -> str:
        """Return the file's path from the root. Raises UsageError."""
        path = posixpath.normpath(posixpath.join(prefix, named.as_posix()))
        if named.is_absolute():
            root = os.fsdecode(self._git.run("rev-parse", "--show-toplevel").removesuffix(b"\n"))
            path = os.path.relpath(named.parent.resolve() / named.name, root).replace(os.sep, "/")
        if path == ".." or path.startswith("../"):
            raise UsageError("--policy-from reads the config file from the repository: --config names one outside.")
        return path
