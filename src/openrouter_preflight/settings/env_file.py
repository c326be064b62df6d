"""Reader of .env files, in the dialect of python-dotenv 1.2.

A reader of our own: importing python-dotenv takes longer than the check's other settings together, and the Action
would have to install it. Values are secrets: no message holds any part of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LARGEST: Final = 1024 * 1024
"""Bytes; a larger file is not a .env file."""

_LEAD: Final = re.compile(r"\s*")
_EXPORT: Final = re.compile(r"(?:export[^\S\n]+)?")
_QUOTED_NAME: Final = re.compile(r"'([^']+)'")
_NAME: Final = re.compile(r"([^=\#\s]+)")
_BLANKS: Final = re.compile(r"[^\S\n]*")
_SINGLE: Final = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
_DOUBLE: Final = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_REST: Final = re.compile(r"([^\n]*)")
_END: Final = re.compile(r"(?:[^\S\n]*#[^\n]*)?[^\S\n]*(?:\n|\Z)")
_REST_OF_LINE: Final = re.compile(r"[^\n]*\n?")
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_DOUBLE_ESCAPE: Final = re.compile(r"\\([\\'\"abfnrtv])")
_SINGLE_ESCAPE: Final = re.compile(r"\\([\\'])")
_REFERENCE: Final = re.compile(r"\$\{(?P<name>[^\}:]*)(?::-(?P<default>[^\}]*))?\}")


@dataclass(frozen=True, slots=True, repr=False)
class EnvFile:
    """The variables of a .env file; its repr shows none of them."""

    values: Mapping[str, str]
    unreadable: tuple[int, ...] = ()
    """Numbers of the lines that assign nothing that can be read, from 1."""

    def __repr__(self) -> str:
        """Return names only."""
        return f"EnvFile({', '.join(self.values)})"


def read_env_file(path: Path, environ: Mapping[str, str]) -> EnvFile:
    """Read the file; `${NAME}` comes from above it or `environ`. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise UsageError(f"the file {path} of --env-file cannot be read: {reason}.") from None
    if len(content) > LARGEST:
        raise UsageError(f"the file {path} of --env-file is larger than {LARGEST // 1024} KiB.", "Name a .env file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"the file {path} of --env-file is not UTF-8.", "Save it as UTF-8.") from None
    return parse_env_file(text, environ)


def parse_env_file(text: str, environ: Mapping[str, str]) -> EnvFile:
    """Parse the text of a .env file; the last assignment of a name counts."""
    seen: dict[str, str | None] = {}
    unreadable: list[int] = []
    for line, name, value in _assignments(text.replace("\r\n", "\n").replace("\r", "\n")):
        if name is None:
            unreadable.append(line)
        else:
            seen[name] = None if value is None else _expanded(value, {**environ, **seen})
    return EnvFile({name: value for name, value in seen.items() if value is not None}, tuple(unreadable))


class _UnreadableError(Exception):
    """The text does not go on as an assignment does."""


class _Cursor:
    """A place in the text; it stays where the rest cannot be read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.position)
        if found is None:
            raise _UnreadableError
        self.position = found.end()
        return found

    def next_is(self, character: str) -> bool:
        return self.text.startswith(character, self.position)


def _assignments(text: str) -> Iterator[tuple[int, str | None, str | None]]:
    """Yield line, name and value of each assignment; no name if unreadable."""
    cursor, line, counted = _Cursor(text), 1, 0
    while True:
        cursor.take(_LEAD)
        start = cursor.position
        if start == len(text):
            return
        line, counted = line + text.count("\n", counted, start), start
        try:
            name, value = _assignment(cursor)
        except _UnreadableError:
            cursor.take(_REST_OF_LINE)
            yield line, None, None
        else:
            if name:
                yield line, name, value


def _assignment(cursor: _Cursor) -> tuple[str, str | None]:
    """Take one assignment; its name is empty for a comment. Raises _UnreadableError."""
    cursor.take(_EXPORT)
    name, value = "", None
    if not cursor.next_is("#"):
        name = cursor.take(_QUOTED_NAME if cursor.next_is("'") else _NAME)[1]
    cursor.take(_BLANKS)
    if cursor.next_is("="):
        cursor.position += 1
        value = _value(cursor, has_blank=bool(cursor.take(_BLANKS)[0]))
    cursor.take(_END)
    return name, value


def _value(cursor: _Cursor, *, has_blank: bool) -> str:
    if has_blank and cursor.next_is("#"):
        return ""
    if cursor.next_is("'"):
        return _SINGLE_ESCAPE.sub(r"\1", cursor.take(_SINGLE)[1])
    if cursor.next_is('"'):
        return _DOUBLE_ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), cursor.take(_DOUBLE)[1])
    return re.sub(r"\s+#.*", "", cursor.take(_REST)[1]).rstrip()


def _expanded(value: str, known: Mapping[str, str | None]) -> str:
    return _REFERENCE.sub(lambda found: known.get(found["name"], found["default"] or "") or "", value)
