"""The config file: where it is found, how it is read, and the Config that comes out of it.

A file of a repository is anybody's: it is bounded in size, never followed through a symbolic link unless a person named
it, and what it holds is never quoted where it might be a secret.
"""

from __future__ import annotations

import os.path
import stat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.config_reader import HOLDS_KEY, Reader
from openrouter_preflight.settings.echo import find_key, printable
from openrouter_preflight.settings.model import AllowedKey, Config, KeyEntry, ModelRequirement, ScanPolicy
from openrouter_preflight.settings.shapes import FILE
from openrouter_preflight.settings.yaml_nodes import Place, YamlError, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAMES: Final = (".openrouter-preflight.yml", ".openrouter-preflight.yaml")
_LARGEST: Final = 256 * 1024
"""Bytes: room for some 1,700 allowed keys, and little enough that the slowest file is read in seconds."""
_MOST_PROBLEMS: Final = 20
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def load_config(named: Path | None, folder: Path) -> Config:
    """The file that was named, else the one found from `folder`, else an empty Config. Raises UsageError."""
    if named is not None:
        return parse_config(read_config(named), str(named))
    path = find_config(folder)
    return Config() if path is None else parse_config(read_config(path), os.path.relpath(path, folder))


def find_config(folder: Path) -> Path | None:
    """The config file of `folder`, else of the root of the repository around it. Raises UsageError for two of them."""
    for place in dict.fromkeys((folder, repository_root(folder) or folder)):
        found = [path for name in FILE_NAMES if os.path.lexists(path := place / name)]
        if len(found) > 1:
            raise UsageError(f"{found[0]} and {found[1].name} both exist.", "Keep one of them.")
        if found:
            if not stat.S_ISREG(found[0].lstat().st_mode):
                raise UsageError(f"{found[0]} is not a regular file.", "Name the file that is meant with --config.")
            return found[0]
    return None


def read_config(path: Path) -> bytes:
    """The bytes of the file, no more than one may have and one. Raises UsageError."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise UsageError(f"The config file {printable(str(path))} cannot be read: {reason}.") from None


def parse_config(raw: bytes, name: str) -> Config:
    """The Config that `raw` says. Raises UsageError with every problem, each as `name:line:column: …`."""
    text = decode_config(raw, name)
    problems = [(place, HOLDS_KEY) for place in _keys_in(text)]
    told = {place.line for place, _ in problems}
    reader = Reader()
    try:
        root = read_nodes(text)
        found = {} if root is None else reader.read(FILE, root)
        problems += [problem for problem in reader.problems if problem[0].line not in told]
    except YamlError as error:
        problems.append((error.place, str(error)))
    if problems:
        raise UsageError(_list_problems(problems, name))
    return _config(found)


def decode_config(raw: bytes, name: str) -> str:
    """The text of a config file. Raises UsageError for one that is too large, or not UTF-8."""
    if len(raw) > _LARGEST:
        raise UsageError(f"{printable(name)} is larger than {_LARGEST // 1024} KiB, too large for a config file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
    what = "UTF-16" if raw.startswith(_UTF_16) else "not UTF-8"
    raise UsageError(_list_problems([(place, f"the file is {what}: save it as UTF-8")], name))


def _config(found: dict[str, Any]) -> Config:
    scan = found.get("scan", {})
    return Config(
        keys=tuple(
            KeyEntry(name=entry.pop("name"), env=entry.pop("env"), asked=_with_models(entry))
            for entry in found.get("keys", ())
        ),
        asked=_with_models(found.get("gates", {})),
        scan=ScanPolicy(
            exclude=scan.get("exclude", ()), allow=tuple(AllowedKey(**entry) for entry in scan.get("allow", ()))
        ),
    )


def _with_models(asked: dict[str, Any]) -> dict[str, Any]:
    """What is asked, with its entries of `models:` as the settings have them."""
    if "models" not in asked:
        return asked
    return {**asked, "models": tuple(ModelRequirement(**entry) for entry in asked["models"])}


def _keys_in(text: str) -> Iterator[Place]:
    """Where keys seem to stand, in comments too, whether or not the text is YAML."""
    for number, line in enumerate(text.split("\n"), start=1):
        column = find_key(line)
        if column is not None:
            yield Place(number, column + 1)


def _list_problems(problems: list[tuple[Place, str]], name: str) -> str:
    ordered = sorted(problems, key=itemgetter(0))
    lines = [f"{printable(name)}:{place.line}:{place.column}: {message}" for place, message in ordered[:_MOST_PROBLEMS]]
    if len(ordered) > _MOST_PROBLEMS:
        lines.append(f"and {len(ordered) - _MOST_PROBLEMS} more problems")
    return "\n".join(lines)


def repository_root(folder: Path) -> Path | None:
    """The nearest folder from `folder` up that holds `.git`; a worktree's is a file."""
    here = folder.absolute()
    return next((place for place in (here, *here.parents) if os.path.lexists(place / ".git")), None)
