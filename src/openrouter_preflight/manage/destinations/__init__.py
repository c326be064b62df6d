"""Destinations of a new key: commands, GitHub secrets, .env files."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.manage.destinations.interface import Destination

FORMS: Final = "exec:COMMAND, gh:NAME[@ENVIRONMENT] or file:PATH#NAME"
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_destination(text: str, environ: Mapping[str, str]) -> Destination:
    """Return the destination that a `--to` names. Raises UsageError."""
    kind, _, rest = text.partition(":")
    try:
        return _made(kind, rest, environ)
    except ValueError as error:
        raise UsageError(f"--to cannot be used: {error}.", f"A destination is {FORMS}.") from None


def destinations_digest(texts: Iterable[str]) -> str:
    """Return eight hex digits that identify a set of destinations."""
    return sha256("\0".join(sorted(texts)).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _made(kind: str, rest: str, environ: Mapping[str, str]) -> Destination:
    """One module a kind, loaded where it is used."""
    if kind == "exec":
        from openrouter_preflight.manage.destinations.command import CommandDestination

        return CommandDestination(rest, environ)
    if kind == "gh":
        from openrouter_preflight.manage.destinations.github import GitHubDestination

        name, at, environment = rest.partition("@")
        if at and not environment:
            raise ValueError("the environment's name is missing behind the @")
        return GitHubDestination(name, environment or None, environ)
    if kind == "file":
        from openrouter_preflight.manage.destinations.env_file import EnvFileDestination

        path, _, name = rest.rpartition("#")
        if not path or not _VARIABLE.fullmatch(name):
            raise ValueError("a file's path and a variable's name are joined by #, as in file:.env#OPENROUTER_API_KEY")
        return EnvFileDestination(path, name, environ)
    raise ValueError("it begins with none of exec:, gh: and file:")
