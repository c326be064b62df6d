"""The quick way: is what is staged, or a small range, clean beyond doubt? It may only say so, or `ask the full scan`.

Every commit and every pull request waits for this, so that it imports nothing that can be spared: no click,
dataclasses, enum, re or subprocess. Whatever is unusual (a candidate, an archive, a conflict, an option, another
system) is for the full scan, which also does all the talking.
"""

from __future__ import annotations

import os

from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, candidate_offsets, is_archive
from openrouter_preflight.leaks.quick_git import READ_OBJECTS, DoubtError, Pipeline, ask_git, read_objects

_LARGEST_FILE = 16 * 1024 * 1024
_WORTH_TWO_GITS = 64
"""Objects from which a second git saves more time than it takes to start."""

_SETTINGS = "OPENROUTER_PREFLIGHT_"


def staged_is_clean(arguments: list[str]) -> tuple[int, int] | None:
    """How many objects and bytes `scan --staged [PATH…]` would read, if they hold nothing; None: ask the full scan.

    `arguments` are the command line's. None too where any option or setting could change the answer.
    """
    paths = arguments[2:]
    if arguments[:2] != ["scan", "--staged"] or any(path.startswith("-") for path in paths) or not is_possible():
        return None
    try:
        oids = _named(paths) if paths else _changed()
        return None if oids is None else _read(oids, paths)
    except (DoubtError, OSError, ValueError):
        return None


def range_is_clean(text: str) -> tuple[int, int, int] | None:
    """Objects, bytes and commits that `scan --range text` would read, if they hold nothing; None: ask the full scan."""
    left, dots, right = text.partition("..")
    plain = all(each.isalnum() or each in "._/~@{}-" for each in text) and not text.startswith("-")
    if not (plain and left and dots and right.strip("0.") and left.strip("0")) or right.startswith((".-", "-")):
        return None
    if not is_possible():
        return None
    try:
        with Pipeline(
            ("rev-list", "--objects", "--no-object-names", "--end-of-options", text), READ_OBJECTS
        ) as objects:
            is_whole = ask_git("rev-parse", "--is-shallow-repository") == b"false\n"
            return read_objects(objects) if is_whole else None
    except (DoubtError, OSError, ValueError):
        return None


def is_possible() -> bool:
    """Whether this system can start programs quickly, and no setting in the environment could change the answer."""
    return hasattr(os, "posix_spawn") and not any(name.startswith(_SETTINGS) for name in os.environ)


def _changed() -> dict[bytes, None] | None:
    """The ids of the blobs that a commit would add. None where the index is unusual."""
    listed = ask_git("diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD")
    if listed is None:
        return _everything() if _is_unborn() else None
    oids: dict[bytes, None] = {}
    for entry in listed.split(b"\0")[0:-1:2]:
        _, mode, _, oid, status = entry.split(b" ")
        if status == b"U":
            return None
        if status != b"D" and mode != b"160000":
            oids[oid] = None
    return oids


def _is_unborn() -> bool:
    """Whether the branch has no commit yet, so that everything in the index is new."""
    return ask_git("symbolic-ref", "--quiet", "HEAD") is not None and not ask_git("for-each-ref", "--count=1")


def _everything() -> dict[bytes, None] | None:
    """The ids of every blob in the index. None where it is unusual."""
    return _blobs(ask_git("ls-files", "--stage", "-z"))


def _named(paths: list[str]) -> dict[bytes, None] | None:
    """The ids of the blobs that the index holds at `paths`. None where one is no file of the index."""
    listed = ask_git("--literal-pathspecs", "ls-files", "--stage", "-z", "--", *paths)
    names = {entry.partition(b"\t")[2] for entry in (listed or b"").split(b"\0")[:-1]}
    return _blobs(listed) if names == {os.fsencode(path) for path in paths} else None


def _blobs(listed: bytes | None) -> dict[bytes, None] | None:
    """The ids of the blobs that `git ls-files --stage` lists. None where it failed, or a merge is not resolved."""
    if listed is None:
        return None
    fields = [entry.partition(b"\t")[0].split(b" ") for entry in listed.split(b"\0")[:-1]]
    if any(stage != b"0" for _, _, stage in fields):
        return None
    return {oid: None for mode, oid, _ in fields if mode != b"160000"}


def _read(oids: dict[bytes, None], paths: list[str]) -> tuple[int, int] | None:
    """Read the objects, and the files at `paths`, which may hold something else: no need to ask whether they do."""
    count, size = _read_objects([oid + b"\n" for oid in oids])
    return (count, size) if count == len(oids) and all(map(_is_clean_file, paths)) else None


def _read_objects(lines: list[bytes]) -> tuple[int, int]:
    """Read the objects, two gits side by side where there are many. Their number and bytes."""
    if not lines:
        return 0, 0
    half = len(lines) // 2 if len(lines) >= _WORTH_TWO_GITS else 0
    with Pipeline(READ_OBJECTS, stdin=b"".join(lines[half:])) as objects:
        if not half:
            return read_objects(objects)[:2]
        with Pipeline(READ_OBJECTS, stdin=b"".join(lines[:half])) as others:
            return read_objects(objects, others)[:2]


def _is_clean_file(path: str) -> bool:
    """Whether an ordinary small file, or nothing, is there, that is no archive and in which no key can stand."""
    from stat import S_ISREG

    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return True
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
            return False
        data = file.read(_LARGEST_FILE + 1)
    return (
        len(data) <= _LARGEST_FILE
        and not is_archive(data[:HEAD_LENGTH])
        and next(candidate_offsets(data), None) is None
    )
