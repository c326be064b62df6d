"""Under which names commits bring objects: all paths, whole. `git rev-list` tells one, and cuts it at a newline."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from openrouter_preflight.leaks.git import Git

_RAW = ("--stdin", "--root", "-m", "-r", "-t", "--raw", "-z", "--no-abbrev", "--no-renames")
"""Trees are compared and no content is read, so that no filter or external diff has a part in it."""

_BLOCK = 1024 * 1024


def introductions(git: Git, wanted: Mapping[str, AbstractSet[str]]) -> dict[str, tuple[bytes, ...]] | None:
    """The paths at which commits bring the objects wanted of them, by object; None where git could not compare them.

    An object that its commit does not bring is left out: a ref leads to it without any commit.
    """
    found: dict[str, dict[bytes, None]] = {}
    with (
        tempfile.TemporaryFile() as commits,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as complaints,
    ):
        commits.writelines(f"{commit}\n".encode() for commit in wanted)
        commits.seek(0)
        with git.start("diff-tree", *_RAW, stdin=commits, stdout=output, stderr=complaints) as process:
            pass
        if process.returncode != 0:
            return None
        output.seek(0)
        oids: AbstractSet[str] = frozenset()
        fields = _fields(output)
        for field in fields:
            if not field.startswith(b":"):
                oids = wanted.get(field.decode("ascii", "replace").strip(), frozenset())
                continue
            oid, path = field.split(b" ")[3].decode("ascii"), next(fields)
            if oid in oids:
                found.setdefault(oid, {})[path] = None
    return {oid: tuple(paths) for oid, paths in found.items()}


def _fields(output: IO[bytes]) -> Iterator[bytes]:
    """What stands between the NULs of `output`."""
    rest = b""
    while block := output.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
