"""The name of a repository, from its remote or its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.git.errors import GitError
from openrouter_preflight.git.process import Git
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.settings.config.config_file import repository_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ON_A_HOST: Final = re.compile(rb"(?:(?:https?|ssh|git)://[^/]+/|[^/:]+@[^/:]+:)(.+)")
_LONGEST: Final = 200


def repository_name(folder: Path, environ: Mapping[str, str]) -> str | None:
    """`owner/project` of the remote `origin`, else the name of the root folder."""
    root = repository_root(folder)
    if root is None:
        return None
    try:
        url = Git(folder, environ).ask("config", "--get", "remote.origin.url").strip()
    except GitError:
        url = b""
    return name_in_url(url) or printable(root.name)[:_LONGEST] or None


def name_in_url(url: bytes) -> str:
    """Return the path of a URL on a host; of a local path, its last part."""
    found = _ON_A_HOST.fullmatch(url)
    path = found[1] if found else url.rsplit(b"/", 1)[-1].rsplit(b"\\", 1)[-1]
    return printable(path.strip(b"/").removesuffix(b".git"))[:_LONGEST]
