"""The folder of a repository's hooks: core.hooksPath, else `hooks`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.errors import GitError

if TYPE_CHECKING:
    from openrouter_preflight.git.process import Git


@dataclass(frozen=True, slots=True)
class HooksFolder:
    """A repository's hooks."""

    path: Path
    """Absolute; it need not exist."""
    shared: bool = False
    """True where the file is in the working tree and travels to other people."""
    everywhere: bool = False
    """True where other repositories use it too."""


def hooks_folder(git: Git) -> HooksFolder:
    """The hooks of the repository that `git` runs in. Raises UsageError or GitError."""
    repository = git.repository
    configured = _configured(git)
    if configured is None:
        return HooksFolder(_absolute(repository.common_dir) / "hooks")
    scope, value = configured
    if not value:
        raise UsageError(
            "core.hooksPath is set to nothing, so that git runs no hook", "git config --unset core.hooksPath"
        )
    top = _absolute(repository.git_dir if repository.bare else _top(git))
    path = _absolute(top / value)
    inside = path.is_relative_to(top) and not path.is_relative_to(_absolute(repository.common_dir))
    return HooksFolder(path, shared=inside, everywhere=scope not in {"local", "worktree"})


def _configured(git: Git) -> tuple[str, str] | None:
    """Return scope and value of core.hooksPath, without our own."""
    arguments = ("config", "--null", "--type=path", "--get-all", "core.hooksPath")
    try:
        printed = git.run(*arguments[:2], "--show-scope", *arguments[2:])
    except GitError:  # git 2.25 knows no scopes
        printed = git.run(*arguments[:2], "--show-origin", *arguments[2:])
    words = [os.fsdecode(word) for word in printed.split(b"\0")[:-1]]
    pairs = list(zip(words[::2], words[1::2], strict=True))[:-1]
    if not pairs:
        return None
    scope, value = pairs[-1]
    return _scope_of(git, scope), value


def _scope_of(git: Git, origin: str) -> str:
    """The scope where that was told; for a file of the repository's own `local`."""
    file = origin.removeprefix("file:")
    if file == origin:
        return origin
    common = _absolute(git.repository.common_dir)
    return "local" if _absolute(os.path.join(git.folder, file)).is_relative_to(common) else "global"


def _top(git: Git) -> Path:
    return Path(os.fsdecode(git.run("rev-parse", "--show-toplevel").removesuffix(b"\n")))


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))
