"""Fixtures of the tests of whole commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.repos import HERMETIC, Repo, make_repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """An empty repository, in which the command runs without any user's git configuration."""
    for name, value in HERMETIC.items():
        monkeypatch.setenv(name, value)
    repo = make_repo(tmp_path / "repo")
    monkeypatch.chdir(repo.path)
    return repo
