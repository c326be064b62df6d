"""The config file: found and read. `config_parser` reads its meaning.

A file of a repository is anybody's: it is bounded in size, and never followed through a symbolic link unless a person
named it.
"""

from __future__ import annotations

import os.path
import stat
from typing import TYPE_CHECKING

from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.repository_root import find_root
from openrouter_preflight.settings import CONFIG_NAMES, LARGEST_CONFIG
from openrouter_preflight.settings.model import Config
from openrouter_preflight.settings.redact import printable

if TYPE_CHECKING:
    from pathlib import Path


def load_config(named: Path | None, folder: Path) -> Config:
    """Return the named config, else the one found, else an empty one."""
    path = find_config(folder) if named is None else named
    if path is None:
        return Config()
    from openrouter_preflight.settings.config.config_parser import parse_config

    return parse_config(read_config(path), os.path.relpath(path, folder) if named is None else str(path))


def find_config(folder: Path) -> Path | None:
    """Find the config file of `folder` or its repository.

    Raises UsageError for two, and PreflightError where nobody may look: a file that is not seen could hold gates.
    """
    root = repository_root(folder)
    if root is None:
        for place in (folder.absolute(), *folder.absolute().parents):
            _is_there(place / ".git")
    for place in dict.fromkeys((folder, root or folder)):
        found = [path for name in CONFIG_NAMES if _is_there(path := place / name)]
        if len(found) > 1:
            raise UsageError(f"{found[0]} and {found[1].name} both exist.", "Keep one of them.")
        if found:
            if not stat.S_ISREG(found[0].lstat().st_mode):
                raise UsageError(f"{found[0]} is not a regular file.", "Name the file that is meant with --config.")
            return found[0]
    return None


def _is_there(path: Path) -> bool:
    """Return True for anything of that name. Raises PreflightError."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise PreflightError(
            f"whether there is a config file in {printable(str(path.parent))} is not known: {reason}.",
            "Run it as a user who may search the folder, or name a file with --config.",
        ) from None
    return True


def read_config(path: Path) -> bytes:
    """The bytes of the file, no more than one may have and one. Raises UsageError."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_CONFIG + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise UsageError(f"The config file {printable(str(path))} cannot be read: {reason}.") from None


def repository_root(folder: Path) -> Path | None:
    """The nearest folder from `folder` up that holds `.git`; a worktree's is a file."""
    root = find_root(str(folder))
    return None if root is None else type(folder)(root)
