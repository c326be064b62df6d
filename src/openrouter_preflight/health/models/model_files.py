"""Files that name models: those that globs mean, and the names in them.

A file of a repository is anybody's: only regular files inside it are read, not through symbolic links, and no more of
them, no larger and no longer than a configuration takes. What is left unread is said, so that nobody takes it for read.
"""

from __future__ import annotations

import stat
import time
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.models.globs import Budget, TooMuchError, expand
from openrouter_preflight.health.models.mentions import mentions
from openrouter_preflight.health.models.named_models import Certainty, NamedModels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openrouter_preflight.health.models.mentions import Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most that is read."""

    file: int = 4 * 1024 * 1024
    """Bytes of one file."""
    bytes: int = 64 * 1024 * 1024
    """Bytes of all files."""
    files: int = 2000
    seconds: float = 10.0
    """For all files together."""


def read_named_models(
    patterns: Iterable[str], *, bounds: Bounds = Bounds(), now: Callable[[], float] = time.monotonic
) -> NamedModels:
    """Return the names in every file that the globs mean.

    Raises:
        UsageError: a glob means no file, or more than anyone's configuration has.
    """
    found: dict[str, tuple[Certainty, str]] = {}
    lists: dict[object, set[str]] = {}
    unread: list[str] = []
    budget = Budget(bounds.seconds, now)
    left = bounds.bytes
    for pattern in patterns:
        try:
            for path in _files(pattern, budget, bounds.files):
                budget.spend()
                text, size = _read(path, min(bounds.file, left))
                left -= size
                if text is None:
                    unread.append(f"{path}, where models were to be found, cannot be read or is too large")
                else:
                    _take(list(mentions(text, path.name)), str(path), found, lists)
        except TooMuchError as error:
            unread.append(f"of the files that {pattern} means, {error}")
    return NamedModels(
        places=tuple((name, place) for name, (_, place) in found.items()),
        certainties={name: certainty for name, (certainty, _) in found.items()},
        lists=tuple(frozenset(names) for names in lists.values() if len(names) > 1),
        unread=tuple(dict.fromkeys(unread)),
    )


def _take(
    mentioned: list[Mention], path: str, found: dict[str, tuple[Certainty, str]], lists: dict[object, set[str]]
) -> None:
    for mention in mentioned:
        earlier = found.get(mention.name)
        if earlier is None or mention.certainty > earlier[0]:
            found[mention.name] = (mention.certainty, f"{path}:{mention.line}")
        if mention.list_id is not None:
            lists.setdefault((path, mention.list_id), set()).add(mention.name)


def _files(pattern: str, budget: Budget, most: int) -> list[Path]:
    paths: list[Path] = []
    for name in expand(pattern, budget):
        path = Path(name)
        if stat.S_ISREG(path.lstat().st_mode):
            paths.append(path)
    files = sorted(set(paths))
    if not files:
        raise UsageError(
            f"--models-from {pattern!r} means no file.", "Name a file, or a glob such as 'config/**/*.yaml'."
        )
    if len(files) > most:
        raise UsageError(f"--models-from {pattern!r} means {len(files)} files.", f"Name at most {most}.")
    return files


def refuse_outside(patterns: Iterable[str], root: Path, folder: Path) -> None:
    """Raise UsageError for globs that lead out of the repository."""
    for pattern in patterns:
        parts = Path(pattern).parts
        named = parts[: next((at for at, part in enumerate(parts) if has_magic(part)), len(parts))]
        start = folder.joinpath(*named).resolve()
        if ".." in parts[len(named) :] or not start.is_relative_to(root.resolve()):
            raise UsageError(
                f"--models-from {pattern!r} leads out of the repository.",
                "Name files inside it, or give an absolute path on the command line.",
            )


def _read(path: Path, most: int) -> tuple[str | None, int]:
    """Return the text of a file; None where it is unreadable or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError:
        return None, 0
    if len(content) > most:
        return None, 0
    return content.decode("utf-8", "replace"), len(content)
