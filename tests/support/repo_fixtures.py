"""Fixtures of the tests that need repositories."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.repos import HERMETIC, Repo, make_repo

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOBODY = 65534


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


@pytest.fixture
def users_repo() -> Iterator[Repo]:
    """A repository of a user whom permissions stop, which the test is meanwhile: root becomes nobody."""
    if not hasattr(os, "seteuid"):
        pytest.skip("permissions are others here")
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is in a folder that is root's alone
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, _NOBODY, _NOBODY)
            os.seteuid(_NOBODY)
        try:
            yield make_repo(Path(folder) / "repo")
        finally:
            if is_root:
                os.seteuid(0)
