"""Files that name models: which a glob means, and the names in them.

A file of a repository is anybody's: only regular files are read, not through symbolic links, no more of them and no
larger than a configuration is. What is left unread is told, so that nobody takes it for looked at.
"""

from __future__ import annotations

import glob
import stat
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.models.model_names import mentions

if TYPE_CHECKING:
    from collections.abc import Iterable

_LARGEST: Final = 4 * 1024 * 1024
_MOST_FILES: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModels:
    """The models that some globs named."""

    places: tuple[tuple[str, str], ...] = ()
    """Each name of a model's shape once, with the place of its first mention: `config.yaml:12`."""
    marked: frozenset[str] = frozenset()
    """The names that are called models where they stand."""
    unread: tuple[str, ...] = ()
    """Files that could not be read."""


NO_NAMED_MODELS: Final = NamedModels()


def read_named_models(patterns: Iterable[str]) -> NamedModels:
    """The names in every file that the globs mean.

    Raises:
        UsageError: a glob means no file, or more than anyone's configuration has.
    """
    places: dict[str, str] = {}
    marked: set[str] = set()
    unread: list[str] = []
    for pattern in patterns:
        for path in _files(pattern):
            text = _read(path)
            if text is None:
                unread.append(str(path))
                continue
            for mention in mentions(text):
                places.setdefault(mention.name, f"{path}:{mention.line}")
                marked |= {mention.name} if mention.is_marked else set()
    return NamedModels(places=tuple(places.items()), marked=frozenset(marked), unread=tuple(dict.fromkeys(unread)))


def _files(pattern: str) -> list[Path]:
    # Path.glob takes no absolute pattern.
    names = glob.glob(pattern, recursive=True, include_hidden=True)  # noqa: PTH207 - see above
    found = sorted({Path(name) for name in names})
    files = [path for path in found if stat.S_ISREG(path.lstat().st_mode) and not _is_behind_link(path, pattern)]
    if not files:
        raise UsageError(
            f"--models-from {pattern!r} means no file.", "Name a file, or a glob such as 'config/**/*.yaml'."
        )
    if len(files) > _MOST_FILES:
        raise UsageError(f"--models-from {pattern!r} means {len(files)} files.", f"Name at most {_MOST_FILES}.")
    return files


def _is_behind_link(path: Path, pattern: str) -> bool:
    """Return True where wildcards led through a symbolic link."""
    named = sum(1 for _ in takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    led_into = list(path.parents)[: len(path.parts) - named - 1]
    return any(folder.is_symlink() for folder in led_into)


def _read(path: Path) -> str | None:
    """Return the text of a file; None where it is unreadable or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError:
        return None
    return None if len(content) > _LARGEST else content.decode("utf-8", "replace")
