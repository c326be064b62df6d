"""Wheels made again of what is installed, so that a hook manager can install this project without a network."""

from __future__ import annotations

import re
import zipfile
from importlib.metadata import Distribution, distribution
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BUILD = "hatchling"
_PROJECT = "openrouter-preflight"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def fill_wheelhouse(folder: Path) -> Path:
    """Put wheels of all that building and running this project needs into `folder`."""
    folder.mkdir()
    needed = {distribution(name).name: distribution(name) for name in _closure(_PROJECT, _BUILD)}
    for name, found in needed.items():
        if name != _PROJECT:
            _repack(found, folder)
    return folder


def _closure(*names: str) -> set[str]:
    """The distributions of those names, and what they require here."""
    known: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        try:
            requires = distribution(name).requires or []
        except ModuleNotFoundError:
            continue  # required on another system, or for an extra
        if name not in known:
            known.add(name)
            waiting += [match[0] for match in map(_NAME.match, requires) if match and "extra ==" not in match.string]
    return known


def _repack(found: Distribution, folder: Path) -> None:
    tags = re.findall(r"^Tag: (\S+)$", found.read_text("WHEEL") or "", re.MULTILINE)
    name = re.sub(r"[-_.]+", "_", found.name)
    with zipfile.ZipFile(folder / f"{name}-{found.version}-{tags[0]}.whl", "w") as wheel:
        for file in found.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                wheel.write(str(found.locate_file(file)), file.as_posix())
