"""Under which names commits bring objects: all paths, whole. `git rev-list` tells one, and cuts it at a newline."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from openrouter_preflight.leaks.git import Git

_RAW = ("--stdin", "--root", "-m", "-r", "-t", "--raw", "-z", "--no-abbrev", "--no-renames")
"""Trees are compared and no content is read, so that no filter or external diff has a part in it."""

_BLOCK = 1024 * 1024
_WORTH_A_GIT = 256
"""Commits that one git compares while another would be started."""


def introductions(git: Git, wanted: Mapping[str, AbstractSet[str]]) -> dict[str, tuple[bytes, ...]] | None:
    """The paths at which commits bring the objects wanted of them, by object; None where git could not compare them.

    It takes half the time where neighbours in `wanted` are neighbours in the history: their trees are alike.
    An object that its commit does not bring is left out: a ref leads to it without any commit.
    """
    found: dict[str, dict[bytes, None]] = {}
    with ExitStack() as stack:
        shares = [stack.enter_context(_Comparison(git, commits)) for commits in _shares(list(wanted))]
        for share in shares:
            if not share.succeeds():
                return None
            share.read(wanted, found)
    return {oid: tuple(paths) for oid, paths in found.items()}


def _shares(commits: list[str]) -> Iterator[list[str]]:
    """Parts for as many gits as there are processors."""
    size = max(_WORTH_A_GIT, -(-len(commits) // (os.cpu_count() or 1)))
    return (commits[start : start + size] for start in range(0, len(commits), size))


class _Comparison:
    """A git that compares commits with their parents. A context manager."""

    def __init__(self, git: Git, commits: list[str]) -> None:
        with tempfile.TemporaryFile() as asked:
            asked.writelines(f"{commit}\n".encode() for commit in commits)
            asked.seek(0)
            self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
            try:
                self._process = git.start(
                    "diff-tree", *_RAW, stdin=asked, stdout=self._output, stderr=subprocess.DEVNULL
                )
            except BaseException:
                self._output.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()

    def succeeds(self) -> bool:
        """Whether git came to the end of it."""
        return self._process.wait() == 0

    def read(self, wanted: Mapping[str, AbstractSet[str]], found: dict[str, dict[bytes, None]]) -> None:
        """Put the paths of what is wanted into `found`."""
        self._output.seek(0)
        oids: AbstractSet[str] = frozenset()
        fields = _fields(self._output)
        for field in fields:
            if not field.startswith(b":"):
                oids = wanted.get(field.decode("ascii", "replace").strip(), frozenset())
                continue
            oid, path = field.split(b" ")[3].decode("ascii"), next(fields)
            if oid in oids:
                found.setdefault(oid, {})[path] = None


def _fields(output: IO[bytes]) -> Iterator[bytes]:
    """What stands between the NULs of `output`."""
    rest = b""
    while block := output.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
