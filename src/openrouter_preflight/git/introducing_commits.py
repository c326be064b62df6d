"""Paths under which commits introduce objects, all of them and whole."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Self

from openrouter_preflight.git.process import fields
from openrouter_preflight.git.processors import processors
from openrouter_preflight.git.temporary import temporary_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from openrouter_preflight.git.process import Git

_RAW = ("--stdin", "--root", "-m", "-r", "-t", "--raw", "-z", "--no-abbrev", "--no-renames")
"""Trees are compared and no content is read, so that no filter or external diff has a part in it."""

MOST_BYTES = 256 * 1024 * 1024
"""Of a listing or comparison: a few trees that hold each other ten times have more paths than any disk can take."""
MOST_PATHS = 1000
"""Reported for one object."""
_LOOK_EVERY = 0.2
"""Seconds."""
_WORTH_A_GIT = 256
"""Commits that one git compares while another would be started."""


def introducing_paths(git: Git, wanted: Mapping[str, AbstractSet[str]]) -> dict[str, tuple[bytes, ...]] | None:
    """Return the paths of the wanted objects, or None without a comparison.

    It takes half the time where neighbours in `wanted` are neighbours in the history: their trees are alike.
    An object that its commit does not bring is left out: a ref leads to it without any commit.
    """
    found: dict[str, dict[bytes, None]] = {}
    with ExitStack() as stack:
        shares = [stack.enter_context(_Comparison(git, commits)) for commits in _shares(list(wanted))]
        stack.enter_context(_bounded(shares))
        for share in shares:
            if not share.succeeds():
                return None
            share.read(wanted, found)
    return {oid: tuple(paths) for oid, paths in found.items()}


@contextmanager
def _bounded(shares: Sequence[_Comparison]) -> Iterator[None]:
    """End those that print too much."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_EVERY):
            for share in shares:
                share.end_if_endless()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _shares(commits: list[str]) -> Iterator[list[str]]:
    """Parts for as many gits as there are processors."""
    size = max(_WORTH_A_GIT, -(-len(commits) // processors()))
    return (commits[start : start + size] for start in range(0, len(commits), size))


class _Comparison:
    """A git that compares commits with their parents. A context manager."""

    def __init__(self, git: Git, commits: list[str]) -> None:
        self._output: IO[bytes] = temporary_file()
        try:
            with temporary_file() as asked:  # a file, since nobody feeds several gits at once
                asked.writelines(f"{commit}\n".encode() for commit in commits)
                asked.seek(0)
                self._process = git.start("diff-tree", *_RAW, stdin=asked.fileno(), stdout=self._output.fileno())
        except BaseException:
            self._output.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.__exit__()
        self._output.close()

    def succeeds(self) -> bool:
        """True where git came to its end."""
        return self._process.wait() == 0

    def end_if_endless(self) -> None:
        """Kill git where it has printed more than a history has paths."""
        if os.fstat(self._output.fileno()).st_size > MOST_BYTES:
            self._process.kill()

    def read(self, wanted: Mapping[str, AbstractSet[str]], found: dict[str, dict[bytes, None]]) -> None:
        """Put the paths of what is wanted into `found`."""
        self._output.seek(0)
        oids: AbstractSet[str] = frozenset()
        printed = fields(self._output.read, MOST_BYTES)
        for field in printed:
            if not field.startswith(b":"):
                oids = wanted.get(field.decode("ascii", "replace").strip(), frozenset())
                continue
            oid, path = field.split(b" ")[3].decode("ascii"), next(printed, b"")
            if oid in oids and len(paths := found.setdefault(oid, {})) < MOST_PATHS:
                paths[path] = None
