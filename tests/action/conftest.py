"""A consumer's repository: what a workflow that uses the Action finds checked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.leaks.repos import Repo, make_repo

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Consumer:
    """A repository with a topic branch off main."""

    repo: Repo
    base: str
    """The commit from which the topic branch starts."""

    @property
    def path(self) -> Path:
        return self.repo.path

    @property
    def head(self) -> str:
        return self.repo.git("rev-parse", "HEAD")


@pytest.fixture
def consumer(tmp_path: Path) -> Consumer:
    """Two clean commits on main, one on the topic branch, which is checked out."""
    repo = make_repo(tmp_path / "consumer")
    repo.commit({"README.md": "A program.\n"}, "Begin")
    base = repo.commit({"app.py": "print('hello')\n"}, "Greet")
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"app.py": "print('hello, world')\n"}, "Greet the world")
    return Consumer(repo, base)
