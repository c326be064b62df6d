"""Log commands of CI systems, and their escaping. Nothing is printed here.

A log line is dangerous wherever a runner would read a command out of it: GitHub takes `::name::` at the start of a
line, after blanks, and `##[name]` anywhere; Azure takes `##vso[` and `##[` anywhere. `defuse` takes that power from
every line that is not meant as a command.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.detection import Ci

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_BRACKET_COMMAND: Final = re.compile(r"##(?=\w*\[)")
_GITHUB_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY: Final = _GITHUB_DATA | str.maketrans({":": "%3A", ",": "%2C"})
_AZURE_DATA: Final = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_AZURE_PROPERTY: Final = _AZURE_DATA | str.maketrans({";": "%3B", "]": "%5D"})
_NOT_A_SECTION_NAME: Final = re.compile(r"[^a-z0-9]+")


def defuse(line: str) -> str:
    r"""Return `line` so that no runner reads a command out of it."""
    start = len(line) - len(line.lstrip())
    if line.startswith("::", start):
        line = f"{line[:start]}\\x3a{line[start + 1 :]}"
    return _BRACKET_COMMAND.sub(r"#\\x23", line)


def defuse_markup(document: str) -> str:
    """Return the same XML or HTML without text that a runner takes for a command."""
    return document.replace("##", "#&#35;").replace("::", ":&#58;")


def github_command(name: str, message: str = "", properties: Mapping[str, object] | None = None) -> str:
    """Return `::name key=value,…::message` for GitHub's runner, without None."""
    said = ",".join(
        f"{key}={str(value).translate(_GITHUB_PROPERTY)}"
        for key, value in (properties or {}).items()
        if value is not None
    )
    return f"::{name}{' ' if said else ''}{said}::{_plain(message).translate(_GITHUB_DATA)}"


def azure_command(name: str, message: str = "", properties: Mapping[str, object] | None = None) -> str:
    """Return `##vso[name key=value;…]message` for Azure's agent, without None."""
    said = "".join(
        f"{key}={str(value).translate(_AZURE_PROPERTY)};"
        for key, value in (properties or {}).items()
        if value is not None
    )
    return f"##vso[{name}{' ' if said else ''}{said}]{_defused(message).translate(_AZURE_DATA)}"


def fold(ci: Ci, title: str, lines: list[str], now: datetime, *, collapsed: bool) -> list[str]:
    """Return `lines`, defused, as a foldable group of that CI's log."""
    body = [defuse(line) for line in lines]
    match ci:
        case Ci.GITHUB:
            return [github_command("group", title), *body, "::endgroup::"]
        case Ci.AZURE:
            return [f"##[group]{defuse(title)}", *body, "##[endgroup]"]
        case Ci.GITLAB:
            moment = int(now.timestamp())
            name = _NOT_A_SECTION_NAME.sub("_", title.lower()).strip("_")
            option = "[collapsed=true]" if collapsed else ""
            start = f"\x1b[0Ksection_start:{moment}:{name}{option}\r\x1b[0K{defuse(title)}"
            return [start, *body, f"\x1b[0Ksection_end:{moment}:{name}\r\x1b[0K"]
        case _:
            return [defuse(title), *body]


def _plain(message: str) -> str:
    r"""Return `message`, defused, without two colons in a row.

    Runners made from act (Forgejo, Gitea) end a command's properties there.
    """
    return _defused(message).replace("::", ":\\x3a")


def _defused(message: str) -> str:
    """Return `message` with every line defused: runners print it line by line."""
    return "\n".join(map(defuse, message.split("\n")))
