"""A project as `init` finds it: root, CI, and hook manager."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class CiFiles(StrEnum):
    """A CI system, by its name on the command line."""

    GITHUB = "github"
    GITLAB = "gitlab"
    CIRCLECI = "circleci"
    JENKINS = "jenkins"
    AZURE = "azure"
    BITBUCKET = "bitbucket"
    NONE = "none"


class HookManager(StrEnum):
    """Hook managers by their names on the command line."""

    PRE_COMMIT = "pre-commit"
    LEFTHOOK = "lefthook"
    SIMPLE_GIT_HOOKS = "simple-git-hooks"
    GIT = "git"
    NONE = "none"


CI_FILE: Final = {
    CiFiles.GITHUB: ".github/workflows/openrouter-preflight.yml",
    CiFiles.GITLAB: ".gitlab-ci.yml",
    CiFiles.CIRCLECI: ".circleci/config.yml",
    CiFiles.JENKINS: "Jenkinsfile",
    CiFiles.AZURE: "azure-pipelines.yml",
    CiFiles.BITBUCKET: "bitbucket-pipelines.yml",
}
"""The file that each system reads, or that `init` adds for it."""

PRE_COMMIT_FILES: Final = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_LEFTHOOK_FILES: Final = ("lefthook.yml", ".lefthook.yml", "lefthook.yaml", ".lefthook.yaml", "lefthook.toml")
_SIGNS: Final = {
    CiFiles.GITLAB: (".gitlab-ci.yml",),
    CiFiles.CIRCLECI: (".circleci",),
    CiFiles.AZURE: ("azure-pipelines.yml",),
    CiFiles.BITBUCKET: ("bitbucket-pipelines.yml",),
    CiFiles.JENKINS: ("Jenkinsfile",),
    CiFiles.GITHUB: (".github",),
}
"""In order: many projects have a .github folder for other reasons than its CI."""

_HOSTS: Final = {
    "github": CiFiles.GITHUB,
    "gitlab": CiFiles.GITLAB,
    "bitbucket": CiFiles.BITBUCKET,
    "dev.azure": CiFiles.AZURE,
}
_HOST: Final = re.compile(r"(?:[a-z+]+://)?(?:[^@/]*@)?([^:/]+)[:/]")


def find_ci(root: Path, remotes: Iterable[str]) -> CiFiles:
    """Return the CI of the project's files, else of its host."""
    if _is_there(root, (".github/workflows",)):
        return CiFiles.GITHUB
    for ci, names in _SIGNS.items():
        if _is_there(root, names):
            return ci
    for remote in remotes:
        host = _HOST.match(remote)
        for word, ci in _HOSTS.items():
            if host and word in host[1].lower():
                return ci
    return CiFiles.NONE


def find_hook_manager(root: Path) -> HookManager:
    """Return the program that runs the project's hooks; git by default."""
    if _is_there(root, PRE_COMMIT_FILES):
        return HookManager.PRE_COMMIT
    if _is_there(root, _LEFTHOOK_FILES):
        return HookManager.LEFTHOOK
    if _names_simple_git_hooks(root / "package.json"):
        return HookManager.SIMPLE_GIT_HOOKS
    return HookManager.GIT


def link_above(root: Path, name: str) -> str | None:
    """Return the first part of `name` that is a symbolic link, or None."""
    here = root
    for part in name.split("/"):
        here /= part
        if here.is_symlink():
            return str(here.relative_to(root))
    return None


def _is_there(root: Path, names: Iterable[str]) -> bool:
    return any(os.path.lexists(root / name) for name in names)


def _names_simple_git_hooks(package: Path) -> bool:
    try:
        with package.open("rb") as file:
            return b'"simple-git-hooks"' in file.read(1_000_000)
    except OSError:
        return False
