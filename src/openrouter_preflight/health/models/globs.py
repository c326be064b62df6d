"""Globs of files, expanded within bounds, through no symbolic link."""

from __future__ import annotations

import os
import re
from fnmatch import translate
from glob import has_magic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_ENTRIES: Final = 500_000


class TooMuchError(Exception):
    """The bounds were reached before all was looked at."""


class Budget:
    """The entries and the time that are left."""

    def __init__(self, seconds: float, now: Callable[[], float], *, entries: int = _MOST_ENTRIES) -> None:
        """Start the time."""
        self._now = now
        self._ends = now() + seconds
        self._seconds = seconds
        self._entries = entries

    def spend(self) -> None:
        """Look at one more thing. Raises TooMuchError."""
        self._entries -= 1
        if self._entries < 0:
            raise TooMuchError("it means a tree with too many files to look through")
        if self._now() >= self._ends:
            raise TooMuchError(f"they could not all be looked through within {self._seconds:g} seconds")


def expand(pattern: str, budget: Budget) -> Iterator[str]:
    """Yield the paths of a pattern, hidden files too, but nothing of a `.git`.

    Raises TooMuchError.
    """
    if os.path.lexists(pattern):
        yield pattern
        return
    parts = pattern.replace(os.sep, "/").split("/")
    start = "/" if parts[0] == "" else ""
    todo = [(start, [part for part in parts if part not in {"", "."}])]
    while todo:
        folder, rest = todo.pop()
        budget.spend()
        if not rest:
            yield from [folder] if folder else []
        elif not has_magic(rest[0]):
            path = os.path.join(folder, rest[0])  # noqa: PTH118 - a Path for each of many names takes too long
            todo += [(path, rest[1:])] if os.path.lexists(path) else []
        else:
            todo += _led_to(folder, rest, budget)


def _led_to(folder: str, parts: list[str], budget: Budget) -> Iterator[tuple[str, list[str]]]:
    """Yield the entries that the first wildcard leads to, with the rest."""
    part, *others = parts
    if part == "**" and others:
        yield folder, others
    matches = re.compile(translate("*" if part == "**" else part)).match
    for entry in _entries(folder):
        budget.spend()
        if entry.name == ".git" or not matches(entry.name):
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if part == "**" and is_folder:
            yield entry.path, parts
        elif is_folder or not others:
            yield entry.path, others


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder or ".") as found:
            return sorted(found, key=lambda entry: entry.name, reverse=True)
    except OSError:
        return []
