"""Fixtures of the tests of the Action."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.consumer import Consumer
from support.repos import make_repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def consumer(tmp_path: Path) -> Consumer:
    """Two clean commits on main, one on the topic branch, which is checked out."""
    repo = make_repo(tmp_path / "consumer")
    repo.commit({"README.md": "A program.\n"}, "Begin")
    base = repo.commit({"app.py": "print('hello')\n"}, "Greet")
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"app.py": "print('hello, world')\n"}, "Greet the world")
    return Consumer(repo, base)
