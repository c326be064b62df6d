"""What a git that does not start leaves behind: no open file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.git.errors import GitError
from openrouter_preflight.git.history import Walk
from openrouter_preflight.git.introducing_commits import introducing_paths
from openrouter_preflight.git.process import Git
from support.repos import HERMETIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.repos import Repo

STARTS: dict[str, Callable[[Git], object]] = {
    "walk": lambda git: Walk(git, "--all"),
    "comparison": lambda git: introducing_paths(git, {"0" * 40: {"1" * 40}}),
}


def open_files() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_files_are_closed_where_git_does_not_start(start: Callable[[Git], object], repo: Repo) -> None:
    before = open_files()
    with pytest.raises(GitError, match="git was not found"):
        start(Git(repo.path, {**HERMETIC, "PATH": ""}))
    assert open_files() == before
