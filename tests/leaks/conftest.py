"""Fixtures of the tests that need repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repos import HERMETIC, Repo, make_repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository."""
    return make_repo(tmp_path / "repo")


@pytest.fixture
def here(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository in which the test stands, with nothing of the user's git."""
    monkeypatch.chdir(repo.path)
    for name, value in HERMETIC.items():
        monkeypatch.setenv(name, value)
    return repo
