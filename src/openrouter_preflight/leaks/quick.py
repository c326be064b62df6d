"""The quick way: is what is staged, or a small range, clean beyond doubt? It may only say so, or `ask the full scan`.

Every commit and every pull request waits for this, so that it imports nothing that can be spared: no click,
dataclasses, enum, re or subprocess. Whatever is unusual (a candidate, an archive, a conflict, an option, another
system) is for the full scan, which also does all the talking.
"""

from __future__ import annotations

import os

from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, OVERLAP, candidate_offsets, is_archive
from openrouter_preflight.leaks.environment import OPTIONS, find_git, hardened_environment

_MOST_WRITTEN = 60_000
"""Bytes that fit into a pipe without anyone reading."""

_MOST_BYTES = 64 * 1024 * 1024
_BLOCK = 1024 * 1024
_STALLED = 30.0
"""Seconds without a byte."""

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
        read = None if oids is None else _read(oids, paths)
    except (OSError, ValueError):
        return None
    return None if read is None else read[:2]


def range_is_clean(text: str) -> tuple[int, int, int] | None:
    """Objects, bytes and commits that `scan --range text` would read, if they hold nothing; None: ask the full scan."""
    left, dots, right = text.partition("..")
    plain = all(each.isalnum() or each in "._/~@{}-" for each in text) and not text.startswith("-")
    if not (plain and left and dots and right.strip("0.") and left.strip("0")) or right.startswith((".-", "-")):
        return None
    if not is_possible():
        return None
    try:
        if ask_git(["rev-parse", "--is-shallow-repository"]) != b"false\n":
            return None
        listed = ask_git(["rev-list", "--objects", "--end-of-options", text])
        return None if listed is None else _read({line.partition(b" ")[0] for line in listed.splitlines()}, [])
    except (OSError, ValueError):
        return None


def is_possible() -> bool:
    """Whether this system can start programs quickly, and no setting in the environment could change the answer."""
    return hasattr(os, "posix_spawn") and not any(name.startswith(_SETTINGS) for name in os.environ)


def _changed() -> set[bytes] | None:
    """The ids of the blobs that a commit would add. None where the index is unusual."""
    listed = ask_git(["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD"])
    if listed is None:
        return _everything() if _is_unborn() else None
    oids = set()
    for entry in listed.split(b"\0")[0:-1:2]:
        _, mode, _, oid, status = entry.split(b" ")
        if status == b"U":
            return None
        if status != b"D" and mode != b"160000":
            oids.add(oid)
    return oids


def _is_unborn() -> bool:
    """Whether the branch has no commit yet, so that everything in the index is new."""
    return ask_git(["symbolic-ref", "--quiet", "HEAD"]) is not None and not ask_git(["for-each-ref", "--count=1"])


def _everything() -> set[bytes] | None:
    """The ids of every blob in the index. None where it is unusual."""
    return _blobs(ask_git(["ls-files", "--stage", "-z"]))


def _named(paths: list[str]) -> set[bytes] | None:
    """The ids of the blobs that the index holds at `paths`. None where one is no file of the index."""
    listed = ask_git(["--literal-pathspecs", "ls-files", "--stage", "-z", "--", *paths])
    names = {entry.partition(b"\t")[2] for entry in (listed or b"").split(b"\0")[:-1]}
    return _blobs(listed) if names == {os.fsencode(path) for path in paths} else None


def _blobs(listed: bytes | None) -> set[bytes] | None:
    """The ids of the blobs that `git ls-files --stage` lists. None where it failed, or a merge is not resolved."""
    if listed is None:
        return None
    fields = [entry.partition(b"\t")[0].split(b" ") for entry in listed.split(b"\0")[:-1]]
    if any(stage != b"0" for _, _, stage in fields):
        return None
    return {oid for mode, oid, _ in fields if mode != b"160000"}


def _read(oids: set[bytes], paths: list[str]) -> tuple[int, int, int] | None:
    """Read the objects, and the files at `paths`, which may hold something else: no need to ask whether they do."""
    wanted = b"".join(oid + b"\n" for oid in oids)
    if len(wanted) > _MOST_WRITTEN:
        return None
    output = ask_git(["cat-file", "--batch", "--buffer"], wanted) if oids else b""
    if output is None:
        return None
    count, size, commits, position = 0, 0, 0, 0
    while position < len(output):
        line_end = output.index(b"\n", position)
        _, kind, length = output[position:line_end].split(b" ")
        start, end = line_end + 1, line_end + 1 + int(length)
        if kind == b"blob" and is_archive(output[start : min(end, start + HEAD_LENGTH)]):
            return None
        count, size, commits, position = count + 1, size + int(length), commits + (kind == b"commit"), end + 1
    files = [_file(path) for path in paths]
    if count != len(oids) or position != len(output) or None in files:
        return None
    return count, size, commits


def _file(path: str) -> bytes | None:
    """The content of an ordinary small file that is no archive; nothing where there is none; None for all else."""
    from stat import S_ISREG

    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return b""
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
            return None
        data = _drain(descriptor)
    finally:
        os.close(descriptor)
    return None if data is None or is_archive(data[:HEAD_LENGTH]) else data


def ask_git(arguments: list[str], stdin: bytes = b"") -> bytes | None:
    """What git prints; None where it fails, or prints too much or a candidate. Complaints are the full scan's."""
    program = find_git(os.environ)
    if program is None:
        return None
    entrance, feed = os.pipe()
    output, exit_ = os.pipe()
    _widen(output)
    actions = (
        (os.POSIX_SPAWN_DUP2, entrance, 0),
        (os.POSIX_SPAWN_DUP2, exit_, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    )
    try:
        child = os.posix_spawn(
            program, ["git", *OPTIONS, *arguments], hardened_environment(os.environ), file_actions=actions
        )
    finally:
        os.close(entrance)
        os.close(exit_)
    try:
        os.write(feed, stdin)
    finally:
        os.close(feed)
    data = None
    try:
        data = _drain(output)
    finally:
        os.close(output)
        if data is None:
            os.kill(child, 9)
        _, status = os.waitpid(child, 0)
    return data if os.waitstatus_to_exitcode(status) == 0 else None


def _widen(pipe: int) -> None:
    """Let git run ahead while we search, where the system can."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(pipe, F_SETPIPE_SZ, _BLOCK)
    except (ImportError, OSError):
        return


def _drain(descriptor: int) -> bytes | None:
    """Everything up to the end, searched as it comes; None for a candidate, or more than memory should hold.

    Raises TimeoutError where nothing comes, as of a git that opened a FIFO in place of a file.
    """
    data = bytearray()
    searched = 0
    while block := _next_block(descriptor):
        data += block
        if len(data) > _MOST_BYTES:
            return None
        if len(data) - searched >= _BLOCK:
            if _holds_candidate(data, searched):
                return None
            searched = len(data)
    return None if _holds_candidate(data, searched) else bytes(data)


def _next_block(descriptor: int) -> bytes:
    from select import select

    if not select([descriptor], [], [], _STALLED)[0]:
        raise TimeoutError
    return os.read(descriptor, _BLOCK)


def _holds_candidate(data: bytearray, searched: int) -> bool:
    return next(candidate_offsets(data, max(0, searched - OVERLAP)), None) is not None
