"""Reading many objects: whatever dies on the way leaves a trouble behind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from openrouter_preflight.leaks.engine import read_objects
from openrouter_preflight.leaks.git import Git
from openrouter_preflight.leaks.listing import list_objects
from repos import HERMETIC, KEY, Repo, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


def git_of(repo: Repo, **environ: str) -> Git:
    return Git(repo.path, {**HERMETIC, **environ})


def test_every_object_is_read_once_by_many_workers(repo: Repo) -> None:
    for number in range(30):
        repo.commit({f"{number}.env": make_key(str(number))})
    git = git_of(repo)
    lines = b"".join(list_objects(git)).splitlines(keepends=True)
    reading = read_objects(git, lines, workers=4)
    assert reading.tally.objects == len(lines) == 90
    assert sorted(hit.oid for hit in reading.tally.hits) == sorted({hit.oid for hit in reading.tally.hits})
    assert len(reading.tally.hits) == 30
    assert reading.troubles == []


def test_objects_at_the_edges_of_the_buffer_are_whole(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openrouter_preflight.leaks.objects.BUFFER", 4096)
    monkeypatch.setattr("openrouter_preflight.leaks.objects._READ_AT_LEAST", 1000)
    sizes = [0, 1, 900, 3900, 4000, 4090, 4096, 5000, 9000, 20_000]
    for number, size in enumerate(sizes):
        repo.commit({f"{number}.env": "x" * size + "\n" + make_key(str(number))})
    git = git_of(repo)
    reading = read_objects(git, list_objects(git), workers=1)
    keys = {
        sighting.key.reveal() for hit in reading.tally.hits for sighting in hit.examination.sightings if sighting.key
    }
    assert keys == {make_key(str(number)) for number in range(len(sizes))}


def test_a_git_that_dies_is_a_trouble(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.env": KEY})
    oids = b"".join(list_objects(git_of(repo)))
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nread -r line\nprintf '%s blob 100\\nhalf' \"$line\"\nkill -9 $$\n", encoding="ascii")
    fake.chmod(0o755)
    reading = read_objects(git_of(repo, PATH=f"{fake.parent}{os.pathsep}{os.environ['PATH']}"), [oids], workers=1)
    assert reading.tally.objects == 0
    assert reading.troubles


def test_a_list_that_breaks_off_is_a_trouble(repo: Repo) -> None:
    repo.commit({"a.env": KEY})
    oids = b"".join(list_objects(git_of(repo)))

    def broken() -> Iterator[bytes]:
        yield oids
        raise OSError("no more")

    reading = read_objects(git_of(repo), broken(), workers=1)
    assert reading.tally.objects == 3
    assert len(reading.troubles) == 1
