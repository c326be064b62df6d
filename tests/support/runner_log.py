"""How the runners of GitHub and Azure read commands out of a log, for tests of what is printed there.

GitHub's runner compares by culture, which skips characters that sort as nothing: they are skipped here too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GITHUB = re.compile(r"::(?P<name>[^\s:]+)(?: (?P<properties>.*?))?::(?P<data>.*)", re.DOTALL)
_BRACKETS = re.compile(r"##(?P<vso>\w*)\[(?P<name>[^\]\s]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command as the runner understood it."""

    name: str
    properties: dict[str, str]
    data: str


def github_commands(log: str) -> list[Command]:
    """Every command that GitHub's runner would carry out."""
    return [command for line in _lines(log) if (command := _github(line) or _brackets(line))]


def azure_commands(log: str) -> list[Command]:
    """Every command that Azure's agent would carry out."""
    return [command for line in _lines(log) if (command := _brackets(line))]


def _lines(log: str) -> list[str]:
    """The lines as the runner splits and compares them."""
    lines = re.split(r"\r\n|\r|\n", log)
    return ["".join(character for character in line if not _sorts_as_nothing(character)) for line in lines]


def _sorts_as_nothing(character: str) -> bool:
    return (character != "\t" and unicodedata.category(character) in ("Cc", "Cf")) or "\ufe00" <= character <= "\ufe0f"


def _github(line: str) -> Command | None:
    found = _GITHUB.match(line.lstrip())
    if not found:
        return None
    pairs = (pair.split("=", 1) for pair in (found["properties"] or "").split(",") if "=" in pair)
    unescape = _unescaper({"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"})
    return Command(found["name"], {key: unescape(value) for key, value in pairs}, unescape(found["data"]))


def _brackets(line: str) -> Command | None:
    found = _BRACKETS.search(line)
    if not found:
        return None
    pairs = (pair.split("=", 1) for pair in (found["properties"] or "").split(";") if "=" in pair)
    unescape = _unescaper({"%0D": "\r", "%0A": "\n", "%3B": ";", "%5D": "]", "%AZP25": "%"})
    return Command(found["name"], {key: unescape(value) for key, value in pairs}, unescape(found["data"]))


def _unescaper(table: dict[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda found: table[found[0]], text)
