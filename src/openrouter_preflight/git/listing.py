"""Which objects a repository has, in an order in which git reads them fast."""

from __future__ import annotations

import re
import tempfile
from itertools import islice
from typing import TYPE_CHECKING, cast

from openrouter_preflight.git.process import GitError, explain

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from openrouter_preflight.git.process import Git

_CHUNK = 4096
"""Objects in one chunk: neighbours in a pack are deltas of each other and should go to the same git."""

_MANY = 100_000
"""Objects from which it is felt in which order git reads them. The packs' own stands in a file that may be damaged."""

_SHARE = 256

_BLOCK = 1024 * 1024
_FAN_OUT_END = 8 + 256 * 4
_LOOSE = re.compile(r"[0-9a-f]{38}(?:[0-9a-f]{24})?")
_NO_TREE = re.compile(rb"^(?!tree )(?:blob |commit |tag )?(\w+)[^\n]*(\n)", re.MULTILINE)
_TREE = re.compile(rb"^tree (\w+\n)", re.MULTILINE)


def list_objects(git: Git) -> Iterator[bytes]:
    """The ids of all objects in chunks of lines, many of them in the order of the packs, trees apart from the others.

    Trees need another search than content, and one kind at a time is searched fastest. Raises GitError, after all that
    git could list, where that is not everything.
    """
    trees: list[bytes] = []
    others: list[bytes] = []
    try:
        for block in _listing(git):
            trees += _TREE.findall(block)
            others += [oid + newline for oid, newline in _NO_TREE.findall(block)]
            for waiting in (others, trees):
                while len(waiting) >= _CHUNK:
                    yield b"".join(waiting[:_CHUNK])
                    del waiting[:_CHUNK]
    except GitError:
        yield from _joined(others, trees)
        raise
    yield from _joined(others, trees)


def _joined(*waiting: list[bytes]) -> Iterator[bytes]:
    return (b"".join(lines) for lines in waiting if lines)


def _listing(git: Git) -> Iterator[bytes]:
    """Whole lines of `type id`, a block at a time. Raises GitError where git dies."""
    with tempfile.TemporaryFile() as complaints:
        process = git.start(
            "cat-file",
            "--batch-all-objects",
            *(["--unordered"] if estimate_objects(git) > _MANY else []),
            "--buffer",
            "--batch-check=%(objecttype) %(objectname)",
            stderr=complaints,
        )
        output = cast("io.FileIO", process.stdout)
        rest = b""
        with process:
            while block := output.read(_BLOCK):
                block = rest + block
                cut = block.rfind(b"\n") + 1
                rest = block[cut:]
                yield block[:cut]
        complaints.seek(0)
        complaint = complaints.read(4096)
        if process.returncode != 0 or b"error:" in complaint:
            raise explain(complaint, "cat-file", git.folder)


def borrows(git: Git) -> bool:
    """Whether the repository reads objects of others, by `objects/info/alternates` or by a variable."""
    if git.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES"):
        return True
    alternates = git.repository.common_dir / "objects" / "info" / "alternates"
    return alternates.is_file() and bool(alternates.read_bytes().strip())


def own_objects(git: Git) -> Iterator[bytes]:
    """The ids of the objects in the repository's own packs and folders, in chunks of lines."""
    objects = git.repository.common_dir / "objects"
    for index in sorted((objects / "pack").glob("*.idx")):
        with index.open("rb") as stream:
            listed = git.run("show-index", f"--object-format={git.repository.hash}", stdin=stream)
        oids = [line.split(b" ")[1] for line in listed.splitlines()]
        for start in range(0, len(oids), _CHUNK):
            yield b"\n".join(oids[start : start + _CHUNK]) + b"\n"
    yield from loose_objects(git)


def loose_objects(git: Git) -> Iterator[bytes]:
    """The ids of the objects that are in no pack of the repository, or not only there, in chunks of lines."""
    for folder in sorted((git.repository.common_dir / "objects").glob("[0-9a-f][0-9a-f]")):
        names = [f"{folder.name}{path.name}\n" for path in folder.iterdir() if _LOOSE.fullmatch(path.name)]
        if names:
            yield "".join(names).encode()


def in_chunks(oids: Iterable[bytes]) -> Iterator[bytes]:
    """The ids in chunks of lines, few enough to keep several gits busy: neighbours are made from the same bases."""
    rest = iter(oids)
    while chunk := list(islice(rest, _SHARE)):
        yield b"\n".join(chunk) + b"\n"


def may_lack_objects(git: Git) -> bool:
    """Whether the repository was made without some of the objects it needs, or borrows them."""
    promisors = git.ask("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")
    packs = git.repository.common_dir / "objects" / "pack"
    return bool(promisors) or any(packs.glob("*.promisor")) or git.repository.shallow or borrows(git)


def estimate_objects(git: Git) -> int:
    """About how many objects there are: the packed ones exactly, of the loose ones a sample."""
    objects = git.repository.common_dir / "objects"
    packed = sum(map(_packed, (objects / "pack").glob("*.idx")))
    sample = objects / "17"
    return packed + 256 * (len(list(sample.iterdir())) if sample.is_dir() else 0)


def _packed(index: Path) -> int:
    """The number of objects that a pack's index lists: the last entry of its fan-out table (version 2)."""
    with index.open("rb") as stream:
        head = stream.read(_FAN_OUT_END)
    return int.from_bytes(head[-4:]) if len(head) == _FAN_OUT_END else 0
