"""A consumer's repository: what a workflow that uses the Action finds checked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from support.repos import Repo


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
