"""Fixtures of the tests that need repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repos import Repo, make_repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository."""
    return make_repo(tmp_path / "repo")
