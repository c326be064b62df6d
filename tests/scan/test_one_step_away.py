"""Keys one step away, in archives and in compressed streams, in every way of scanning: files, index, range, history."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from support.one_step import CASES
from support.planted import KEY, gzipped, zipped

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    **{f"text/{number:03}.txt": text.encode() for number, text in enumerate(CASES.values())},
    "a.zlib": zlib.compress(KEY.encode()),
    "a.gz": gzipped(KEY.encode()),
    "bzip2.zip": zipped({"a": KEY.encode()}, zipfile.ZIP_BZIP2),
    "lzma.zip": zipped({"a": KEY.encode()}, zipfile.ZIP_LZMA),
    "a.pdf": b"%PDF-1.4\nstream\n" + zlib.compress(f"BT ({KEY}) Tj ET".encode()) + b"\nendstream\n",
}
FILLERS = 4200
"""Files of a repository of which the packs are looked through by processes of our own."""


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, input=stdin)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commit without keys, then one that brings all of them, staged again in another folder."""
    folder = tmp_path_factory.mktemp("steps")
    git(folder, "init", "-q", "-b", "main")
    stream = b"commit refs/heads/main\ncommitter A <a@b> 1000000000 +0000\ndata 1\nx\n" + b"".join(
        b"M 100644 inline fill/%d\ndata 5\n%05d\n" % (number, number) for number in range(FILLERS)
    )
    git(folder, "fast-import", "--quiet", stdin=stream)
    git(folder, "reset", "-q")
    git(folder, "config", "core.sparseCheckout", "false")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def found(folder: Path, *options: str) -> set[str]:
    """The files in which the key is found."""
    run = subprocess.run(
        [sys.executable, "-m", "openrouter_preflight", "scan", "--format", "json", *options],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert KEY not in run.stdout + run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert {each["rule"] for each in findings if each["severity"] == "error"} == {"committed-key"}
    return {each["path"] for each in findings if each["rule"] == "committed-key"}


def test_they_are_found_in_every_way_of_scanning(repository: Path) -> None:
    assert found(repository, *FILES) == set(FILES)
    git(repository, "add", *FILES)
    assert found(repository, "--staged") == set(FILES)
    git(repository, "commit", "-qm", "all of them")
    assert found(repository, "--range", "HEAD~1..HEAD") == set(FILES)
    assert found(repository, "--history") == set(FILES)
    git(repository, "repack", "-adfq", "--depth=20")
    assert found(repository, "--history") == set(FILES)
