"""Installation and removal of our block in hooks, planned before any write."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.atomic_write import NEW_PROGRAM, atomic_write
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.hooks.script import (
    Hook,
    Launcher,
    command_line,
    is_shell,
    manager_of,
    with_block,
    without_block,
)
from openrouter_preflight.keys.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from openrouter_preflight.git.hooks_path import HooksFolder

_POSIX: Final = os.name == "posix"


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change of one hook."""

    hook: Hook
    path: Path
    before: str
    after: str

    @property
    def is_one(self) -> bool:
        """True where anything changes."""
        return self.before != self.after


def plan_installation(folder: HooksFolder, hooks: Iterable[Hook], launcher: Launcher) -> list[Change]:
    """Return the changes that install our block. Raises UsageError."""
    place, is_husky = _place(folder)
    if os.path.lexists(place) and not place.is_dir():
        raise UsageError(
            f"Git is told to look for hooks in {_shown(place)}, which is no folder.", "See core.hooksPath."
        )
    if folder.shared:
        launcher = Launcher()
    return [_plan(place / hook, hook, launcher, runs_by_name=is_husky) for hook in hooks]


def plan_removal(folder: HooksFolder, hooks: Iterable[Hook]) -> list[Change]:
    """The changes that take our block out of `hooks`, wherever it is."""
    place, _ = _place(folder)
    found = [(hook, place / hook) for hook in hooks if _is_file(place / hook)]
    scripts = [(hook, path, _read(path)) for hook, path in found]
    return [Change(hook, path, script, without_block(script)) for hook, path, script in scripts]


def carry_out(change: Change) -> None:
    """Write the hook, or delete it once it is empty. Raises PreflightError."""
    try:
        if not change.after:
            change.path.unlink()
            return
        change.path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(change.path, change.after.encode("utf-8", "surrogateescape"), NEW_PROGRAM)
    except OSError as error:
        raise PreflightError(f"{_shown(change.path)} could not be written: {error.strerror}.", "") from None


def _place(folder: HooksFolder) -> tuple[Path, bool]:
    """Return the folder of the hooks, and True where it is husky's.

    Husky writes `_` anew and runs the scripts beside it.
    """
    if folder.path.name == "_" and (folder.path.parent.name == ".husky" or (folder.path / "h").is_file()):
        return folder.path.parent, True
    return folder.path, False


def _plan(path: Path, hook: Hook, launcher: Launcher, *, runs_by_name: bool) -> Change:
    if not os.path.lexists(path):
        return Change(hook, path, "", with_block("", hook, launcher))
    if not _is_file(path):
        raise _not_ours(path, "is not a regular file", f"Have it run: {command_line(hook)}")
    script = _read(path)
    after = with_block(script, hook, launcher)
    manager = manager_of(script)
    if manager is not None:
        raise UsageError(
            f"{_shown(path)} is written by {manager}, which would write it anew. No hook was changed.",
            f"Have {manager} run this: {command_line(hook)}",
        )
    if not is_shell(script):
        raise _not_ours(path, "is not a shell script", f"Have it run: {command_line(hook)}")
    if script.strip() and _POSIX and not runs_by_name and not os.access(path, os.X_OK):
        raise _not_ours(
            path,
            "is not executable, so that git does not run it",
            f"Make it so (chmod +x), or have another hook run: {command_line(hook)}",
        )
    return Change(hook, path, script, after)


def _is_file(path: Path) -> bool:
    """Return True for a file of its own; a link leads to somebody else's."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"{_shown(path)} cannot be read: {error.strerror}.") from None


def _not_ours(path: Path, why: str, hint: str) -> UsageError:
    return UsageError(f"{_shown(path)} {why}. No hook was changed.", hint)


def _shown(path: Path) -> str:
    return printable(str(path))
