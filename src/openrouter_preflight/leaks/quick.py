"""The quick way: is what is staged, or a small range, clean beyond doubt? It may only say so, or `ask the full scan`.

Every commit and every pull request waits for this, so that it imports nothing that can be spared: no click,
dataclasses, enum, re or subprocess. Whatever is unusual (a candidate, an archive, a conflict, an option, another
system) is for the full scan, which also does all the talking.
"""

from __future__ import annotations

import os

from openrouter_preflight.leaks.detection.prefilter import HEAD_LENGTH, OVERLAP, candidate_offsets, is_archive
from openrouter_preflight.leaks.environment import OPTIONS, find_git, hardened_environment

_BATCH = ["cat-file", "--batch", "--buffer"]
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
        return None if oids is None else _read(oids, paths)
    except (OSError, ValueError):
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
        if ask_git(["rev-parse", "--is-shallow-repository"]) != b"false\n":
            return None
        return _tally(ask_git(["rev-list", "--objects", "--no-object-names", "--end-of-options", text], _BATCH))
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


def _read(oids: set[bytes], paths: list[str]) -> tuple[int, int] | None:
    """Read the objects, and the files at `paths`, which may hold something else: no need to ask whether they do."""
    wanted = b"".join(oid + b"\n" for oid in oids)
    if len(wanted) > _MOST_WRITTEN:
        return None
    read = _tally(ask_git(_BATCH, stdin=wanted) if oids else b"")
    if read is None or read[0] != len(oids) or None in [_file(path) for path in paths]:
        return None
    return read[:2]


def _tally(output: bytes | None) -> tuple[int, int, int] | None:
    """Objects, bytes and commits in what `git cat-file` printed. None where one is an archive, or not there."""
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
    return (count, size, commits) if position == len(output) else None


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


def ask_git(*pipeline: list[str], stdin: bytes = b"") -> bytes | None:
    """What the last of these gits prints, each of which reads what the one before it prints.

    None where one fails, or the last prints too much or a candidate. Complaints are the full scan's.
    """
    program = find_git(os.environ)
    if program is None:
        return None
    source, feed = os.pipe()
    children: list[int] = []
    data = None
    try:
        try:
            for arguments in pipeline:
                source = _start(program, arguments, source, children)
            os.write(feed, stdin)
        finally:
            os.close(feed)
        data = _drain(source)
    finally:
        os.close(source)
        if data is None:
            for child in children:
                os.kill(child, 9)
        ends = [os.waitpid(child, 0)[1] for child in children]
    return None if any(ends) else data


def _start(program: str, arguments: list[str], source: int, children: list[int]) -> int:
    """Start a git that reads from `source`, which is closed here. The end at which what it prints comes out."""
    output, exit_ = os.pipe()
    _widen(output)
    actions = (
        (os.POSIX_SPAWN_DUP2, source, 0),
        (os.POSIX_SPAWN_DUP2, exit_, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    )
    environ = hardened_environment(os.environ)
    try:
        children.append(os.posix_spawn(program, ["git", *OPTIONS, *arguments], environ, file_actions=actions))
    except OSError:
        os.close(output)
        raise
    finally:
        os.close(exit_)
    os.close(source)
    return output


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
