"""Archives that are not opened: said in every way of scanning, and no reason to fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SEVEN_Z = b"7z\xbc\xaf\x27\x1c" + bytes(40)


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    "options", [["--staged"], [], ["."], ["--history"]], ids=["staged", "tree", "paths", "history"]
)
def test_an_archive_that_is_not_opened_is_a_note(tmp_path: Path, options: list[str]) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "backup.7z").write_bytes(SEVEN_Z)
    (tmp_path / "readme").write_text("nothing\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    if "--staged" not in options:
        git(tmp_path, "commit", "-qm", "first")
    run = subprocess.run(
        [sys.executable, "-m", "openrouter_preflight", "scan", "--format", "json", *options],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(run.stdout)
    notes = [(each["rule"], each["severity"], each["path"]) for each in report["findings"]]
    assert notes == [("archive-not-opened", "note", "backup.7z")]
    assert report["verdict"] == "pass"
