"""Objects of a repository, in an order that git reads fast."""

from __future__ import annotations

import os
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openrouter_preflight.git.process import Git

_CHUNK = 4096
"""Objects in one chunk: neighbours in a pack are deltas of each other and should go to the same git."""

_MANY = 100_000
"""Objects from which it is felt in which order git reads them. The packs' own order may be damaged."""

_SHARE = 256

_BLOCK = 1024 * 1024
_FAN_OUT_END = 8 + 256 * 4
_NO_TREE = rb"^(?!tree )(?:blob |commit |tag )?(\w+)[^\n]*(\n)"
_TREE = rb"^tree (\w+\n)"


def list_objects(git: Git) -> Iterator[bytes]:
    """Yield the ids of all objects in chunks, packed ones in pack order.

    Trees need another search than content, and one kind at a time is searched fastest. Raises GitError, after all that
    git could list, where that is not everything.
    """
    import re

    from openrouter_preflight.git.errors import GitError

    tree, no_tree = re.compile(_TREE, re.MULTILINE), re.compile(_NO_TREE, re.MULTILINE)
    trees: list[bytes] = []
    others: list[bytes] = []
    try:
        for block in _listing(git):
            trees += tree.findall(block)
            others += [oid + newline for oid, newline in no_tree.findall(block)]
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
    order = ["--unordered"] if estimate_objects(git) > _MANY else []
    check = "--batch-check=%(objecttype) %(objectname)"
    with git.start("cat-file", "--batch-all-objects", *order, "--buffer", check) as process:
        rest = b""
        while block := process.read(_BLOCK):
            block = rest + block
            cut = block.rfind(b"\n") + 1
            rest = block[cut:]
            yield block[:cut]
        if process.wait() != 0 or b"error:" in process.complaint:
            raise git.explain(process.complaint, "cat-file")


def objects_folder(git: Git) -> str:
    """The repository's own objects."""
    return os.path.join(git.repository.common_dir, "objects")


def _names(*folders: str) -> list[str]:
    """The names in a folder, sorted; none where it is not there."""
    try:
        return sorted(os.listdir(os.path.join(*folders)))
    except (FileNotFoundError, NotADirectoryError):
        return []


def pack_files(git: Git, suffix: str) -> list[str]:
    """The files of the repository's packs whose names end so."""
    folder = os.path.join(objects_folder(git), "pack")
    return [os.path.join(folder, name) for name in _names(folder) if name.endswith(suffix)]


def borrows(git: Git) -> bool:
    """Return True where the repository reads objects of others."""
    if git.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES"):
        return True
    try:
        with open(os.path.join(objects_folder(git), "info", "alternates"), "rb") as file:
            return bool(file.read(_BLOCK).strip())
    except OSError:
        return False


def own_objects(git: Git) -> Iterator[bytes]:
    """Yield the ids of the repository's own objects in chunks."""
    for index in pack_files(git, ".idx"):
        with open(index, "rb") as stream:
            data = stream.read()
        options = [f"--object-format={git.repository.hash}"] if git.repository.hash != "sha1" else []
        oids = [line.split(b" ")[1] for line in git.run("show-index", *options, stdin=data).splitlines()]
        for start in range(0, len(oids), _CHUNK):
            yield b"\n".join(oids[start : start + _CHUNK]) + b"\n"
    yield from loose_objects(git)


def loose_objects(git: Git) -> Iterator[bytes]:
    """Yield the ids of objects outside of packs in chunks."""
    folder = objects_folder(git)
    digits = set("0123456789abcdef")
    for prefix in (name for name in _names(folder) if len(name) == 2 and digits.issuperset(name)):
        names = (name for name in _names(folder, prefix) if len(name) in {38, 62} and digits.issuperset(name))
        lines = "".join(f"{prefix}{name}\n" for name in names)
        if lines:
            yield lines.encode()


def in_chunks(oids: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the ids in chunks of neighbours, for several gits."""
    rest = iter(oids)
    while chunk := list(islice(rest, _SHARE)):
        yield b"\n".join(chunk) + b"\n"


def may_lack_objects(git: Git) -> bool:
    """Return True for a partial clone, or one that borrows objects."""
    promisors = git.ask("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")
    return bool(promisors) or bool(pack_files(git, ".promisor")) or git.repository.shallow or borrows(git)


def estimate_objects(git: Git) -> int:
    """Return the number of packed objects, and an estimate of loose ones."""
    return sum(map(_packed, pack_files(git, ".idx"))) + 256 * len(_names(objects_folder(git), "17"))


def _packed(index: str) -> int:
    """Return the number of objects in a pack's index (version 2)."""
    with open(index, "rb") as stream:
        head = stream.read(_FAN_OUT_END)
    return int.from_bytes(head[-4:]) if len(head) == _FAN_OUT_END else 0
