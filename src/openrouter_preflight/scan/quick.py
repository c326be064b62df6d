"""The quick way: is what is staged, a message or a small range clean beyond doubt? If not, the full scan is asked.

Every commit and every pull request waits for this, so that it imports nothing that can be spared: no click,
dataclasses, enum, re or subprocess. Whatever is unusual (a candidate, an archive, a conflict, another system) is for
the full scan.
"""

from __future__ import annotations

import os

from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.git.pipeline import MANY, DoubtError, Pipeline, is_possible
from openrouter_preflight.scan.quick_git import READ_OBJECTS, ask_git, read_printed
from openrouter_preflight.settings import CONFIG_NAMES

_LARGEST_FILE = 16 * 1024 * 1024
_LARGEST_MESSAGE = 1024 * 1024
_SCISSORS = b" >8 "
"""Below it a message may hold what is no part of it."""


def staged_is_clean(paths: list[str]) -> tuple[int, int] | None:
    """How many objects and bytes `scan --staged [PATH…]` would read, if they hold nothing; None: ask the full scan.

    None too where a setting could change the answer, or where the config file itself is committed.
    """
    if not is_possible():
        return None
    try:
        blobs = _named(paths) if paths else _changed()
        if blobs is None or any(os.fsdecode(path).endswith(CONFIG_NAMES) for path in blobs.values()):
            return None
        return _read(blobs, paths)
    except (DoubtError, OSError, ValueError):
        return None


def range_is_clean(text: str) -> tuple[int, int, int] | None:
    """Objects, bytes and commits that `scan --range text` would read, if they hold nothing; None: ask the full scan."""
    left, dots, right = text.partition("..")
    plain = all(each.isalnum() or each in "._/~@{}-" for each in text) and not text.startswith("-")
    if not (plain and left and dots and right.strip("0.") and left.strip("0")) or right.startswith((".-", "-")):
        return None
    if not is_possible() or may_hold_key(text.encode()):  # a key is not told to git
        return None
    try:
        with Pipeline(
            ("rev-list", "--objects", "--no-object-names", "--end-of-options", text), READ_OBJECTS
        ) as objects:
            is_whole = ask_git("rev-parse", "--is-shallow-repository") == b"false\n"
            return read_printed(objects) if is_whole else None
    except (DoubtError, OSError, ValueError):
        return None


def message_is_clean(path: str) -> tuple[int, int] | None:
    """One object and its bytes, if the commit message at `path` holds nothing; None: ask the full scan."""
    if not is_possible():
        return None
    try:
        with open(path, "rb") as file:
            message = file.read(_LARGEST_MESSAGE + 1)
    except OSError:
        return None
    if len(message) > _LARGEST_MESSAGE or _SCISSORS in message or may_hold_key(message):
        return None
    return 1, len(message)


def _changed() -> dict[bytes, bytes] | None:
    """The blobs that a commit would add, each with a path at which it is. None where the index is unusual."""
    listed = ask_git("diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD")
    if listed is None:
        return _everything() if _is_unborn() else None
    fields = listed.split(b"\0")
    blobs: dict[bytes, bytes] = {}
    for entry, path in zip(fields[0:-1:2], fields[1::2], strict=True):
        _, mode, _, oid, status = entry.split(b" ")
        if status == b"U":
            return None
        if status != b"D" and mode != b"160000":
            blobs[oid] = path
    return blobs


def _is_unborn() -> bool:
    """Whether the branch has no commit yet, so that everything in the index is new."""
    return ask_git("symbolic-ref", "--quiet", "HEAD") is not None and not ask_git("for-each-ref", "--count=1")


def _everything() -> dict[bytes, bytes] | None:
    """Every blob in the index, with a path. None where it is unusual."""
    return _blobs(ask_git("ls-files", "--stage", "-z", "--full-name", ":/"))


def _named(paths: list[str]) -> dict[bytes, bytes] | None:
    """The blobs that the index holds at `paths`. None where one is no file of the index."""
    listed = ask_git("--literal-pathspecs", "ls-files", "--stage", "-z", "--", *paths)
    names = {entry.partition(b"\t")[2] for entry in (listed or b"").split(b"\0")[:-1]}
    return _blobs(listed) if names == {os.fsencode(path) for path in paths} else None


def _blobs(listed: bytes | None) -> dict[bytes, bytes] | None:
    """The blobs that `git ls-files --stage` lists, with paths. None where it failed, or a merge is not resolved."""
    if listed is None:
        return None
    entries = [entry.partition(b"\t") for entry in listed.split(b"\0")[:-1]]
    fields = [(*entry.split(b" "), path) for entry, _, path in entries]
    if any(stage != b"0" for _, _, stage, _ in fields):
        return None
    return {oid: path for mode, oid, _, path in fields if mode != b"160000"}


def _read(blobs: dict[bytes, bytes], paths: list[str]) -> tuple[int, int] | None:
    """Read the objects, and the files at `paths`, which may hold something else: no need to ask whether they do."""
    count, size = _read_blobs(blobs)
    return (count, size) if count == len(blobs) and all(map(_is_clean_file, paths)) else None


def _read_blobs(blobs: dict[bytes, bytes]) -> tuple[int, int]:
    """Read the blobs, where there are many from the files of which they are copies. Their number and bytes."""
    if len(blobs) < MANY:
        return _read_objects(list(blobs))
    from openrouter_preflight.scan.quick_files import staged_files

    oids = {path: oid for oid, path in blobs.items()}
    files = staged_files(oids)
    count, size = _read_objects([oids[path] for path in files.left])
    return files.objects + count, files.size + size


def _read_objects(oids: list[bytes]) -> tuple[int, int]:
    """Read the objects, two gits side by side where there are many. Their number and bytes."""
    if not oids:
        return 0, 0
    lines = [oid + b"\n" for oid in oids]
    half = len(lines) // 2 if len(lines) >= MANY else 0
    with Pipeline(READ_OBJECTS, stdin=b"".join(lines[half:])) as objects:
        if not half:
            return read_printed(objects)[:2]
        with Pipeline(READ_OBJECTS, stdin=b"".join(lines[:half])) as others:
            return read_printed(objects, others)[:2]


def _is_clean_file(path: str) -> bool:
    """Whether an ordinary small file, or nothing, is there, that is no archive and in which no key can stand."""
    from stat import S_ISREG

    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return True
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
            return False
        data = file.read(_LARGEST_FILE + 1)
    return len(data) <= _LARGEST_FILE and not may_hold_key(data)
