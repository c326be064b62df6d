"""The plan of `init`: files to write, and steps for a person."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.project import DOCS
from openrouter_preflight.setup import pre_commit, templates
from openrouter_preflight.setup.place import CI_FILE, PRE_COMMIT_FILES, CiFiles, HookManager, link_above

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NEW_CI_FILE: Final = {CiFiles.GITHUB: templates.WORKFLOW, CiFiles.GITLAB: templates.GITLAB}
_CI_PAGE: Final = {
    CiFiles.GITHUB: "how-to/action/",
    CiFiles.GITLAB: "how-to/gitlab/",
    CiFiles.CIRCLECI: "how-to/other-ci/#circleci",
    CiFiles.JENKINS: "how-to/other-ci/#jenkins",
    CiFiles.AZURE: "how-to/other-ci/#azure-pipelines",
    CiFiles.BITBUCKET: "how-to/other-ci/#bitbucket",
}
_HOOKS_PAGE: Final = "how-to/hooks/"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to write."""

    name: str
    """From the project's root, with forward slashes."""
    text: str
    before: str | None = None
    """The present content; None if it is new."""

    @property
    def added(self) -> list[str]:
        """The lines that are new, in order."""
        if self.before is None:
            return self.text.splitlines()
        from difflib import ndiff

        return [line[2:] for line in ndiff(self.before.splitlines(), self.text.splitlines()) if line.startswith("+ ")]


@dataclass(slots=True)
class Plan:
    """Files to write, hooks to install, and steps for a person."""

    files: list[PlannedFile] = field(default_factory=list)
    install_hooks: bool = False
    kept: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)


def make_plan(root: Path, config_names: Sequence[str], ci: CiFiles, manager: HookManager) -> Plan:
    """Return the plan. Raises UsageError if a file would land outside."""
    plan = Plan()
    _plan_new(plan, root, config_names[0], templates.CONFIG, also_there=config_names[1:])
    _plan_hooks(plan, root, manager)
    _plan_ci(plan, root, ci)
    return plan


def _plan_new(plan: Plan, root: Path, name: str, text: str, also_there: Sequence[str] = ()) -> bool:
    """Plan a new file. Returns False if one of that name exists."""
    for known in (name, *also_there):
        if os.path.lexists(root / known):
            plan.kept.append(known)
            return False
    link = link_above(root, name)
    if link is not None:
        raise UsageError(f"{link} is a symbolic link; {name} would be written outside of this project.")
    plan.files.append(PlannedFile(name, text))
    return True


def _plan_hooks(plan: Plan, root: Path, manager: HookManager) -> None:
    if manager is HookManager.GIT:
        plan.install_hooks = True
    elif manager is HookManager.PRE_COMMIT:
        _plan_pre_commit(plan, root)
    elif manager is not HookManager.NONE:
        plan.by_hand.append(f"Have {manager} run the hooks: {DOCS}/{_HOOKS_PAGE}#{manager}")


def _plan_pre_commit(plan: Plan, root: Path) -> None:
    name = next((each for each in PRE_COMMIT_FILES if os.path.lexists(root / each)), None)
    install = "Run in each clone: pre-commit install (or: prek install)"
    if name is None:
        _plan_new(plan, root, PRE_COMMIT_FILES[0], pre_commit.new_file())
        plan.by_hand.append(install)
        return
    before = _read(root / name)
    if before is not None and pre_commit.has_entry(before):
        plan.kept.append(f"{name} (it names our hooks)")
        return
    edited = None if before is None else pre_commit.with_entry(before)
    if before is None or edited is None:
        plan.by_hand.append(f"Add to `repos:` in {name}:\n{pre_commit.lines_to_add()}")
        return
    plan.files.append(PlannedFile(name, edited, before))
    plan.by_hand.append(install)


def _read(path: Path) -> str | None:
    """The text of a regular file of UTF-8; None for anything else."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _plan_ci(plan: Plan, root: Path, ci: CiFiles) -> None:
    if ci is CiFiles.NONE:
        plan.by_hand.append(f"No CI was found here. Add a scan to yours: {DOCS}/how-to/other-ci/")
        return
    name = CI_FILE[ci]
    page = f"{DOCS}/{_CI_PAGE[ci]}"
    text = _NEW_CI_FILE.get(ci)
    if text is None or not _plan_new(plan, root, name, text):
        if ci is not CiFiles.GITHUB:
            plan.by_hand.append(f"Add the jobs to {name}: {page}")
    elif ci is CiFiles.GITHUB:
        plan.by_hand.append(f"For a gate before a deploy, store the key as a secret: {page}")
