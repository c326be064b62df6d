"""The globs of `scan.exclude`, by the rules of .gitignore. Pure.

A glob without a slash matches at any depth, one with a slash from the root; whatever matches a folder matches all that
is in it, and a slash at the end asks for a folder. `*` and `?` stop at slashes, `**` between slashes stands for any
folders or none, at the end for all that is below; `[a-z]` and `[!a-z]` are one character; `{a,b}` is either. A glob
that starts with `!` takes back what those before it matched.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.values.braces import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ANY_FOLDERS: Final = None
"""The part of a glob that stands for any number of names: `**`."""


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[re.Pattern[str] | None, ...]
    excludes: bool


class PathGlobs:
    """Some globs, of which the last that matches a path decides."""

    def __init__(self, globs: Iterable[str]) -> None:
        """Take globs as the config file has them."""
        self._rules = tuple(
            _Rule(_parts(each), not glob.startswith("!"))
            for glob in globs
            for each in alternatives(glob.removeprefix("!"))
        )

    def match(self, path: str) -> bool:
        """Tell if a glob matches `path`, which has slashes and starts at the root."""
        names = path.split("/")
        deciding = (rule.excludes for rule in reversed(self._rules) if _matches(rule.parts, names))
        return next(deciding, False)


def _parts(glob: str) -> tuple[re.Pattern[str] | None, ...]:
    """A pattern for each name of a path; the last part matches all below."""
    words = glob.split("/")
    if not any(words[1:]) and words[0] != "**":
        words.insert(0, "**")
    if words[-1] in {"", "**"}:
        words[-1] = "*"
    return tuple(_ANY_FOLDERS if word == "**" else re.compile(fnmatch.translate(word)) for word in (*words, "**"))


def _matches(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Tell if `parts` match all of `names`.

    Only the last `**` met is ever tried again, one name further: no glob makes this slower than parts times names.
    """
    part = name = 0
    retry: tuple[int, int] | None = None
    while name < len(names):
        wanted = parts[part] if part < len(parts) else None
        if part < len(parts) and wanted is _ANY_FOLDERS:
            retry = (part + 1, name)
            part += 1
        elif wanted is not None and wanted.match(names[name]):
            part, name = part + 1, name + 1
        elif retry is not None:
            part, name = retry[0], retry[1] + 1
            retry = (part, name)
        else:
            return False
    return all(rest is _ANY_FOLDERS for rest in parts[part:])
