"""Reading many objects: whatever dies on the way leaves a trouble behind."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections import deque
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.git.listing import list_objects
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.readers.engine import read_objects
from openrouter_preflight.scan.readers.objects import ObjectReader
from openrouter_preflight.scan.readers.results import ReadStats
from support.planted import zipped
from support.printed import Printed
from support.repos import HERMETIC, KEY, Repo, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def git_of(repo: Repo, **environ: str) -> Git:
    return Git(repo.path, {**HERMETIC, **environ})


def test_every_object_is_read_once_by_many_workers(repo: Repo) -> None:
    for number in range(30):
        repo.commit({f"{number}.env": make_key(str(number))})
    git = git_of(repo)
    lines = b"".join(list_objects(git)).splitlines(keepends=True)
    reading = read_objects(git, lines, workers=4)
    assert reading.stats.objects == len(lines) == 90
    assert sorted(hit.oid for hit in reading.stats.matches) == sorted({hit.oid for hit in reading.stats.matches})
    assert len(reading.stats.matches) == 30
    assert reading.incomplete == []


def test_objects_at_the_edges_of_the_buffer_are_whole(repo: Repo) -> None:
    sizes = [0, 1, 900, 3900, 4000, 4090, 4096, 5000, 9000, 20_000]
    for number, size in enumerate(sizes):
        repo.commit({f"{number}.env": "x" * size + "\n" + make_key(str(number))})
    git = git_of(repo)
    reading = read_objects(git, list_objects(git), workers=1, buffer=4096, step=1000)
    keys = {match.key.reveal() for hit in reading.stats.matches for match in hit.result.matches if match.key}
    assert keys == {make_key(str(number)) for number in range(len(sizes))}


def test_a_git_that_dies_is_a_trouble(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.env": KEY})
    oids = b"".join(list_objects(git_of(repo)))
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nread -r line\nprintf '%s blob 100\\nhalf' \"$line\"\nkill -9 $$\n", encoding="ascii")
    fake.chmod(0o755)
    reading = read_objects(git_of(repo, PATH=f"{fake.parent}{os.pathsep}{os.environ['PATH']}"), [oids], workers=1)
    assert reading.stats.objects == 0
    assert reading.incomplete


@pytest.mark.parametrize(
    "head", [gzip.compress(b""), b"#!/bin/sh\n" * 6000 + zipped({"a": b""})], ids=["gzip", "script"]
)
@pytest.mark.parametrize("seen", [0, 1, 2, 5, 261, 300])
def test_a_large_archive_is_known_wherever_a_read_ends_in_its_head(seen: int, head: bytes) -> None:
    """After an object so long that the first read ends `seen` bytes into the archive, which never fits the buffer."""
    stats, awaited = ReadStats(), deque([b"a" * 40, b"b" * 40])
    header = b"%b blob 200000\n" % awaited[1]
    first = b"x" * (4096 - seen - len(header) - len(b"%b blob 3999\n\n" % awaited[0]))
    printed = b"%b blob %d\n%b\n" % (awaited[0], len(first), first) + header + head.ljust(200_000) + b"\n"
    ObjectReader(Printed(printed), awaited, stats, buffer=128 * 1024, step=4096).read_all()
    assert stats.large == [("b" * 40, "blob")]


@pytest.mark.parametrize("buffer", [1024 * 1024, 4096])
@pytest.mark.parametrize("swallowed", [1, 3, 1000])
def test_an_object_that_says_a_wrong_size_hides_none_behind_it(repo: Repo, swallowed: int, buffer: int) -> None:
    repo.commit({f"{number}.env": f"{make_key(str(number))}\n{'x' * 2000}" for number in range(9)})
    git = git_of(repo)
    oids = b"".join(list_objects(git)).split()
    hidden = "".join(repo.git("cat-file", "--batch", stdin=oid + b"\n") + "\n" for oid in oids[:swallowed])
    liar = write_loose(repo, b"x", says=len(f"x\n{hidden}") - 1 if swallowed < len(oids) else 100_000)
    reading = read_objects(git, [liar + b"\n" + b"\n".join(oids) + b"\n"], workers=1, buffer=buffer)
    assert {hit.oid.encode() for hit in reading.stats.matches} >= set(blobs(repo, oids))
    assert [reason_incomplete for reason_incomplete in reading.incomplete if liar.decode() in reason_incomplete.message]


def write_loose(repo: Repo, content: bytes, *, says: int) -> bytes:
    """Write a loose object by hand that says another size than it has. Its id."""
    data = b"blob %d\0" % says + content
    oid = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    path = repo.path / ".git" / "objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(data))
    return oid.encode()


def blobs(repo: Repo, oids: list[bytes]) -> list[bytes]:
    return [oid for oid in oids if repo.git("cat-file", "-t", oid.decode()).strip() == "blob"]


def test_a_list_that_breaks_off_is_a_trouble(repo: Repo) -> None:
    repo.commit({"a.env": KEY})
    oids = b"".join(list_objects(git_of(repo)))

    def broken() -> Iterator[bytes]:
        yield oids
        raise OSError("no more")

    reading = read_objects(git_of(repo), broken(), workers=1)
    assert reading.stats.objects == 3
    assert len(reading.incomplete) == 1
