"""Public names of models from the last `models`, for completion."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.atomic_write import atomic_write
from openrouter_preflight.errors import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_BYTES = 1_000_000


def remember_models(names: Iterable[str], environ: Mapping[str, str]) -> None:
    """Keep the names; where the folder cannot be written to, nothing is kept."""
    path = _file(environ)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, "".join(f"{name}\n" for name in sorted(names)).encode())
    except OSError:
        return


def known_models(environ: Mapping[str, str]) -> list[str]:
    """Return the names that were kept; none if there are none."""
    path = _file(environ)
    try:
        return path.read_bytes()[:_MOST_BYTES].decode("utf-8", "replace").split() if path else []
    except OSError:
        return []


def _file(environ: Mapping[str, str]) -> Path | None:
    folder = environ.get("LOCALAPPDATA") if os.name == "nt" else environ.get("XDG_CACHE_HOME")
    if not folder:
        home = environ.get("HOME")
        folder = str(Path(home, ".cache")) if home else None
    return Path(folder, NAME, "models.txt") if folder and Path(folder).is_absolute() else None
